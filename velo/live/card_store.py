"""The races of the cards that were taken, as they were last declared, in SQLite.

What a card said stays known without the warehouse, which one writer holds at a time: who runs
after whom an earlier card named and a later one does not, and at which odds. A later card of a
race replaces what an earlier one said.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from velo.disk.sqlite_file import Step, sqlite_file
from velo.live.card import Card
from velo.live.card_file import CURRENT, KINDS
from velo.live.matching import recognise
from velo.live.odds_taken import Quoted

KEPT = timedelta(days=14)
"""How long after it was declared a race that is over is kept; then it is the warehouse's alone."""

_FIRST = """
CREATE TABLE IF NOT EXISTS races (
    race_id INTEGER PRIMARY KEY, day TEXT NOT NULL, entries BLOB NOT NULL, odds TEXT NOT NULL,
    incomplete INTEGER NOT NULL, build TEXT NOT NULL, declared INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS races_by_day ON races (day);
"""
_ABSENT = "ALTER TABLE races ADD COLUMN absent TEXT NOT NULL DEFAULT '[]';"
_ADDED = {
    "off_at": pa.timestamp("us", "UTC"),
    "off_zone": pa.string(),
    "off_doubt": pa.int32(),
    "number_letter": pa.string(),
}
"""Columns of `velo.live.entries` that entries declared before version 3 lack."""


def _widen(con: sqlite3.Connection) -> None:
    for race_id, packed in con.execute("SELECT race_id, entries FROM races").fetchall():
        entries = _unpacked(packed)
        for name, kind in _ADDED.items():
            if name not in entries.column_names:
                entries = entries.append_column(name, pa.nulls(len(entries), kind))
        con.execute("UPDATE races SET entries = ? WHERE race_id = ?", [_packed(entries), race_id])


STEPS: tuple[Step, ...] = (_FIRST, _ABSENT, _widen)
"""What made the tables, version by version."""


@dataclass(frozen=True)
class DeclaredRace:
    """One race.

    Attributes:
        entries: a row a runner, as `velo.live.entries` gives them.
        odds: horse -> kind of price -> decimal odds.
        incomplete: whether a declared runner could not be read.
        build: fingerprint of the build that its facts go with: the ladder of prizes reaches back.
        absent: horse, number and standing of each horse that is not to run.
    """

    entries: pa.Table
    odds: Mapping[int, Mapping[str, float]]
    incomplete: bool
    build: str
    absent: Sequence[Mapping[str, Any]] = ()

    @property
    def race_id(self) -> int:
        """The warehouse's."""
        return int(self.entries["race_id"][0].as_py())

    @property
    def day(self) -> date:
        """Of the race."""
        day: date = self.entries["day"][0].as_py()
        return day

    @property
    def horses(self) -> list[int]:
        """Its runners, in the order of the entries."""
        horses: list[int] = self.entries["horse_id"].to_pylist()
        return horses

    def quoted(self, decision: str) -> Quoted:
        """The card's odds, of one kind throughout the race: the model's where it is quoted."""
        there = {kind for odds in self.odds.values() for kind in odds}
        kind = next((each for each in (decision, CURRENT, *KINDS) if each in there), None)
        prices = [self.odds.get(horse, {}).get(kind or "", np.nan) for horse in self.horses]
        return Quoted(np.array(prices, dtype=np.float64), kind)


def races_of(card: Card, build: str) -> list[DeclaredRace]:
    """A card's races one by one, each with the odds that the card says."""
    runners = card.entries.to_pylist()
    odds: dict[tuple[int, int], Mapping[str, float]] = {}
    for row, place in zip(card.rows, recognise(card.rows, runners), strict=True):
        if place is not None and row.odds:
            odds[runners[place]["race_id"], runners[place]["horse_id"]] = row.odds
    races = card.entries["race_id"].to_pylist()
    return [
        DeclaredRace(
            card.entries.filter(pa.array([each == race for each in races])),
            {horse: quotes for (of, horse), quotes in odds.items() if of == race},
            race in card.incomplete,
            build,
            tuple(
                {"horse": each.horse, "number": each.number, "standing": each.standing}
                for each in card.absent
                if each.race_id == race
            ),
        )
        for race in dict.fromkeys(races)
    ]


def declare(path: Path, races: Sequence[DeclaredRace]) -> None:
    """Keep races, all or none, in place of what was kept of them."""
    if not races:
        return
    with opened(path) as con:
        con.execute("BEGIN IMMEDIATE")
        con.executemany(
            "INSERT OR REPLACE INTO races VALUES (?, ?, ?, ?, ?, ?, unixepoch(), ?)",
            [
                (
                    each.race_id,
                    each.day.isoformat(),
                    _packed(each.entries),
                    json.dumps({str(horse): dict(quotes) for horse, quotes in each.odds.items()}),
                    each.incomplete,
                    each.build,
                    json.dumps([dict(horse) for horse in each.absent]),
                )
                for each in races
            ],
        )
        con.execute(
            "DELETE FROM races WHERE declared < unixepoch() - ? AND day < date('now')",
            [KEPT.total_seconds()],
        )
        con.execute("COMMIT")


def withdraw(path: Path, races: Collection[int]) -> None:
    """Drop races whose card was taken back; the warehouse alone tells of them from then on."""
    if not path.exists():
        return
    with opened(path) as con:
        con.execute("BEGIN IMMEDIATE")
        con.executemany("DELETE FROM races WHERE race_id = ?", [[race] for race in races])
        con.execute("COMMIT")


def declared_race(con: sqlite3.Connection, race_id: int) -> DeclaredRace | None:
    """One race that was declared."""
    rows = con.execute(f"{_SELECT} WHERE race_id = ?", [race_id]).fetchall()
    return _declared(*rows[0]) if rows else None


def declared_races(con: sqlite3.Connection, first: date, last: date) -> list[DeclaredRace]:
    """The declared races from one day to another, by day and race."""
    rows = con.execute(
        f"{_SELECT} WHERE day BETWEEN ? AND ? ORDER BY day, race_id",
        [first.isoformat(), last.isoformat()],
    ).fetchall()
    return [_declared(*row) for row in rows]


def opened(path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """The file, made where it is not there; any thread may use the connection, one at a time.

    Raises:
        HomeError: it was made by a later version, or SQLite cannot use it.
    """
    return sqlite_file(path, STEPS, any_thread=True)


_SELECT = "SELECT entries, odds, incomplete, build, absent FROM races"


def _declared(entries: bytes, odds: str, incomplete: int, build: str, absent: str) -> DeclaredRace:
    quotes = {int(horse): kinds for horse, kinds in json.loads(odds).items()}
    return DeclaredRace(
        _unpacked(entries), quotes, bool(incomplete), build, tuple(json.loads(absent))
    )


def _unpacked(packed: bytes) -> pa.Table:
    return pa.ipc.open_stream(packed).read_all()


def _packed(entries: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, entries.schema) as writer:
        writer.write_table(entries.combine_chunks())
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
