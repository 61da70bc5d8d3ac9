"""What no rule could read is counted by field, with lines, and so is what cannot be."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.raceform_file import STORE, ask, file_of, load, prices, race, row
from tests.warehouse.test_price_files import prices_of, quote
from velo.home import Home
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import Batch
from velo.warehouse.unread import unread_cells, unread_shares


def counts(batch: Batch) -> dict[tuple[str, str], tuple[int, int]]:
    return {(each.field, each.reason): (each.cells, each.given) for each in batch.unread}


def examples(batch: Batch, field: str) -> list[tuple[int, str]]:
    return [
        (example.line, example.text)
        for each in batch.unread
        if each.field == field
        for example in each.examples
    ]


def test_a_spreadsheets_prices_and_weights_are_counted_with_their_lines(
    home: Home, tmp_path: Path
) -> None:
    rows = race()
    rows[0] |= {"sp": "07-Feb", "wgt": "09-Apr"}
    rows[1] |= {"sp": "33/1", "wgt": "8-13"}
    rows[2] |= {"sp": "11-Apr", "wgt": "9-2"}
    batch = load(home, file_of(tmp_path, rows))
    assert (batch.accepted, batch.quarantined) == (3, 0)
    assert counts(batch) == {
        ("price_sp", "unreadable"): (2, 3),
        ("weight", "unreadable"): (1, 3),
    }
    assert examples(batch, "price_sp") == [(2, "07-Feb"), (4, "11-Apr")]
    assert prices(home) == {"Bravo": 34.0}
    printed = batch.to_dict()
    assert printed["unread"] == {"price_sp": 2, "weight": 1}
    assert printed["unread_cells"][0]["examples"][0] == {"line": 2, "text": "07-Feb"}


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("column", "text", "field", "column_of_ours"),
    [
        ("sp", "02-Jul", "price_sp", None),
        ("wgt", "57.5 kilograms", "weight", "pounds"),
        ("dist", "1600", "distance", "distance_m"),
        ("age", "4yo+", "age", "age"),
        ("draw", "five", "draw", "draw"),
        ("num", "A1", "number", "number"),
        ("ran", "many", "ran", "ran"),
        ("or", "70?", "official_rating", "official_rating"),
        ("rpr", "x", "rpr", "rpr"),
        ("ts", "x", "ts", "ts"),
        ("ovr_btn", "dist", "beaten", "beaten"),
        ("time", "1:40:00", "time", "seconds"),
        ("prize", "4.187", "prize", "prize_won"),
        ("going", "Gooood", "going", "going_group"),
        ("class", "Maiden", "class", None),
        ("pattern", "Grp", "pattern", None),
        ("rating_band", "all", "rating_band", None),
    ],
)
def test_a_cell_of_every_typed_field_is_counted_where_nothing_reads_it(
    home: Home, tmp_path: Path, column: str, text: str, field: str, column_of_ours: str | None
) -> None:
    rows = race()
    rows[1][column] = text
    batch = load(home, file_of(tmp_path, rows))
    assert batch.accepted == 3
    assert [(each.field, each.reason, each.cells) for each in batch.unread] == [
        (field, "unreadable", 1)
    ]
    assert examples(batch, field) == [(3, text)]
    if column_of_ours in ("pounds", "age", "draw", "number", "official_rating"):
        assert ask(home, f"SELECT {column_of_ours} FROM runners WHERE horse = 'Bravo'") == [(None,)]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("column", "text", "field"),
    [
        ("sp", "45293", "price_sp"),
        ("sp", "1001/1", "price_sp"),
        ("sp", "1.0", "price_sp"),
        ("wgt", "20-0", "weight"),
        ("wgt", "57.5", "weight"),
        ("age", "31", "age"),
        ("age", "0", "age"),
        ("draw", "61", "draw"),
        ("or", "1000", "official_rating"),
        ("rpr", "1,000", "rpr"),
        ("ts", "999", "ts"),
        ("ovr_btn", "5000", "beaten"),
        ("time", "0.5", "time"),
        ("dist", "50km", "distance"),
        ("prize", "1000000000000", "prize"),
        ("num", "100", "number"),
        ("ran", "500", "ran"),
    ],
)
def test_a_figure_beyond_reason_is_null_and_counted_and_its_row_stays(
    home: Home, tmp_path: Path, column: str, text: str, field: str
) -> None:
    rows = race()
    rows[1][column] = text
    batch = load(home, file_of(tmp_path, rows))
    assert batch.accepted == 3
    assert counts(batch)[field, "beyond-reason"][0] == 1
    assert len(batch.unread) == 1


@pytest.mark.few(1)
@pytest.mark.parametrize("text", ["", "-", "–", "---", " – ", "\u00a0"])
def test_a_cell_that_says_nothing_is_neither_given_nor_unread(
    home: Home, tmp_path: Path, text: str
) -> None:
    batch = load(home, file_of(tmp_path, [row("Alpha", "1", draw=text, wgt=text, sp=text)]))
    assert batch.unread == ()


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("column", "text"), [("draw", "0"), ("num", "0"), ("prize", "0"), ("sp", "0")]
)
def test_nought_is_written_for_none_and_makes_no_noise(
    home: Home, tmp_path: Path, column: str, text: str
) -> None:
    batch = load(home, file_of(tmp_path, [row("Alpha", "1", **{column: text})]))
    assert batch.unread == ()
    assert ask(home, f"SELECT count({'draw' if column == 'draw' else 'NULL'}) FROM runners") == [
        (0,)
    ]


def test_cells_of_refused_rows_count_as_well(home: Home, tmp_path: Path) -> None:
    rows = [*race(), row("Delta", "fourth", sp="02-Jul"), row("Echo", "5", date="31/02/2015")]
    batch = load(home, file_of(tmp_path, rows))
    assert batch.quarantined == 2
    assert counts(batch) == {
        ("date", "unreadable"): (1, 5),
        ("position", "unreadable"): (1, 5),
        ("price_sp", "unreadable"): (1, 5),
    }


@pytest.mark.slow
def test_three_different_texts_are_shown_each_where_it_comes_first(
    home: Home, tmp_path: Path
) -> None:
    texts = ["c", "a", "a", "b", "d", "c", "x" * 500]
    rows = [row(f"Horse {i}", str(i), wgt=text, num=str(i)) for i, text in enumerate(texts, 1)]
    batch = load(home, file_of(tmp_path, rows))
    assert counts(batch) == {("weight", "unreadable"): (7, 7)}
    assert examples(batch, "weight") == [(2, "c"), (3, "a"), (5, "b")]


@pytest.mark.slow
def test_the_same_file_again_says_the_same(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, [row("Alpha", "1", sp="02-Jul")])
    first = load(home, path)
    again = load(home, path)
    assert first.unread == again.unread != ()


def test_a_place_that_no_field_has_room_for_is_no_result(home: Home, tmp_path: Path) -> None:
    rows = race()
    rows[2]["pos"] = "99"
    batch = load(home, file_of(tmp_path, rows))
    assert counts(batch) == {("position", "beyond-reason"): (1, 3)}
    assert ask(
        home,
        "SELECT horse, finish FROM runners LEFT JOIN results USING (race_id, horse_id) ORDER BY 1",
    ) == [("Alpha (IRE)", 1), ("Bravo", 2), ("Charlie (FR)", None)]
    assert ("runners-missing", "2 of 3") in ask(home, "SELECT flag, detail FROM race_flags")


@pytest.mark.slow
@pytest.mark.parametrize("ran", ["3", ""])
def test_a_place_beyond_its_own_races_field_is_none_also_where_no_field_is_given(
    home: Home, tmp_path: Path, ran: str
) -> None:
    rows = race(ran=ran)
    rows[2]["pos"] = "13"
    batch = load(home, file_of(tmp_path, rows))
    assert counts(batch) == {("position", "beyond-reason"): (1, 3)}
    assert examples(batch, "position") == [(4, "13")]
    assert ("runners-missing",) in ask(home, "SELECT flag FROM race_flags")


def test_the_last_keeps_its_place_beside_a_runner_whose_own_could_not_be_read(
    home: Home, tmp_path: Path
) -> None:
    """Four ran: of the third the place is a spreadsheet date, and the fourth is in the field."""
    horses = enumerate(("Alpha", "Bravo", "Charlie", "Delta"), start=1)
    rows = [row(horse, str(place), ran="", num=str(place)) for place, horse in horses]
    rows[2]["pos"] = "02-Jan"
    batch = load(home, file_of(tmp_path, rows))
    assert counts(batch) == {("position", "unreadable"): (1, 4)}
    assert ask(
        home, "SELECT horse, finish FROM runners JOIN results USING (race_id, horse_id)"
    ) == [
        ("Alpha", 1),
        ("Bravo", 2),
        ("Delta", 4),
    ]


def test_a_file_of_some_of_a_races_runners_keeps_their_places(home: Home, tmp_path: Path) -> None:
    some = [row("Alpha", "1", ran=""), row("Bravo", "9", ran="", num="2")]
    whole = [row("Charlie", "12", ran="14", off="3:00", race_id="2")]
    assert load(home, file_of(tmp_path, [*some, *whole])).unread == ()
    assert ask(home, "SELECT max(finish) FROM results") == [(12,)]


@pytest.mark.slow
def test_a_price_file_counts_its_cells_too(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    batch = load(
        home,
        prices_of(tmp_path, [quote("Alpha", "8", PPWAP="07-Feb"), quote("Bravo", "44621")]),
    )
    assert counts(batch) == {
        ("price_bsp", "beyond-reason"): (1, 2),
        ("price_wap", "unreadable"): (1, 1),
    }
    assert ask(home, "SELECT reason FROM quarantine") == [("price-missing",)]


def test_a_field_warns_above_a_hundredth_of_its_cells(home: Home, tmp_path: Path) -> None:
    rows = [
        row(
            f"Horse {i}",
            str(i % 10 + 1),
            race_id=str(i // 10),
            off=f"{i // 10 % 9 + 1}:30",
            date=f"2015-04-{i // 90 + 1:02}",
            wgt="x" if i < 2 else "9-4",
            rpr="x" if i < 3 else "70",
            ran="10",
        )
        for i in range(200)
    ]
    batch = load(home, file_of(tmp_path, rows))
    assert batch.to_dict()["warned"] == ["rpr"]
    with warehouse(home, STORE, write=False) as con:
        assert unread_shares(con) == [{"field": "rpr", "cells": 3, "given": 200, "share": 0.015}]
        listed = unread_cells(con, 10)
    assert [(Path(each.file or "").name, each.field, each.cells) for each in listed] == [
        ("results.csv", "rpr", 3),
        ("results.csv", "weight", 2),
    ]


LETTERS_AND_SIGNS = st.characters(
    codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=["Cs", "Nd", "Nl", "No"]
)
cells = st.one_of(
    st.sampled_from(["", "–", "0", "1", "5", "9-4", "2/1F", "07-Feb", "45293", "½", "Good"]),
    st.text(LETTERS_AND_SIGNS, max_size=8),
)
RACING = ("sp", "wgt", "dist", "age", "draw", "num", "or", "rpr", "ts", "ovr_btn", "time", "prize")


@pytest.mark.slow
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(RACING, cells)), min_size=1, max_size=12))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_cells_given_are_those_read_and_those_that_were_not(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    """But for noughts, which are read as none."""
    folder = tmp_path_factory.mktemp("home")
    home = Home(folder)
    batch = load(
        home,
        file_of(
            folder,
            [
                row(
                    f"Horse {i}",
                    "1",
                    ran="",
                    **{"or_" if name == "or" else name: text for name, text in each.items()},
                )
                for i, each in enumerate(rows)
            ],
        ),
    )
    unread = batch.to_dict()["unread"]
    stored = ask(
        home,
        "SELECT count(pounds), count(draw), count(age), count(number), count(rpr), count(beaten), "
        "count(seconds), count(prize_won) FROM runners JOIN results USING (race_id, horse_id)",
    )[0]
    names = {
        "weight": "wgt",
        "draw": "draw",
        "age": "age",
        "number": "num",
        "rpr": "rpr",
        "beaten": "ovr_btn",
        "time": "time",
        "prize": "prize",
    }
    for (field, column), read in zip(names.items(), stored, strict=True):
        given = [text for each in rows if (text := _said(each[column]))]
        noughts = (
            sum(not text.strip("0") for text in given)
            if field in ("draw", "number", "prize")
            else 0
        )
        assert read + unread.get(field, 0) + noughts == len(given), field
    assert all(each.cells <= each.given for each in batch.unread)
    assert dataclasses.asdict(batch)["rows_read"] == len(rows)


def _said(text: str) -> str:
    """What is written in a cell, by the page alone: blanks and words for nothing are none."""
    bare = text.replace("\u00a0", " ").strip()
    words = ("nan", "none", "null", "not found")
    return "" if bare in ("-", "--", "---", "–", "—") or bare.lower() in words else bare
