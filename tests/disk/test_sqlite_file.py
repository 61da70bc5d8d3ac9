"""A SQLite file of the home is of one version or the next, never between the two."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.disk.killed import killed
from velo.disk.sqlite_file import Step, migrate, read_sqlite_file, sqlite_file
from velo.errors import HomeError

KILLS = int(os.environ.get("VELO_KILLS", "8"))

BETS = """
CREATE TABLE IF NOT EXISTS bets (bet INTEGER PRIMARY KEY, horse TEXT NOT NULL);
-- A statement of several parts.
CREATE TRIGGER IF NOT EXISTS bets_stay BEFORE DELETE ON bets
    BEGIN SELECT RAISE(ABORT, 'a bet; never deleted'); END;
"""
STAKES = """
ALTER TABLE bets ADD COLUMN stake REAL NOT NULL DEFAULT 1;
CREATE TABLE days (day TEXT PRIMARY KEY);
"""


def in_capitals(con: sqlite3.Connection) -> None:
    """What SQL would do as well."""
    for bet, horse in con.execute("SELECT bet, horse FROM bets").fetchall():
        con.execute("UPDATE bets SET horse = ? WHERE bet = ?", [horse.upper(), bet])


FIRST: tuple[Step, ...] = (BETS,)
THIRD: tuple[Step, ...] = (BETS, STAKES, in_capitals)


def described(path: Path) -> list[tuple[str, str]]:
    """Everything that the file says of its tables."""
    with closing(sqlite3.connect(path)) as con:
        return con.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def of_version_1(path: Path, bets: int = 2) -> Path:
    with sqlite_file(path, FIRST) as con:
        con.executemany("INSERT INTO bets (horse) VALUES (?)", [("Alpha",)] * bets)
    return path


def test_the_first_opening_for_writing_brings_it_to_the_present_version(tmp_path: Path) -> None:
    path = of_version_1(tmp_path / "bets.db")
    with sqlite_file(path, THIRD) as con:
        assert con.execute("SELECT * FROM bets").fetchall() == [(1, "ALPHA", 1), (2, "ALPHA", 1)]
        assert con.execute("PRAGMA user_version").fetchone() == (3,)
    with sqlite_file(tmp_path / "new.db", THIRD):
        pass
    assert described(path) == described(tmp_path / "new.db")


def test_a_reader_is_told_the_command_and_changes_nothing(tmp_path: Path) -> None:
    path = of_version_1(tmp_path / "bets.db")
    before = described(path)
    with (
        pytest.raises(HomeError, match=r"^[^\n]*bets.db is of version 1, [^\n]*`velo migrate`$"),
        read_sqlite_file(path, THIRD),
    ):
        pass
    assert described(path) == before
    assert migrate(path, THIRD) == 1
    assert migrate(path, THIRD) == 3
    with (
        read_sqlite_file(path, THIRD) as con,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        con.execute("INSERT INTO bets (horse) VALUES ('Bravo')")


def test_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = of_version_1(tmp_path / "bets.db")
    migrate(path, THIRD)
    before = described(path)
    for opening in (sqlite_file, read_sqlite_file):
        with (
            pytest.raises(HomeError, match=r"is of version 3, made by a later VÉLØ .* use that"),
            opening(path, FIRST),
        ):
            pass
    assert described(path) == before


def test_a_step_that_fails_leaves_the_version_before(tmp_path: Path) -> None:
    def failing(con: sqlite3.Connection) -> None:
        con.execute("INSERT INTO bets (bet, horse) VALUES (1, 'Bravo')")

    path = of_version_1(tmp_path / "bets.db")
    before = described(path)
    with pytest.raises(HomeError, match="cannot be used"), sqlite_file(path, (*THIRD, failing)):
        pass
    assert described(path) == before
    with sqlite_file(path, FIRST) as con:
        assert con.execute("SELECT horse FROM bets").fetchall() == [("Alpha",), ("Alpha",)]


def test_tables_that_no_version_was_written_of_are_of_none(tmp_path: Path) -> None:
    path = of_version_1(tmp_path / "bets.db")
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA user_version = 0")
    assert migrate(path, THIRD) == 0
    with read_sqlite_file(path, THIRD) as con:
        assert con.execute("SELECT count(*) FROM bets").fetchone() == (2,)


def test_many_that_open_it_at_once_bring_it_over_once(tmp_path: Path) -> None:
    path = of_version_1(tmp_path / "bets.db", 500)
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda _: migrate(path, THIRD), range(8)))
    assert set(held) <= {1, 3}
    with read_sqlite_file(path, THIRD) as con:
        assert con.execute("SELECT DISTINCT horse FROM bets").fetchall() == [("ALPHA",)]


SLOWLY = """
import sys, time
from pathlib import Path
from tests.disk.test_sqlite_file import THIRD, in_capitals
from velo.disk.sqlite_file import sqlite_file

def slowly(con):
    for _ in range(10):
        in_capitals(con)
        con.execute("UPDATE bets SET stake = stake + 1")

print("started", flush=True)
with sqlite_file(Path(sys.argv[1]), (*THIRD, slowly)):
    print("done", flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_point_it_is_of_one_version_or_the_other(tmp_path: Path) -> None:
    """Some kills fall before, most within and some after the transaction."""
    landed = []
    whole = killed(SLOWLY, of_version_1(tmp_path / "whole.db", 500), None)
    for kill in range(KILLS):
        path = of_version_1(tmp_path / f"{kill}.db", 500)
        # Sooner from the first on that came too late: the machine was busy when it was measured.
        killed(SLOWLY, path, whole * Random(kill).random())
        with closing(sqlite3.connect(path)) as con:
            (version,) = con.execute("PRAGMA user_version").fetchone()
            assert con.execute("SELECT count(*) FROM bets").fetchone() == (500,)
            assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            horses = con.execute("SELECT DISTINCT horse FROM bets").fetchall()
            assert horses == ([("Alpha",)] if version == 1 else [("ALPHA",)])
        assert described(path) == described(tmp_path / "whole.db") or version == 1
        landed.append(version)
        whole *= 0.8 if version == 4 else 1.0
    assert set(landed) <= {1, 4}
    assert 1 in landed
