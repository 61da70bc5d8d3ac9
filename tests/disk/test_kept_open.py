"""A file that is kept open is the one at its path, or nobody may use it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from velo.disk.kept_open import KeptOpen
from velo.disk.sqlite_file import sqlite_file
from velo.errors import HomeError

STEPS = ("CREATE TABLE IF NOT EXISTS notes (note TEXT);",)


def kept(path: Path) -> KeptOpen:
    return KeptOpen(path, lambda path: sqlite_file(path, STEPS))


def add(con: sqlite3.Connection, note: str) -> None:
    con.execute("INSERT INTO notes VALUES (?)", [note])


def notes(path: Path) -> list[str]:
    with sqlite_file(path, STEPS) as con:
        return [note for (note,) in con.execute("SELECT note FROM notes")]


def test_one_connection_serves_as_long_as_the_file_is_in_its_place(tmp_path: Path) -> None:
    file = kept(tmp_path / "notes.db")
    con = file.connection()
    add(con, "one")
    assert file.connection() is con
    file.require_in_place()
    file.close()
    assert notes(file.path) == ["one"]


@pytest.mark.parametrize("moved", ["notes.db", "home"])
def test_a_file_that_was_moved_away_is_refused_and_not_made_anew(
    tmp_path: Path, moved: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = kept(home / "notes.db")
    add(file.connection(), "one")
    what = home if moved == "home" else file.path
    what.rename(tmp_path / "elsewhere")
    for _ in range(2):
        with pytest.raises(HomeError, match=r"notes\.db was moved away .* put it back"):
            file.connection()
        with pytest.raises(HomeError, match="was moved away"):
            file.require_in_place()
    assert not file.path.exists()
    (tmp_path / "elsewhere").rename(what)
    add(file.connection(), "two")
    file.close()
    assert notes(file.path) == ["one", "two"]


def test_another_file_in_its_place_is_not_taken_for_it(tmp_path: Path) -> None:
    """What was not yet written back from the first one's log would be written into it."""
    file, other = kept(tmp_path / "notes.db"), tmp_path / "other.db"
    add(file.connection(), "one")
    with sqlite_file(other, STEPS) as con:
        add(con, "restored")
    file.path.rename(tmp_path / "old.db")
    other.rename(file.path)
    for use in (file.connection, file.require_in_place):
        with pytest.raises(HomeError, match=r"was moved away .* stop the service before"):
            use()
