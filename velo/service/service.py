"""The service without its HTTP: what it knows, what it is asked, what it answers."""

from __future__ import annotations

import gc
import logging
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from training.data.dataset import feature_store
from velo.errors import InputError, ModelError
from velo.home import Home
from velo.live.card import take_card
from velo.live.card_store import DeclaredRace, keep_card, races_of
from velo.live.clock import never_back
from velo.live.deadline import deadline
from velo.live.journal import Prediction, revisions
from velo.live.ledger_view import view_ledger
from velo.live.preparation import bring_store
from velo.live.pricing import Pricer
from velo.live.proof import verify_ledger
from velo.live.refusals import refusal
from velo.offline.build import current_build
from velo.service import schemas
from velo.service.card_admission import require_open, require_to_come
from velo.service.card_body import ROWS_SHOWN, renamed, written
from velo.service.known_races import KnownRaces
from velo.service.problems import Closed
from velo.service.prometheus import Metrics
from velo.service.queue import PricingQueue, PricingRequest
from velo.service.readiness import part, parts, threads
from velo.service.sent_odds import quoted
from velo.service.served_model import Champion, stamp_of
from velo.settings import PriceKind, Settings
from velo.store.online.serving import require_morning_of

log = logging.getLogger("velo.service")
CARD_PATIENCE = 30.0
"""Seconds that a card waits for another that is being taken."""


