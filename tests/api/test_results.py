"""A result says itself in one line, and is a table."""

from __future__ import annotations

import pytest

from velo.audit.differences import Audit, Compared
from velo.live.settling import Settled
from velo.offline.build import Build, Built

BUILD = Build(
    number=3,
    folder="build-000003",
    tables=[Built("horse_form", 120, 0.5, {"wins": 0.25}, 0.1)],
    starts=1200,
    first_day="2020-01-01",
    last_day="2020-12-31",
    fingerprint="f",
    last_batch=1,
    until=None,
    seconds=1.0,
    finished="2021-01-01",
    code_version="0",
)


def test_a_result_is_printed_as_one_line_however_much_it_holds() -> None:
    assert repr(BUILD) == "<Build: build 3, 1,200 starts, 2020-01-01 to 2020-12-31>"


def test_a_result_is_a_table_with_a_row_a_part() -> None:
    frame = BUILD.to_frame()
    assert frame[["table", "rows", "cold"]].to_dict("records") == [
        {"table": "horse_form", "rows": 120, "cold": 0.1}
    ]


def test_a_notebook_shows_text_and_never_markup_of_a_result() -> None:
    settled = Settled([], "<b>2020", "2020", [], [], [])
    html = settled._repr_html_()
    assert "&lt;b&gt;2020" in html
    assert "<b>" not in html


def test_a_table_without_rows_has_its_columns() -> None:
    assert Settled([], "2020", "2020", [], [], []).to_frame()["profit"].sum() == 0


@pytest.mark.parametrize(
    ("differing", "words"), [(0, "no leak found in build 7"), (2, "NOT CLEAN in build 7: 2 of 9")]
)
def test_an_audit_says_first_whether_it_is_clean(differing: int, words: str) -> None:
    audit = Audit(7, [], [Compared("horse_form", "cut", 9, differing)])
    assert audit.summary.startswith(words)
    assert audit.rows()[0]["differing"] == differing
