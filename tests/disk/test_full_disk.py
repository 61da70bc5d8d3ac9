"""A full disk is known by whatever library meets it, and named in one line."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from velo.disk.full_disk import is_full, room_on
from velo.errors import HomeError, InputError


def full_sqlite(path: Path) -> None:
    """Write into a database that may not grow, as on a full disk."""
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE predictions (odds TEXT)")
    con.execute("PRAGMA max_page_count = 4")
    con.execute("INSERT INTO predictions VALUES (?)", ["5/1" * 100_000])


def full_device() -> None:
    with open("/dev/full", "w") as file:
        file.write("x")


@pytest.mark.parametrize("write", [full_sqlite, lambda path: full_device()])
def test_a_full_disk_is_one_line_with_what_is_left(tmp_path: Path, write: object) -> None:
    with pytest.raises(HomeError) as refusal, room_on(tmp_path, "nothing was written"):
        write(tmp_path / "ledger.db")  # type: ignore[operator]
    assert str(refusal.value) == (
        f"the disk of {tmp_path} is full: nothing was written; make room and run the command again"
    )


def test_it_is_found_behind_what_other_libraries_made_of_it(tmp_path: Path) -> None:
    def log() -> None:
        try:
            full_sqlite(tmp_path / "mlflow.db")
        except sqlite3.OperationalError:
            raise RuntimeError("BAD_REQUEST: unable to log") from None

    with pytest.raises(RuntimeError) as wrapped:
        log()
    assert is_full(wrapped.value)


def test_other_errors_are_let_through(tmp_path: Path) -> None:
    for error in (OSError(errno.EACCES, os.strerror(errno.EACCES)), InputError("no")):
        assert not is_full(error)
        with pytest.raises(type(error)), room_on(tmp_path, "nothing was written"):
            raise error
