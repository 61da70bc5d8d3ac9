"""The races that cards declare: a card taken in, its races kept in SQLite and derived anew.

What a card said stays known without the warehouse, which one writer holds at a time: who runs
after whom an earlier card named and a later one does not, and at which odds. A later card of a
race replaces what an earlier one said.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from velo.disk.sqlite_file import Step, sqlite_file
from velo.home import Home
from velo.live.card import Card
from velo.live.card_file import CURRENT, KINDS, recognise
from velo.live.entries import read_entries
from velo.live.odds_taken import Quoted
from velo.live.preparation import bring_build
from velo.offline.build import current_build
from velo.settings import Settings

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


def keep_card(
    home: Home, settings: Settings, card: Card, progress: Callable[[str], None]
) -> str | None:
    """Keep the races of a card that the warehouse took, with the facts of the newest build.

    Args:
        home: warehouse and builds.
        settings: windows and DuckDB's bounds.
        card: as `velo.live.card.take_card` gives it.
        progress: called with the name of each stage as it begins.

    Returns:
        What was done before, in words: a build, if results came in since the last.

    Raises:
        NothingIngested: there are no results at all.
        InUse: another process holds the warehouse.
    """
    note = bring_build(home, settings, progress)
    declare(home.cards, races_of(card, current_build(home).fingerprint))
    return note


def derive_anew(
    home: Home, settings: Settings, races: Sequence[DeclaredRace]
) -> list[DeclaredRace]:
    """Declared races with what the current build's results say of them.

    A race that the warehouse no longer has stays as it is.

    Raises:
        InUse: another process holds the warehouse.
    """
    build = current_build(home).fingerprint
    days = sorted({each.day for each in races})
    declared = {(each.race_id, horse) for each in races for horse in each.horses}
    known = {each.race_id for each in races}
    listed = read_entries(home, settings, days)
    gone = [pair for pair in _pairs(listed) if pair[0] in known and pair not in declared]
    if gone:
        listed = read_entries(home, settings, days, gone)
    ids = listed["race_id"].to_pylist()
    fresh = []
    for each in races:
        entries = listed.filter(pa.array([race == each.race_id for race in ids]))
        fresh.append(replace(each, entries=entries if len(entries) else each.entries, build=build))
    return fresh


def _pairs(entries: pa.Table) -> list[tuple[int, int]]:
    races, horses = (entries[name].to_pylist() for name in ("race_id", "horse_id"))
    return list(zip(races, horses, strict=True))


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
