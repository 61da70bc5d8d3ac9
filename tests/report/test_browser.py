"""A report in a browser: no complaint, nothing that spills, overlaps or scrolls sideways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.browser import CHROMIUM, show
from tests.report.little_run import little_run
from tests.report.test_backtest_tables import WHOLE, made
from tests.report.test_card_page import FIRST, html, unpriced
from velo.report.comparison import comparison
from velo.report.comparison_page import page as compare
from velo.report.findings import findings
from velo.report.run_page import page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed"),
]


def pages() -> dict[str, str]:
    return {
        "report": page(findings(little_run())),
        "backtested": page(findings(replace(little_run(), backtests=(made(), WHOLE)))),
        "comparison": compare(comparison(little_run(), little_run(2, "2"))),
        "card": html(FIRST, unpriced(2, "15:00")),
    }


@pytest.mark.parametrize("width", [390, 768, 1400])
@pytest.mark.parametrize("name", ["report", "backtested", "comparison", "card"])
def test_a_page_lies_within_its_window_and_nothing_overlaps(name: str, width: int) -> None:
    screen = show(pages()[name], width)
    assert screen.complaints == []
    assert screen.measured["width"] == width
    assert screen.measured["content"] <= width
    assert screen.measured["spilt"] == []
    assert screen.measured["overlapping"] == []
    assert screen.measured["cut"] == []


def test_a_click_on_a_head_puts_the_largest_number_first() -> None:
    runners = show(pages()["report"], 1400).measured["sorted"]
    assert len(runners) > 2
    assert runners == sorted(runners, reverse=True)