class Service:
    """Everything that lives as long as the service does."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the home; `open` begins.

        Args:
            home: that is served.
            settings: in force until the end.
            clock: gives the time, with its zone.
        """
        self.home, self.settings = home, settings
        self.clock = never_back(home.ledger, clock)
        self.metrics = Metrics()
        self.champion = Champion(home, settings, self.metrics.took_over)
        self._races = KnownRaces(home, settings)
        self._queue = PricingQueue(
            home,
            self.champion.pricer,
            self.clock,
            settings.serve.waiting,
            settings.serve.together,
            self.metrics.priced,
        )
        self._end = threading.Event()
        self._watch = threading.Thread(target=self._look_out, name="watch", daemon=True)
        self._ledgers: dict[Any, dict[str, Any]] = {}

    def open(self) -> None:
        """Load the champion, and begin to price and to look out for its successor."""
        self.champion.look()
        # What is loaded by now stays: looking it through for garbage costs milliseconds a time.
        gc.collect()
        gc.freeze()
        self._queue.open()
        self._watch.start()

    def close(self) -> None:
        """Answer what was asked, and end."""
        self._end.set()
        self._queue.close()
        self._watch.join()
        self._races.close()
        gc.unfreeze()

    def _look_out(self) -> None:
        while not self._end.wait(self.settings.serve.look_seconds):
            try:
                self.champion.look()
            except Exception:
                # The next look may find what this one could not.
                log.exception("looking for another champion")

    @property
    def today(self) -> date:
        """The day where the races are."""
        return self.clock().astimezone(ZoneInfo(self.settings.live.timezone)).date()

    def race(self, race_id: int) -> DeclaredRace:
        """A race, of a card or of the warehouse.

        Raises:
            DataError: nobody knows it.
            InUse: no card declared it, and the warehouse is busy.
        """
        known = self._races.declared(race_id)
        return self._races.held(race_id, self._decision) if known is None else known

    def current(self, race_id: int) -> DeclaredRace | None:
        """A race that is in memory and of the current build; else None, and `race` must look."""
        known = self._races.declared(race_id)
        if known is None or known.build != current_build(self.home).fingerprint:
            return None
        return known

    def up_to_date(self, race_id: int) -> DeclaredRace:
        """A race with the current build's facts."""
        return self._races.up_to_date(self.race(race_id))

    def ask(self, race: DeclaredRace, asked: schemas.PredictionAsked) -> Future[Prediction]:
        """Have a race priced.

        Raises:
            Closed: it is past its off, or cannot be scored.
            InputError: odds are none, or of no runner of it.
            ModelError: there is no champion.
            Busy: too many wait.
        """
        self.champion.pricer()
        why = self._closed(race, asked.backfill)
        if why:
            raise Closed(why)
        return self._queue.ask(PricingRequest(race, quoted(race, asked), asked.backfill))

    def revisions(self, race_id: int, after: int, most: int) -> tuple[list[Prediction], int | None]:
        """So many predictions of a race after a revision, and the last one's if others follow.

        Raises:
            DataError: nobody knows the race.
        """
        self._queue.journal.require_in_place()
        predictions = revisions(self.home.ledger, race_id, after, most + 1)
        if not predictions and not after:
            self.race(race_id)
        return predictions[:most], predictions[most - 1].revision if len(
            predictions
        ) > most else None

    def races(self, day: date) -> list[schemas.RaceSaid]:
        """The races of a day, of cards or else of the warehouse."""
        known = self._races.of_day(day)
        return self._said(known or self._races.held_of_day(day, self._decision))

    def take(self, body: bytes, media: str) -> schemas.CardSaid:
        """Take a card as `velo predict` does, and make ready to price it.

        Raises:
            InputError: it is no card, none of its rows could be read, or every race is past its
                off.
            InUse: somebody holds the warehouse.
            HomeError: journal or cards were moved away, or the online store cannot be brought to
                the morning of the day.
        """
        self._require_stores()
        name = f"{ROWS_SHOWN} at {self.clock().astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        notes: list[str | None] = []
        with tempfile.TemporaryDirectory() as folder:
            path = written(Path(folder), body, media)
            require_to_come(path, self.clock())
            with self._races.at_the_warehouse(CARD_PATIENCE):
                try:
                    card = take_card(
                        self.home,
                        self.settings,
                        path,
                        lambda stage: None,
                        self.clock,
                        name,
                        lambda card: require_open(card, self.clock(), self.settings.live),
                    )
                except InputError as error:
                    raise renamed(error) from None
                notes.append(keep_card(self.home, self.settings, card, lambda stage: None))
                races = races_of(card, current_build(self.home).fingerprint)
                day = self._first_open_day() or min(each.day for each in races)
                notes.append(
                    bring_store(
                        self.home, self.settings, feature_store(self.home), day, lambda stage: None
                    )
                )
        return schemas.CardSaid(
            races=self._said(races),
            unscored=[schemas.Unscored(**vars(each)) for each in card.unscored],
            notes=[*card.notes, *(note for note in notes if note)],
        )

    def ledger(self, version: str | None, strategy: str | None, backfill: bool) -> dict[str, Any]:
        """The ledger, computed anew when predictions or results came in.

        Raises:
            DataError: there is no such prediction.
            InUse: somebody holds the warehouse.
        """
        self._queue.journal.require_in_place()
        key = (
            version,
            strategy,
            backfill,
            stamp_of(self.home.ledger),
            stamp_of(self.home.warehouse),
        )
        if key not in self._ledgers:
            with self._races.at_the_warehouse():
                book = view_ledger(
                    self.home,
                    self.settings,
                    backfilled=backfill,
                    version=version,
                    strategy=strategy,
                )
            proof = verify_ledger(self.home, whole=False)
            answer = book.to_dict(book.figures(self.settings))
            self._ledgers = {key: _finite(answer | {"chain": proof.to_dict() if proof else None})}
        return self._ledgers[key]

    def readiness(self) -> schemas.Readiness:
        """Whether a race of the first day with an open race of a card, or of today, can be."""
        day = self.today
        stores = part(self._require_stores)
        if stores.ready:
            day = self._first_open_day() or day
        pricer, champion = None, schemas.Part(ready=True)
        try:
            pricer = self.champion.pricer()
            champion = schemas.Part(ready=True, why=self.champion.why)
        except ModelError as error:
            champion = schemas.Part(ready=False, why=str(error))
        alive = threads(
            {
                "the pricing thread has stopped": self._queue.lives,
                "the thread that looks for another champion has stopped": self._watch.is_alive(),
            }
        )
        readiness = schemas.Readiness(
            ready=False,
            day=day,
            champion=champion,
            build=part(lambda: current_build(self.home)),
            online=part(lambda: require_morning_of(self.home, self._store(pricer), day)),
            stores=stores,
            threads=alive,
            version=None if pricer is None else pricer.stored.version,
        )
        readiness.ready = all(each.ready for each in parts(readiness))
        self.metrics.ready.set(readiness.ready)
        return readiness

    def _require_stores(self) -> None:
        self._queue.journal.require_in_place()
        self._races.cards.require_in_place()

    @property
    def _decision(self) -> PriceKind:
        try:
            kind: Any = self.champion.pricer().decision
        except ModelError:
            kind = self.settings.prices.decision
        decision: PriceKind = kind
        return decision

    def _store(self, pricer: Pricer | None) -> Any:
        return feature_store(self.home) if pricer is None else pricer.source.store

    def _first_open_day(self) -> date | None:
        """The day that the online store is to serve: it has one morning at a time."""
        day = self._races.first_day(self.today)
        while day is not None:
            if any(self._closed(each) is None for each in self._races.of_day(day)):
                return day
            day = self._races.first_day(day + timedelta(1))
        return None

    def _closed(self, race: DeclaredRace, backfill: bool = False) -> str | None:
        first = race.entries.slice(0, 1).to_pylist()[0]
        closure = refusal(
            first, len(race.entries), race.incomplete, self.clock(), backfill, self.settings.live
        )
        return None if closure is None else closure.why.replace("--backfill", "`backfill: true`")

    def _said(self, races: list[DeclaredRace]) -> list[schemas.RaceSaid]:
        answers = [self._race_said(each) for each in races]
        return sorted(answers, key=lambda race: (race.deadline, race.course, race.race_id))

    def _race_said(self, race: DeclaredRace) -> schemas.RaceSaid:
        rows = race.entries.to_pylist()
        first, odds = rows[0], race.quoted(self._decision)
        return schemas.RaceSaid(
            race_id=race.race_id,
            day=race.day,
            course=first["course"],
            off=first["off"],
            race_name=first["race_name"],
            deadline=deadline(first, self.settings.live),
            closed=self._closed(race),
            price_kind=odds.kind,
            predictions=f"/races/{race.race_id}/predictions",
            runners=[
                schemas.Entered(
                    horse_id=row["horse_id"],
                    number=row["number"],
                    draw=row["draw"],
                    horse=row["horse"],
                    odds=None if np.isnan(price) else float(price),
                )
                for row, price in zip(rows, odds.odds, strict=True)
            ],
            absent=[schemas.NotRunning(**each) for each in race.absent],
        )


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
