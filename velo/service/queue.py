"""Where races are priced: one thread, one connection to the journal, several races in one go.

The journal must be the one at its path, before a turn and after it: what is kept in a file that was
moved away is kept nowhere.

Pricing holds the interpreter, so more threads would price no more. Whoever waits while a race is
priced is taken together with the others that do. Who asks for the same race at the card's odds is
answered by the same pricing, and each answer is kept as a revision of its own; a race at odds that
were sent waits for a turn in which nobody else is at it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from velo.arrays import Floats
from velo.disk.kept_open import KeptOpen
from velo.errors import HomeError, InputError
from velo.home import Home
from velo.live.beyond_reason import declined
from velo.live.card_store import DeclaredRace
from velo.live.journal import Prediction, add, opened
from velo.live.odds_taken import Quoted
from velo.live.pricing import Pricer, beyond_reason
from velo.live.refusals import require_later_day
from velo.offline.build import current_build
from velo.service.known_races import whole
from velo.service.problems import Busy, Closed
from velo.service.store_state import StoreState
from velo.store.online.standing import StoreStanding

ATTEMPTS = 5
"""How often features are read again because the store moved on meanwhile."""


@dataclass(frozen=True, eq=False)
class PricingRequest:
    """A race to be priced.

    Attributes:
        race: as it is declared.
        odds: its odds where they were sent, else the card's are taken.
        backfill: whether it may be over.
        answer: gets the prediction, kept, or the reason why there is none.
    """

    race: DeclaredRace
    odds: Quoted | None
    backfill: bool
    answer: Future[Prediction] = field(default_factory=Future)

    def same_price_as(self, other: PricingRequest) -> bool:
        """Whether one pricing answers both: the race is declared alike, and at the card's odds."""
        return self.race is other.race and self.odds is None and other.odds is None


