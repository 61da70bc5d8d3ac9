"""Cards and prices as they come: CSV, rpscrape's JSON, odds of every kind, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.live.replayed import written
from velo.errors import InputError, UnknownFormat
from velo.live.card_file import (
    CardRow,
    card_rows,
    check_card,
    price_rows,
    quoted_kind,
    recognise,
)

RUNNER = {
    "name": "Gala Star (IRE)",
    "horse_id": 77,
    "number": 3,
    "draw": 5,
    "lbs": 133,
    "ofr": 82,
    "jockey": "A Rider",
    "trainer": "B Trainer",
    "age": "4",
}
RACE = {
    "course": "Ripon",
    "race_id": 9,
    "date": "2026-05-02",
    "off_time": "2:30",
    "race_name": "Sun Stakes",
    "distance_f": 6.0,
    "race_class": "Class 4",
    "going": "Good",
    "runners": [RUNNER],
}


def json_card(folder: Path, content: Any) -> Path:
    path = folder / "card.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_json_card_is_read_as_a_flat_one(tmp_path: Path) -> None:
    path = json_card(tmp_path, {"GB": {"Ripon": {"2:30": RACE}}})
    (row,) = card_rows(check_card(path))
    assert row == CardRow(1, "Gala Star (IRE)", date(2026, 5, 2), "Ripon", "2:30", "9")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"GB": [RACE]}, "GB: course"),
        ({"GB": {"Ripon": {"2:30": {**RACE, "runners": {}}}}}, "are no list"),
        ({"GB": {"Ripon": {"2:30": {"course": "Ripon"}}}}, "has no date, off_time, runners"),
        ({"GB": {"Ripon": {"2:30": {**RACE, "runners": [{"draw": 1}]}}}}, "has no name"),
        ([{"horse": "Alpha"}], "race 1 has no course, date, off_time, runners"),
        ("Ripon", "there are no races"),
    ],
)
def test_another_layout_is_refused_in_one_line_that_names_the_place(
    tmp_path: Path, content: Any, words: str
) -> None:
    path = json_card(tmp_path, content)
    with pytest.raises(UnknownFormat, match=words) as refusal:
        card_rows(path)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="is not JSON"):
        card_rows(path)


def test_results_are_no_card(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [{"date": "2026-05-02", "horse": "A", "pos": "1"}])
    with pytest.raises(InputError, match="finishing positions"):
        card_rows(path)


def test_results_of_any_spelling_are_no_card(tmp_path: Path) -> None:
    row = {"date": "2026-05-02", "course": "Ripon", "horse": "A", "Finish Pos": "1"}
    with pytest.raises(InputError, match="finishing positions"):
        card_rows(written(tmp_path / "x.csv", [row]))
    assert card_rows(written(tmp_path / "y.csv", [row | {"Finish Pos": ""}]))


def test_a_card_may_call_its_columns_as_the_scraper_does(tmp_path: Path) -> None:
    row = {
        "date": "2026-05-02",
        "course": "Ripon",
        "off_time": "2:30",
        "race_name": "Sun Stakes",
        "name": "Alpha",
        "number": "1",
    }
    (read,) = card_rows(written(tmp_path / "x.csv", [row]))
    assert read == CardRow(2, "Alpha", date(2026, 5, 2), "Ripon", "2:30")


def test_odds_are_read_as_fractions_or_decimals_and_a_price_of_nothing_is_none(
    tmp_path: Path,
) -> None:
    path = written(
        tmp_path / "x.csv",
        [
            {"horse": "A", "odds": "5/2", "morning": "4.0"},
            {"horse": "B", "odds": "Evs", "morning": ""},
            {"horse": "C", "odds": "0", "morning": "-"},
        ],
    )
    rows = price_rows(path)
    assert [dict(row.odds) for row in rows] == [
        {"current": 3.5, "morning": 4.0},
        {"current": 2.0},
        {},
    ]
    assert quoted_kind(rows, "morning") == "morning"
    assert quoted_kind(rows, "sp") == "current"
    assert quoted_kind(rows[2:], "sp") is None


def test_a_price_file_without_odds_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [{"horse": "A", "draw": "3"}])
    with pytest.raises(InputError, match="needs the columns horse and odds"):
        price_rows(path)


def listed(horse: str, **changes: Any) -> dict[str, Any]:
    return {
        "horse": horse,
        "day": date(2026, 5, 2),
        "course": "Ripon",
        "off": "14:30",
        "source_race_id": None,
        **changes,
    }


def test_a_row_is_known_by_its_name_however_it_is_written() -> None:
    runners = [listed("O'Hara's Pride (IRE)"), listed("Other")]
    rows = [
        CardRow(2, "Oharas Pride"),
        CardRow(3, "OTHER (GB)"),
        CardRow(4, "Nobody"),
        CardRow(5, ""),
    ]
    assert recognise(rows, runners) == [0, 1, None, None]


def test_two_horses_of_one_name_are_told_apart_by_suffix_race_or_off_and_else_by_nothing() -> None:
    runners = [
        listed("Twin (IRE)", off="14:30"),
        listed("Twin (FR)", off="15:00"),
        listed("Again", off="14:30"),
        listed("Again", off="16:10", course="York"),
    ]
    rows = [
        CardRow(2, "Twin (FR)"),
        CardRow(3, "Twin", off="2:30"),
        CardRow(4, "Twin"),
        CardRow(5, "Again", course="York"),
        CardRow(6, "Again", off="4:15", course="Ripon"),
    ]
    assert recognise(rows, runners) == [1, 0, None, 3, 2]


def test_a_row_of_another_day_is_nobody() -> None:
    assert recognise([CardRow(2, "A", day=date(2026, 5, 3))], [listed("A")]) == [None]
