"""Where each horse lay early, and the rail, from a file into the warehouse."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.raceform_file import STORE, ask, file_of, load, row
from velo.home import Home
from velo.racing.comment_position import comment_position
from velo.warehouse.connection import warehouse
from velo.warehouse.early_positions import early_part
from velo.warehouse.recheck import outdated
from velo.warehouse.steps import to_5
from velo.warehouse.undo import undo

POSITIONS = "SELECT horse, early_position FROM results JOIN runners USING (race_id, horse_id)"
BY_HORSE = f"{POSITIONS} ORDER BY horse"
HONG_KONG = {
    "date": "2015-04-26",
    "region": "HK",
    "course": "Sha Tin",
    "race_id": "20150426-1",
    "race_no": "1",
    "dist": "1200M",
    "going": "GOOD",
    "rail": 'TURF - "C+3" Course',
    "ran": "5",
    "wgt": "120",
    "age": "4",
    "comment": "Held up in rear.",
}
LETTERS = {
    "date": "2019-01-05",
    "course": "kempton-aw",
    "race_id": "7",
    "off": "14:30",
    "race_name": "Sprint",
    "dist": "6f",
    "ran": "4",
    "wgt": "120",
    "age": "4",
    "morn_price": "3.5",
}


def written(folder: Path, common: dict[str, str], runners: list[dict[str, str]], name: str) -> Path:
    """A file of one race."""
    path = folder / name
    rows = [common | each for each in runners]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for each in rows for name in each)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def hong_kong(folder: Path, name: str = "hk.csv", **changes: str) -> Path:
    """Five starters and one that was withdrawn."""
    calls = {"Alpha": "1 1 1", "Bravo": "5 4 2", "Charlie": "3 3 3", "Delta": "4", "Echo": "---"}
    places = {"Alpha": "1", "Bravo": "2", "Charlie": "3", "Delta": "4", "Echo": "UR"}
    runners = [
        {
            "horse": horse,
            "num": str(n),
            "pos": places[horse],
            "running_position": changes.get(horse, each),
        }
        for n, (horse, each) in enumerate(calls.items(), 1)
    ]
    gone = {"horse": "Foxtrot", "num": "6", "pos": "WV", "running_position": "---"}
    return written(folder, HONG_KONG, [*runners, gone], name)


def test_the_first_call_is_placed_among_the_starters(home: Home, tmp_path: Path) -> None:
    batch = load(home, hong_kong(tmp_path))
    assert batch.format == "hong_kong"
    assert not batch.unread
    # Delta has the finish alone, and Echo no position: its comment stands for it.
    assert ask(home, BY_HORSE) == [
        ("Alpha", 0.0),
        ("Bravo", 1.0),
        ("Charlie", 0.5),
        ("Delta", None),
        ("Echo", 0.85),
        ("Foxtrot", None),
    ]
    assert ask(home, "SELECT rail FROM races") == [("C+3",)]
    assert set(ask(home, "SELECT rail FROM entries")) == {("C+3",)}


def test_calls_that_no_rule_reads_are_counted(home: Home, tmp_path: Path) -> None:
    batch = load(home, hong_kong(tmp_path, Bravo="5 ? 2", Charlie="300 3 3"))
    assert {(each.field, each.reason, each.cells, each.given) for each in batch.unread} == {
        ("running_position", "unreadable", 1, 4),
        ("running_position", "beyond-reason", 1, 4),
    }
    assert [each for _, each in ask(home, BY_HORSE)[1:3]] == [None, None]


def test_letters_stand_for_a_place(home: Home, tmp_path: Path) -> None:
    runners = [
        {"horse": horse, "num": str(n), "pos": str(n), "pace": letter}
        for n, (horse, letter) in enumerate(
            {"Alpha": "L", "Bravo": "P", "Charlie": "H", "Delta": " "}.items(), 1
        )
    ]
    load(home, written(tmp_path, LETTERS, runners, "aw.csv"))
    assert ask(home, BY_HORSE) == [
        ("Alpha", 0.0),
        ("Bravo", 0.3),
        ("Charlie", 0.75),
        ("Delta", None),
    ]


def test_comments_that_name_no_place_are_noted_and_not_unread(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", comment="Tracked leaders - led 1f out(op 5/2)"),
        row("Bravo", "2", comment="Led over 1f out - headed last strides"),
        row("Charlie", "3", comment=""),
        row("Delta", "WV", comment="Withdrawn"),
    ]
    batch = load(home, file_of(tmp_path, rows))
    assert batch.notes == ["no position early in the race in 1 of 2 comments"]
    assert not batch.unread
    assert ask(home, BY_HORSE) == [
        ("Alpha", 0.25),
        ("Bravo", None),
        ("Charlie", None),
        ("Delta", None),
    ]


def test_a_corrected_early_position_replaces_the_one_before_until_it_is_undone(
    home: Home, tmp_path: Path
) -> None:
    load(home, hong_kong(tmp_path))
    before = ask(home, BY_HORSE)
    corrected = load(home, hong_kong(tmp_path, "corrected.csv", Charlie="2 3 3"))
    assert corrected.updated == 1
    assert ask(home, BY_HORSE)[2] == ("Charlie", 0.25)
    assert ask(home, "SELECT early_position, replaced_by FROM earlier_results") == [
        (0.5, corrected.batch_id)
    ]
    assert corrected.batch_id is not None
    undo(home, STORE, corrected.batch_id, list)
    assert ask(home, BY_HORSE) == before


@pytest.mark.slow
def test_a_rail_that_is_corrected_is_kept_as_it_was(home: Home, tmp_path: Path) -> None:
    load(home, hong_kong(tmp_path))
    text = hong_kong(tmp_path, "moved.csv").read_text(encoding="utf-8")
    moved = tmp_path / "moved.csv"
    moved.write_text(text.replace("C+3", "A"), encoding="utf-8")
    batch = load(home, moved)
    assert ask(home, "SELECT rail FROM races") == [("A",)]
    assert ask(home, "SELECT rail, replaced_by FROM earlier_races") == [("C+3", batch.batch_id)]


@pytest.mark.slow
def test_of_two_sources_the_more_trusted_that_tells_a_place_is_heard(
    home: Home, tmp_path: Path
) -> None:
    rows = [
        row(horse, str(n), num=str(n), comment=comment)
        for n, (horse, comment) in enumerate(
            {"Alpha": "Ridden 2f out", "Bravo": "Prominent", "Charlie": "Made all"}.items(), 1
        )
    ]
    load(home, file_of(tmp_path, rows))
    other = [
        {
            **{
                name: each[name]
                for name in ("date", "course", "off", "pos", "horse", "num", "ran", "age")
            },
            "Race_Name": "Sun Stakes",
            "wgt": each["wgt"],
            "comment": "Held up in rear",
        }
        for each in rows
    ]
    batch = load(home, written(tmp_path, {}, other, "rpscrape.csv"))
    assert batch.format == "rpscrape"
    assert ask(home, BY_HORSE) == [("Alpha", 0.85), ("Bravo", 0.2), ("Charlie", 0.0)]


@pytest.mark.slow
def test_stored_comments_of_an_earlier_version_get_their_early_positions(
    home: Home, tmp_path: Path
) -> None:
    rows = [
        row("Alpha", "1", comment="Made all"),
        row("Bravo", "2", comment="Dwelt - in rear"),
        row("Charlie", "3", comment="Ridden 2f out"),
    ]
    load(home, file_of(tmp_path, rows))
    load(home, file_of(tmp_path, [*rows[:2], rows[2] | {"comment": "In touch"}], "corrected.csv"))
    now, before = ask(home, BY_HORSE), ask(home, "SELECT early_position FROM earlier_results")
    with warehouse(home, STORE, write=True) as con:
        for table in ("results", "earlier_results"):
            con.execute(f"UPDATE {table} SET early_position = NULL")
        con.execute("BEGIN TRANSACTION")
        to_5.STEP.fill(con)
        con.execute("COMMIT")
    assert ask(home, BY_HORSE) == now == [("Alpha", 0.0), ("Bravo", 0.85), ("Charlie", 0.4)]
    assert ask(home, "SELECT early_position FROM earlier_results") == before == [(None,)]


@pytest.mark.slow
def test_files_whose_calls_were_not_kept_are_named_to_be_ingested_again(
    home: Home, tmp_path: Path
) -> None:
    path = hong_kong(tmp_path)
    load(home, path)
    with warehouse(home, STORE, write=True) as con:
        con.execute("UPDATE import_batches SET reader_version = 2")
        con.execute("UPDATE results SET early_position = 0.85")
        con.execute("UPDATE races SET rail = NULL")
        assert [each.file for each in outdated(con)] == [str(path)]
    load(home, path)
    assert ask(home, BY_HORSE)[:3] == [("Alpha", 0.0), ("Bravo", 1.0), ("Charlie", 0.5)]
    assert ask(home, "SELECT rail FROM races") == [("C+3",)]


def test_the_part_that_duckdb_cuts_out_decides_as_the_whole_comment_does() -> None:
    comments = [
        "Dwelt - soon chasing leaders - led 1f out (op 5/2)",
        "DWELT, held up in mid-division; led 2f out",
        "Settled 2nd - led over 1½f out",
        "Taken back from a wide draw, raced at rear throughout, never a factor.",
        "Chased leaders in 4th - led 12th",
        "Pulled hard\nheld up in rear",
        "l'avait d'abord été mené - outside the leader's girth",
        "Led " + "x" * 300,
        "x" * 300 + " led",
        "nothing of the kind",
    ]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE comments (comment VARCHAR)")
        con.executemany("INSERT INTO comments VALUES (?)", [[each] for each in comments])
        parts: list[tuple[Any, ...]] = con.execute(
            f"SELECT comment, {early_part('comment')} FROM comments"
        ).fetchall()
    assert [comment_position(part) for _, part in parts] == [
        comment_position(comment) for comment, _ in parts
    ]
    assert sum(part is None for _, part in parts) == 2


@pytest.mark.few(1)
@pytest.mark.parametrize("comment", ["dwelt " * 60_000, "settled " * 60_000, "led over " * 60_000])
def test_a_comment_of_any_length_is_read_in_no_time(
    home: Home, tmp_path: Path, comment: str
) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1", comment=comment), row("Bravo", "2")]))
    assert ask(home, f"{POSITIONS} WHERE horse = 'Bravo'") == [("Bravo", 0.0)]
