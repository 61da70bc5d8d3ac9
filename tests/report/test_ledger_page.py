"""The ledger on one page: whole, self-contained, and readable without a bet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.report.browser import CHROMIUM, show
from tests.report.reading import read
from velo.report.ledger_page import page

FIRST = date(2026, 1, 1)
FIGURES = {
    "races": 60,
    "days": 60,
    "bet_days": 50,
    "picks": 12,
    "wins": 1.5,
    "places": 4,
    "strike_rate": 0.125,
    "ae_raw": 1.1,
    "ae_fair": None,
    "impact_value": 1.2,
    "staked": 1234.5,
    "profit": -1080.4,
    "profit_sp": -3.5,
    "profit_bsp": None,
    "roi": -0.29,
    "roi_low": -0.6,
    "roi_high": 0.1,
    "max_drawdown": 1340.0,
    "daily_sharpe": -0.1,
    "calibration_error": 0.004,
    "calibration_races": 55,
    "ll_gain": 0.01,
    "ll_gain_low": -0.01,
    "ll_gain_high": 0.03,
    "clv": 0.02,
    "clv_low": -0.01,
    "clv_high": 0.05,
    "clv_bets": 11,
    "clv_days": 10,
    "clv_at_close": 3,
    "clv_unknown": 2,
}


def ledger(days: int) -> dict[str, Any]:
    """So many days of the same figures."""
    names = [(FIRST + timedelta(n)).isoformat() for n in range(days)]
    spans = [{"span": day, "first": day, "last": day, **FIGURES} for day in names]
    if names:
        spans += [
            {"span": span, "first": "2025-12-01", "last": names[-1], **FIGURES}
            for span in ("last 7 days", "all")
        ]
    some = [float(n % 7) for n in range(days)]
    bins = [
        {
            "runners": 50,
            "predicted": 0.1 * n,
            "observed": 0.1 * n + 0.01,
            "observed_ci": [0.05 * n, 0.15 * n],
        }
        for n in range(1, 8)
    ]
    return {
        "spans": spans,
        "bets": {"ran": 12, "open": 3},
        "settled": "Settled at SP.",
        "course": {
            "days": names,
            "profit": some,
            "low": [x - 2 for x in some],
            "high": [x + 2 for x in some],
            "ae_raw": [1 + x / 10 for x in some],
            "clv": [None if n % 5 else 0.01 for n in range(days)],
            "over_days": 30,
        },
        "reliability": {"blend": bins if days else [], "market": bins if days else []},
        "backfill": None,
        "changed": [],
    }


def test_every_part_of_the_ledger_has_its_section_and_its_chart() -> None:
    html = read(page(ledger(60)))
    sections = {each.attributes["id"] for each in html.named("section")}
    assert sections == {"rolling", "profit", "expected", "calibration", "closing", "by-day"}
    assert len(html.named("svg")) == 8
    assert "−1,080.4 points on 12 bets" in html.named("h1")[0].text
    assert any("3 bets open" in each.text for each in html.named("p"))


def test_the_page_says_at_which_prices_and_how_many_bets_have_no_closing_value() -> None:
    line = "12 bets taken at evening prices, settled at bsp"
    html = read(page(ledger(20) | {"taken": [line]}))
    assert any(each.text == f"{line}." for each in html.named("p"))
    chances = next(t for t in html.named("table") if "Close not known" in t.text)
    assert "+2.0%" in chances.text
    assert "11 bets on 10 days" in chances.text


def test_a_ledger_that_counts_backfill_says_so_before_anything_else() -> None:
    html = read(page(ledger(2) | {"backfill": "backfill: 3 of 9 races were predicted late"}))
    assert html.named("title")[0].text == "VÉLØ ledger, backfill"
    mark, first = html.named("p")[:2]
    assert (mark.attributes["class"], first.attributes["class"]) == ("mark", "alarm")
    assert first.text == "Backfill: 3 of 9 races were predicted late."


def test_predictions_that_a_result_changed_are_listed() -> None:
    html = page(ledger(2) | {"changed": ["Ripon 14:30, revision 1: late by batch 9 (day.csv)"]})
    assert "late by batch 9" in html
    assert {each.attributes["id"] for each in read(html).named("section")} >= {"changed"}


def test_nothing_is_fetched() -> None:
    html = page(ledger(60))
    assert "http://" not in html
    assert "https://" not in html
    assert "default-src 'none'" in html.replace("&#39;", "'")


def test_a_ledger_without_a_result_is_a_page_that_says_so() -> None:
    html = read(page(ledger(0)))
    assert "No result yet" in html.named("h1")[0].text
    assert not html.named("svg")


def test_of_a_single_day_the_page_stands() -> None:
    assert len(read(page(ledger(1))).named("svg")) == 8


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
@pytest.mark.parametrize("width", [390, 768, 1000, 1400])
def test_the_page_lies_within_its_window_and_nothing_overlaps(width: int) -> None:
    screen = show(page(ledger(200)), width)
    assert screen.complaints == []
    assert screen.measured["content"] <= width
    for fault in ("spilt", "overlapping", "cut"):
        assert screen.measured[fault] == []
