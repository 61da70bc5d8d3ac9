"""The daily loop: cards, results, the ledger, drift, and how the home stands."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Any

from velo.api.opened import OpenHome, Progress, silent
from velo.errors import InputError

if TYPE_CHECKING:
    from velo.live.predict import Predicted
    from velo.live.settling import Settled
    from velo.monitoring.drift import Drift
    from velo.monitoring.proven_ledger import Ledger
    from velo.monitoring.status import Status


class DailyWork(OpenHome):
    """The daily loop."""

    def predict(
        self,
        card: Any = None,
        *,
        day: date | None = None,
        prices: Any = None,
        price_kind: str | None = None,
        model: str | None = None,
        offline: bool = False,
        backfill: bool = False,
        name: str = "frame",
        progress: Progress = silent,
        warn: Progress = silent,
    ) -> Predicted:
        """Price a card and say whom to back; every prediction is kept.

        >>> racing.predict("card.csv")
        Traceback (most recent call last):
        ...
        velo.errors.ModelError: there is no champion; ...

        Args:
            card: a racecard, as a file or a frame. Instead of `day`.
            day: whose cards in the warehouse.
            prices: odds, as a file or a frame: horse, odds, race_id or course and off.
            price_kind: kind of odds, if `prices` does not say: sp, morning, ...
            model: challenger, a version or a run id, promoted or not; by default the champion.
            offline: read features through the as-of join, not the online store.
            backfill: also predict races past their off; marked for good.
            name: what a frame is called in the warehouse.
            progress: called with the name of each stage.
            warn: called with each note on the card before anything of it is kept.

        Raises:
            InputError: the card cannot be read, or every race is past its off.
            ModelError: there is no champion, or it was trained on the day.
            HomeError: the home is not ready to serve.
        """
        from velo.api.frames import file_of
        from velo.live.predict import Asked, predict

        with (
            self._in_force(),
            file_of(self.home, card) as card_path,
            file_of(self.home, prices) as price_path,
        ):
            is_file = card is None or isinstance(card, str | os.PathLike)
            asked = Asked(
                card_path,
                day,
                price_path,
                price_kind,
                model,
                offline,
                backfill,
                None if is_file else name,
            )
            return predict(self.home, self.settings, asked, progress, warn=warn)

    def settle(
        self,
        source: Any,
        *,
        format: str | None = None,
        name: str = "frame",
        backfill: bool = False,
        wait: float = 0.0,
        progress: Progress = silent,
        waiting: Progress = silent,
    ) -> Settled:
        """Load results and settle the predictions of their days.

        >>> racing.settle("evening.csv", backfill=True)
        <Settled: 6 races and 3 bets of 2016-08-03 to 2016-08-03 settled>

        Args:
            source: results, or prices, as `ingest` takes them.
            format: name of the format; detected by default.
            name: what a frame is called in the warehouse.
            backfill: also count predictions made after the off.
            wait: seconds to wait while another process holds the warehouse.
            progress: called with the name of each stage.
            waiting: called with the process that is waited for.

        Raises:
            InputError: a file cannot be read; those before it stay loaded.
            DataError: no row has a day.
        """
        from velo.api.frames import deliveries
        from velo.live.settling import settle

        with self._in_force(), deliveries(self.home, source, name) as paths:
            return settle(
                self.home,
                self.settings,
                paths,
                format,
                backfill,
                progress,
                wait=wait,
                waiting=waiting,
            )

    def ledger(
        self,
        *,
        model: str | None = None,
        strategy: str | None = None,
        settled_at: str | None = None,
        backfill: bool = False,
    ) -> Ledger:
        """How the predictions did, with the proof that they are what was recorded.

        The days of the whole ledger also become runs in MLflow.

        >>> racing.ledger(backfill=True)
        <Ledger: 6 races, 3 bets settled, profit +7.0 points>

        Args:
            model: only this version's predictions.
            strategy: this strategy's bets instead of the printed ones.
            settled_at: price to settle at, sp or bsp; by default what each model was judged on.
            backfill: also count predictions made after the off.

        Raises:
            DataError: there is no such prediction, or nobody knows the strategy.
        """
        from velo.live.ledger import SETTLED_AT
        from velo.monitoring.proven_ledger import open_ledger

        if settled_at not in (None, *SETTLED_AT):
            raise InputError(f"settled_at {settled_at!r}: choose {' or '.join(SETTLED_AT)}")
        with self._in_force():
            return open_ledger(
                self.home,
                self.settings,
                version=model,
                strategy=strategy,
                settled_at=settled_at,
                backfilled=backfill,
            )

    def drift(self) -> Drift:
        """Compare the champion's last predictions with what it was trained and judged on.

        Raises:
            ModelError: there is no champion.
            DataError: it predicted nothing yet.
        """
        from velo.monitoring.drift import drift

        with self._in_force():
            return drift(self.home, self.settings)

    def status(self) -> Status:
        """The state of the home: data, build, models, what is stale and what is due."""
        from velo.monitoring.status import status

        with self._in_force():
            return status(self.home, self.settings)
