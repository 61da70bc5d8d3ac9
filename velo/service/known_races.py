"""The races that the service knows: those of cards, and those that only the warehouse holds."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from velo.disk.kept_open import KeptOpen
from velo.errors import DataError, InUse
from velo.home import Home
from velo.live.card import held_card
from velo.live.card_store import (
    DeclaredRace,
    declare,
    declared_race,
    declared_races,
    derive_anew,
    opened,
    races_of,
)
from velo.live.odds_taken import held_odds
from velo.offline.build import current_build
from velo.settings import PriceKind, Settings
from velo.warehouse.connection import warehouse

PATIENCE = 2.0
"""Seconds to wait for a thread of the service that is at the warehouse."""


MOST_RACES = 1000
"""Races of cards in memory: those of a fortnight."""
MOST_DAYS = 8
"""Days of the warehouse in memory."""


class KnownRaces:
    """Races by their ids, in memory as long as nobody declared anything.

    The warehouse is opened for one question and closed again, and by one thread at a time: two
    connections of one process cannot hold it in two ways.
    """

    def __init__(self, home: Home, settings: Settings) -> None:
        """Open the declarations; `close` closes them."""
        self._home, self._settings = home, settings
        self.cards = KeptOpen(home.cards, opened)
        self.cards.connection()
        self._lock, self._warehouse = threading.Lock(), threading.Lock()
        self._version: tuple[sqlite3.Connection, int] | None = None
        self._known: dict[int, DeclaredRace] = {}
        self._held: dict[date, dict[int, DeclaredRace]] = {}
        self._stamp: tuple[int, int] | None = None

    def close(self) -> None:
        """Let go of the declarations."""
        with self._lock:
            self.cards.close()

    def declared(self, race_id: int) -> DeclaredRace | None:
        """A race of a card, or one that was looked up before and is still so."""
        with self._lock:
            con = self._unchanged()
            for known in (self._known, *self._held.values()):
                if race_id in known:
                    return known[race_id]
            race = declared_race(con, race_id)
            if race is not None:
                self._known[race_id] = race
                _bound(self._known, MOST_RACES)
            return race

    def of_day(self, day: date) -> list[DeclaredRace]:
        """The races of cards on a day."""
        with self._lock:
            return declared_races(self.cards.connection(), day, day)

    def first_day(self, since: date) -> date | None:
        """The first day from `since` on that has a race of a card."""
        with self._lock:
            (day,) = (
                self.cards.connection()
                .execute("SELECT min(day) FROM races WHERE day >= ?", [since.isoformat()])
                .fetchone()
            )
        return None if day is None else date.fromisoformat(day)

    @contextmanager
    def at_the_warehouse(self, patience: float = PATIENCE) -> Iterator[None]:
        """Have the warehouse to oneself within the service.

        Raises:
            InUse: another request is at it.
        """
        if not self._warehouse.acquire(timeout=patience):
            raise InUse("the warehouse is busy with another request: ask again in a few seconds")
        try:
            yield
        finally:
            self._warehouse.release()

    def held(self, race_id: int, decision: PriceKind) -> DeclaredRace:
        """A race that no card declared, out of the warehouse.

        Raises:
            DataError: it holds no such race.
            InUse: it is busy.
        """
        with self.at_the_warehouse():
            with warehouse(self._home, self._settings.store, write=False) as con:
                rows = con.execute(_HELD, [race_id]).fetchall()
            if not rows:
                raise DataError(
                    f"there is no race {race_id}: GET /races?date=... lists a day's races"
                )
            own, day = rows[0]
            races = self._of_warehouse(day, decision)
        for each in races:
            if each.race_id == own:
                return each
        raise DataError(f"race {race_id} has no runners")

    def held_of_day(self, day: date, decision: PriceKind) -> list[DeclaredRace]:
        """The races of a day that the warehouse holds; none where it holds none.

        Raises:
            InUse: it is busy.
        """
        with self.at_the_warehouse():
            try:
                return self._of_warehouse(day, decision)
            except DataError:
                return []

    def up_to_date(self, race: DeclaredRace) -> DeclaredRace:
        """A race with the current build's facts; as it is while the warehouse is busy."""
        build = current_build(self._home).fingerprint
        if race.build == build:
            return race
        try:
            with self.at_the_warehouse():
                declared = {each.race_id: each for each in self.of_day(race.day)}
                now = declared.get(race.race_id)
                if now is None or now.build == build:
                    return now or race
                anew = derive_anew(self._home, self._settings, list(declared.values()))
                declare(self._home.cards, anew)
        except InUse:
            return race
        return next(each for each in anew if each.race_id == race.race_id)

    def _of_warehouse(self, day: date, decision: PriceKind) -> list[DeclaredRace]:
        card = held_card(self._home, self._settings, day)
        runners = card.entries.to_pylist()
        prices = held_odds(self._home, self._settings, runners, decision).odds
        of_horse = {
            (runner["race_id"], runner["horse_id"]): float(price)
            for runner, price in zip(runners, prices, strict=True)
            if price == price
        }
        races = [
            replace(
                each,
                odds={
                    horse: {decision: of_horse[each.race_id, horse]}
                    for horse in each.horses
                    if (each.race_id, horse) in of_horse
                },
            )
            for each in races_of(card, current_build(self._home).fingerprint)
        ]
        with self._lock:
            self._unchanged()
            self._held.pop(day, None)
            self._held[day] = {each.race_id: each for each in races}
            _bound(self._held, MOST_DAYS)
        return races

    def _unchanged(self) -> sqlite3.Connection:
        """The declarations, what is remembered of them and has changed since forgotten.

        Raises:
            HomeError: they were moved away.
        """
        con = self.cards.connection()
        (version,) = con.execute("PRAGMA data_version").fetchone()
        if (con, version) != self._version:
            self._version, self._known = (con, version), {}
        facts = self._home.warehouse.stat() if self._home.warehouse.exists() else None
        stamp = None if facts is None else (facts.st_mtime_ns, facts.st_size)
        if stamp != self._stamp:
            self._stamp, self._held = stamp, {}
        return con


def _bound(known: dict[Any, Any], most: int) -> None:
    """Forget what was looked up first."""
    while len(known) > most:
        del known[next(iter(known))]


# A race under the id that it was given at first, too.
_HELD = """
SELECT races.race_id, races.date
FROM (SELECT CAST(? AS BIGINT) AS asked) AS asking
LEFT JOIN aliases ON aliases.kind = 'race' AND aliases.alias = asked
JOIN races ON races.race_id = coalesce(aliases.id, asked)
"""


def whole(races: list[DeclaredRace]) -> pa.Table:
    """The entries of races, one after another."""
    return pa.concat_tables([each.entries for each in races], promote_options="permissive")
