"""A SQLite file of the home: made where it is not there, of one version, read while written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from velo.errors import HomeError


@contextmanager
def sqlite_file(
    path: Path, schema: str, version: int, any_thread: bool = False
) -> Iterator[sqlite3.Connection]:
    """Open it for the length of the block; transactions are begun by hand.

    Args:
        path: of the file.
        schema: the statements that make it; they must stand being run twice.
        version: of the schema, kept as the file's `user_version`.
        any_thread: whether other threads may use the connection, one at a time.

    Raises:
        HomeError: it was made by another version, or SQLite cannot use it.
    """
    try:
        with closing(
            sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=not any_thread
            )
        ) as con:
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("PRAGMA foreign_keys = ON")
            (found,) = con.execute("PRAGMA user_version").fetchone()
            if found == 0:
                con.executescript(schema)
                con.execute(f"PRAGMA user_version = {version}")
            elif found != version:
                raise HomeError(f"{path} was made by another version of VÉLØ: move it away")
            yield con
    except sqlite3.DatabaseError as error:
        raise HomeError(f"{path} cannot be used: {error}") from None
