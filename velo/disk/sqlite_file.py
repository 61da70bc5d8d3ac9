"""A SQLite file of the home: made and brought to its version step by step, read while written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from velo.disk.access import is_denied, line_of
from velo.errors import HomeError

Step = str | Callable[[sqlite3.Connection], None]
"""SQL statements, or what changes rows as SQL cannot; it neither begins nor ends a transaction."""

PATIENCE = 10
"""Seconds to wait for another process that writes."""

_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
"""SQLite's codes for a full disk, and for a file that may not grow."""


@contextmanager
def sqlite_file(
    path: Path, steps: Sequence[Step], any_thread: bool = False
) -> Iterator[sqlite3.Connection]:
    """Open it for writing, for the length of the block; transactions are begun by hand.

    Args:
        path: of the file, which is made where it is not there.
        steps: what brings a file from each version to the next, from nothing on; the version,
            kept as the file's `user_version`, is their number. The first must stand being run
            again over its own tables. A step that was once released is never changed.
        any_thread: whether other threads may use the connection, one at a time.

    Raises:
        HomeError: it was made by a later version, or SQLite cannot use it.
    """
    with _named(path), closing(_connected(str(path), not any_thread)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA foreign_keys = ON")
        bring(con, path, steps)
        yield con


@contextmanager
def read_sqlite_file(path: Path, steps: Sequence[Step]) -> Iterator[sqlite3.Connection]:
    """Open a file that is there for reading.

    Args:
        path: of the file.
        steps: as `sqlite_file` has them.

    Raises:
        HomeError: it is of another version, or SQLite cannot use it.
    """
    with _named(path), closing(_connected(f"{path.absolute().as_uri()}?mode=rw")) as con:
        con.execute("PRAGMA query_only = ON")
        held = version_of(con, path, steps)
        if held < len(steps):
            raise HomeError(
                f"{path} is of version {held}, this VÉLØ reads version {len(steps)}: "
                "run `velo migrate`"
            )
        yield con


def migrate(path: Path, steps: Sequence[Step]) -> int:
    """Bring a file that is there to its version; returns the version that it had.

    Raises:
        HomeError: it was made by a later version, or SQLite cannot use it.
    """
    with _named(path), closing(_connected(f"{path.absolute().as_uri()}?mode=rw")) as con:
        return bring(con, path, steps)


def bring(con: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> int:
    """Bring an open file to its version, in one transaction; returns the version that it had.

    Raises:
        HomeError: it was made by a later version.
    """
    if version_of(con, path, steps) == len(steps):
        return len(steps)
    con.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it in the meantime.
        held = version_of(con, path, steps)
        for step in steps[held:]:
            if callable(step):
                step(con)
            else:
                for statement in _statements(step):
                    con.execute(statement)
        con.execute(f"PRAGMA user_version = {len(steps)}")
        con.execute("COMMIT")
    except BaseException:
        if con.in_transaction:
            con.execute("ROLLBACK")
        raise
    return held


def version_of(con: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> int:
    """How many steps a file has behind it.

    Raises:
        HomeError: it was made by a later version.
    """
    held: int = con.execute("PRAGMA user_version").fetchone()[0]
    if held > len(steps):
        raise HomeError(
            f"{path} is of version {held}, made by a later VÉLØ than this, which reads version "
            f"{len(steps)}: use that one"
        )
    return held


def _connected(place: str, one_thread: bool = True) -> sqlite3.Connection:
    return sqlite3.connect(
        place,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=one_thread,
        uri=place.startswith("file:"),
    )


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: SQLite's own way to run one ends the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    assert not statement.strip(), f"a step ends within a statement: {statement}"


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in _FULL:
            raise HomeError(
                f"{path}: the disk is full, or no larger file is allowed; what was under way is "
                "undone; make room and run the command again"
            ) from None
        if is_denied(error):
            raise HomeError(line_of(path)) from None
        raise HomeError(f"{path} cannot be used: {error}") from None
