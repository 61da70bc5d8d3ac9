"""What an online store says of itself: the morning that it serves, and the build it is of."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from velo.disk.sqlite_file import Step, read_sqlite_file
from velo.home import Home

_FIRST = """
CREATE TABLE IF NOT EXISTS __standing (
    one INTEGER PRIMARY KEY CHECK (one = 1), as_of TEXT NOT NULL, build INTEGER NOT NULL,
    fingerprint TEXT NOT NULL, finished TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS __parts (
    name TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    node INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (name, file)
) WITHOUT ROWID;
"""
_DIGESTS = """
CREATE TABLE IF NOT EXISTS __digests (name TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
"""
STEPS: tuple[Step, ...] = (_FIRST, _DIGESTS)
"""What made the three tables, version by version; a view's table follows its declaration."""


@dataclass(frozen=True)
class StoreStanding:
    """What an online store holds.

    Attributes:
        as_of: it knows what was known at this day's 00:00 UTC, which is what a race of the day
            may see.
        build: number of the build that it was filled from.
        fingerprint: the build's.
        finished: when that was done, ISO 8601.
    """

    as_of: date
    build: int
    fingerprint: str
    finished: str


def standing(con: sqlite3.Connection) -> StoreStanding | None:
    """What the tables hold; None when nobody can say."""
    for as_of, *rest in con.execute(
        "SELECT as_of, build, fingerprint, finished FROM __standing"
    ).fetchall():
        return StoreStanding(date.fromisoformat(as_of), *rest)
    return None


def standing_of(home: Home) -> StoreStanding | None:
    """What a home's online store holds; None where there is none, or nobody can say.

    Raises:
        HomeError: it cannot be read.
    """
    if not home.online.exists():
        return None
    with read_sqlite_file(home.online, STEPS) as con:
        return standing(con)