class PricingQueue:
    """Prices what is wanted, in turn."""

    def __init__(
        self,
        home: Home,
        pricer: Callable[[], Pricer],
        clock: Callable[[], datetime],
        waiting: int,
        together: int,
        priced: Callable[[int, int], None] = lambda races, kept: None,
    ) -> None:
        """Take what it works with; `open` begins.

        Args:
            home: of the journal and the online store.
            pricer: gives the one in use, or raises.
            clock: gives the time, with its zone.
            waiting: how many may wait.
            together: how many are priced in one go.
            priced: told how many races were, and how many predictions of them are kept.
        """
        self._home, self._pricer, self._clock = home, pricer, clock
        self._waiting, self._together, self._priced = waiting, together, priced
        self._state = StoreState(home)
        self.journal = KeptOpen(home.ledger, opened)
        self._wanted: list[PricingRequest] = []
        self._turn = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="pricing", daemon=True)

    def open(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Price what waits, and end."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        self._thread.join()

    def ask(self, wanted: PricingRequest) -> Future[Prediction]:
        """Queue a race.

        Raises:
            Busy: too many wait.
        """
        with self._turn:
            if len(self._wanted) >= self._waiting or self._closing:
                raise Busy("more races are waiting to be priced than serve.waiting: ask again")
            self._wanted.append(wanted)
            self._turn.notify()
        return wanted.answer

    @property
    def lives(self) -> bool:
        """Whether anybody prices."""
        return self._thread.is_alive()

    def _work(self) -> None:
        if self._home.ledger.exists():
            # From now on it must stay where it is; what is wrong with it the first turn says.
            with suppress(HomeError):
                self.journal.connection()
        while taken := self._next():
            try:
                self._serve(self.journal.connection(), taken)
            except sqlite3.Error as error:
                self.journal.close()
                _fail(taken, HomeError(f"{self._home.ledger} cannot be used: {error}"))
            except Exception as error:
                # Whatever it is, those that wait hear of it, and the next are served.
                _fail(taken, error)
        self.journal.close()

    def _next(self) -> list[PricingRequest]:
        """Those that are priced now; none when there is nothing more to come.

        Of one race only those that want the same price of it: the card's.
        """
        with self._turn:
            while not self._wanted and not self._closing:
                self._turn.wait()
            taken: dict[int, list[PricingRequest]] = {}
            later: list[PricingRequest] = []
            for each in self._wanted:
                alike = taken.get(each.race.race_id)
                if alike is None and len(taken) < self._together:
                    taken[each.race.race_id] = [each]
                elif alike is not None and each.same_price_as(alike[0]):
                    alike.append(each)
                else:
                    later.append(each)
            self._wanted = later
            return [each for alike in taken.values() for each in alike]

    def _serve(self, journal: sqlite3.Connection, wanted: list[PricingRequest]) -> None:
        days: dict[date, list[PricingRequest]] = {}
        for each in wanted:
            days.setdefault(each.race.day, []).append(each)
        for together in days.values():
            try:
                self._price(journal, together)
            except sqlite3.Error:
                raise
            except Exception as error:
                if len(together) == 1:
                    _fail(together, error)
                    continue
                # One bad race must not cost the others theirs.
                for each in together:
                    try:
                        self._price(journal, [each])
                    except sqlite3.Error:
                        raise
                    except Exception as own:
                        _fail([each], own)

    def _price(self, journal: sqlite3.Connection, wanted: Sequence[PricingRequest]) -> None:
        pricer = self._pricer()
        day = wanted[0].race.day
        require_later_day(pricer.stored, day)
        races = list({each.race.race_id: each for each in wanted}.values())
        entries = whole([each.race for each in races])
        quoted = [each.odds or each.race.quoted(pricer.decision) for each in races]
        odds = np.concatenate([each.odds for each in quoted])
        self._require_credible(pricer, entries, odds)
        kinds = {each.race.race_id: odds.kind for each, odds in zip(races, quoted, strict=True)}
        priced = pricer.with_prices(entries, odds, kinds, self._clock(), self._home.ledger)
        features, standing = self._features(pricer, day, priced)
        pricer.stored.require_build(current_build(self._home))
        made = pricer.price(
            entries,
            odds,
            kinds,
            features,
            source="online",
            build=standing.fingerprint,
            now=self._clock(),
        )
        predicted = {each.race_id: each for each in made}
        kept = []
        for each in wanted:
            prediction = predicted[each.race.race_id]
            if prediction.backfill and not each.backfill:
                _fail([each], Closed("its off passed while it was being scored"))
            else:
                kept.append((each, prediction))
        revisions = add(journal, [prediction for _, prediction in kept])
        try:
            self.journal.require_in_place()
        except HomeError as error:
            _fail([each for each, _ in kept], error)
            return
        self._priced(len(races), len(kept))
        for (each, prediction), revision in zip(kept, revisions, strict=True):
            with suppress(Exception):
                each.answer.set_result(replace(prediction, revision=revision))

    @staticmethod
    def _require_credible(pricer: Pricer, entries: pa.Table, odds: Floats) -> None:
        """See that the odds can be a market's; of several races the others are priced alone.

        Raises:
            InputError: those of a race cannot be, and `live.beyond_reason` says to decline it.
        """
        if pricer.settings.live.beyond_reason == "decline":
            wrong = beyond_reason(entries.to_pylist(), odds)
            for race in wrong:
                raise InputError(f"race {race} is not predicted: {declined(wrong, race)}")

    def _features(self, pricer: Pricer, day: date, entries: Any) -> tuple[Any, StoreStanding]:
        """Features of one state of the store, whoever materializes meanwhile."""
        store = pricer.source.store
        before = self._state.of(store, day)
        for _ in range(ATTEMPTS):
            features = pricer.online(entries)
            after = self._state.of(store, day)
            if after == before:
                return features, after
            before = after
        raise HomeError("the online store keeps changing: ask again")


def _fail(wanted: Sequence[PricingRequest], error: BaseException) -> None:
    for each in wanted:
        if not each.answer.done():
            with suppress(Exception):
                each.answer.set_exception(error)
