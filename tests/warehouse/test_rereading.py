"""A file whose reader has changed is read anew, at its place in time; the same bytes else are not.

The readers here are real ones whose earlier version is played by a changed batch number.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import STORE, ask, contents, file_of, load, race, row
from tests.warehouse.test_undo import prices_file
from velo.home import Home
from velo.warehouse.connection import warehouse
from velo.warehouse.recheck import mends, outdated, recheck


def set_back(home: Home, batch: int, *losses: str) -> None:
    """Let a batch be of an earlier reader, which lost or misread something."""
    with warehouse(home, STORE, write=True) as con:
        con.execute("UPDATE import_batches SET reader_version = 1 WHERE batch_id = ?", [batch])
        for loss in losses:
            con.execute(loss)


def test_what_the_earlier_reader_lost_is_there_after_the_second_reading(
    home: Home, tmp_path: Path
) -> None:
    path = file_of(tmp_path, race())
    load(home, path)
    facts = ("races", "results", "prices_history", "horses")
    whole = {name: [tuple(cells) for cells in rows] for name, rows in contents(home, facts).items()}
    set_back(
        home,
        1,
        "UPDATE runners SET pounds = NULL",
        "UPDATE races SET going = NULL",
        "DELETE FROM prices_history WHERE kind = 'sp'",
    )
    again = load(home, path)
    assert (again.updated, again.accepted, again.unchanged) == (3, 0, 0)
    assert any("read anew" in note for note in again.notes)
    assert ask(home, "SELECT DISTINCT pounds FROM runners") == [(130.0,)]
    assert ask(home, "SELECT going FROM races") == [("Good",)]
    sp = "SELECT decimal_odds FROM prices_history WHERE kind = 'sp' ORDER BY 1"
    assert ask(home, sp) == [(2.0,), (3.0,), (6.0,)]
    assert contents(home, ("horses",))["horses"] == whole["horses"]


def test_it_is_read_anew_once(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, race())
    load(home, path)
    set_back(home, 1)
    assert load(home, path).batch_id == 2
    before = contents(home)
    assert load(home, path).batch_id is None
    assert contents(home) == before


@pytest.mark.slow
def test_what_a_later_file_corrected_is_not_brought_back(home: Home, tmp_path: Path) -> None:
    """Alpha was disqualified by the second file; Charlie's weight was lost by the first reading."""
    first = file_of(tmp_path, race())
    load(home, first)
    alpha, bravo, _ = race()
    corrected = [alpha | {"pos": "DSQ", "sp": "7/1"}, bravo | {"pos": "1"}]
    load(home, file_of(tmp_path, corrected, "corrected.csv"))
    set_back(home, 1, "UPDATE runners SET pounds = NULL WHERE horse LIKE 'Charlie%'")
    again = load(home, first)
    assert (again.updated, again.unchanged) == (1, 2)
    assert ask(
        home,
        "SELECT horse, status, pounds FROM runners JOIN results USING "
        "(race_id, horse_id) ORDER BY horse",
    ) == [
        ("Alpha (IRE)", "non-finisher", 130.0),
        ("Bravo", "finished", 130.0),
        ("Charlie (FR)", "finished", 130.0),
    ]
    sp = (
        "SELECT decimal_odds FROM prices_history JOIN runners USING (race_id, horse_id) "
        "WHERE kind = 'sp' AND horse LIKE 'Alpha%'"
    )
    assert ask(home, sp) == [(8.0,)]


@pytest.mark.slow
def test_the_later_file_is_read_anew_over_the_earlier_one(home: Home, tmp_path: Path) -> None:
    first, later = file_of(tmp_path, race()), tmp_path / "later.csv"
    load(home, first)
    load(home, file_of(tmp_path, race(going="Soft"), later.name))
    set_back(home, 1)
    set_back(home, 2, "UPDATE races SET going = 'Firm'")
    load(home, first)
    assert ask(home, "SELECT going FROM races") == [("Firm",)]
    load(home, later)
    assert ask(home, "SELECT going FROM races") == [("Soft",)]
    load(home, first)
    assert ask(home, "SELECT going FROM races") == [("Soft",)]


@pytest.mark.slow
def test_a_price_that_the_reader_no_longer_reads_goes(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, [row("Alpha", "1", sp="", comment=""), row("Bravo", "2")])
    load(home, path)
    set_back(
        home,
        1,
        "INSERT INTO prices_history SELECT race_id, horse_id, 'raceform', 'sp', 1, NULL, 45293, 1 "
        "FROM runners WHERE horse = 'Alpha'",
    )
    load(home, path)
    assert ask(home, "SELECT max(decimal_odds) FROM prices_history") == [(3.5,)]
    assert ask(home, "SELECT decimal_odds, replaced_by FROM earlier_prices_history") == [
        (45293.0, 2)
    ]


@pytest.mark.slow
def test_prices_that_waited_under_a_misread_name_wait_no_longer(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    path = prices_file(tmp_path, "bsp.csv", "4.5", ("Nobody", "Alpha"))
    load(home, path)
    set_back(home, 2, "UPDATE waiting_prices SET name = '7 nobody'")
    load(home, path)
    assert ask(home, "SELECT name, batch_id FROM waiting_prices") == [("nobody", 3)]


@pytest.mark.slow
def test_files_of_an_earlier_reader_are_listed_until_they_are_read_anew(
    home: Home, tmp_path: Path
) -> None:
    first, second = file_of(tmp_path, race()), tmp_path / "gone.csv"
    load(home, first)
    load(home, file_of(tmp_path, race(date="2015-05-01"), second.name))
    for batch in (1, 2):
        set_back(home, batch)
    second.unlink()
    done = recheck(home, STORE, mends=mends(infers=True))
    assert [(each.batch_id, each.file, each.is_there) for each in done.outdated] == [
        (1, str(first.resolve()), True),
        (2, str(second.resolve()), False),
    ]
    load(home, first)
    with warehouse(home, STORE, write=False) as con:
        assert [each.batch_id for each in outdated(con)] == [2]


def test_a_recheck_mends_as_a_batch_of_its_own(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    asked = []

    def mend(con: object, batch: int) -> int:
        asked.append(batch)
        return 2

    done = recheck(home, STORE, mends={"doubled races": mend})
    assert (asked, done.mended) == ([2], {"doubled races": 2})
    kept = "SELECT kind, updated, notes FROM import_batches WHERE batch_id = 2"
    assert ask(home, kept) == [("recheck", 2, ["doubled races: 2 mended"])]
