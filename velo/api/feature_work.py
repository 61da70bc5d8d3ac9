"""From files to features: the warehouse, the offline tables, Feast and its stores."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from velo.api.opened import OpenHome, Progress, silent
from velo.api.results import Applied, Ingested
from velo.errors import InputError
from velo.settings import Priors

if TYPE_CHECKING:
    import pandas as pd

    from velo.audit.differences import Audit
    from velo.offline.build import Build
    from velo.store.online.materialize import Materialized


class FeatureWork(OpenHome):
    """From files to features."""

    def ingest(
        self,
        source: Any,
        *,
        format: str | None = None,
        name: str = "frame",
        dry_run: bool = False,
        wait: float = 0.0,
        progress: Progress = silent,
    ) -> Ingested:
        """Load results, cards and prices. Loading a file twice changes nothing.

        >>> racing.ingest("results.csv", dry_run=True)
        <Ingested: nothing kept, 1 file, 3,943 rows: 0 new, 0 updated, 3,943 unchanged, 0 refused>
        >>> import pandas as pd
        >>> racing.ingest(pd.read_csv("results.csv"), name="by hand")
        <Ingested: 1 file, 3,943 rows: 0 new, 0 updated, 3,943 unchanged, 0 refused>

        Args:
            source: files, folders or patterns, or a frame with the columns of a file.
            format: name of the format; detected by default.
            name: what a frame is called in the warehouse.
            dry_run: do everything but keep nothing.
            wait: seconds to wait while another process holds the warehouse.
            progress: called with the name of each stage.

        Raises:
            InputError: a file cannot be read; those before it stay loaded.
            HomeError: the warehouse is in use, or the disk is full.
        """
        from velo.api.frames import deliveries
        from velo.warehouse.loading import load as load_files
        from velo.warehouse.loading import rehearse

        with self._in_force(), deliveries(self.home, source, name) as paths:
            if dry_run:
                tried = rehearse(self.home, self.settings, paths, format, progress, wait)
                return Ingested(tuple(tried), dry_run=True)
            batches = load_files(
                self.home, self.settings, paths, format, lambda file: nullcontext(progress), wait
            )
            return Ingested(tuple(batches))

    def build(
        self,
        *,
        until: date | None = None,
        as_known: bool = False,
        full: bool = False,
        wait: float = 0.0,
        progress: Progress = silent,
        waiting: Progress = silent,
    ) -> Build:
        """Build the offline tables; after another day's results, only what can have changed.

        >>> racing.build()
        <Build: build ..., 3,931 starts, 2015-01-01 to 2016-08-02>

        Args:
            until: last race day to include.
            as_known: count a correction only from the day after its import.
            full: recompute everything instead of starting from the last build.
            wait: seconds to wait while another process holds the warehouse.
            progress: called with each table's name.
            waiting: called with the process that is waited for.

        Raises:
            HomeError: nothing is ingested yet, the warehouse is in use, or the disk is full.
        """
        from velo.disk.patience import patiently
        from velo.offline.build import build

        step = partial(
            build,
            self.home,
            self.settings,
            until,
            progress=progress,
            as_known=as_known,
            full=full,
        )
        with self._in_force():
            return patiently(step, wait, waiting)

    def apply(self) -> Applied:
        """Register entities, views and services with Feast, as `feast apply` does.

        >>> racing.apply()
        <Applied: ... entities, ... views, services: ...velo_v1_1_0 (21 features)...>
        """
        from velo.store.registration import apply

        with self._in_force():
            apply()
            from training.data.dataset import feature_store

            return Applied.to(feature_store(self.home))

    def audit(
        self, *, cuts: int = 1, seed: int = 0, sample: int = 60, progress: Progress = silent
    ) -> Audit:
        """Prove on these data that no feature knows the future.

        Args:
            cuts: how many random days to cut, poison and shuffle at.
            seed: of the random days and races.
            sample: how many races to recompute by brute force and to read from the online store.
            progress: called with the name of each step.

        Raises:
            HomeError: there is no build, or nothing is applied.
        """
        from velo.offline.build import current_build

        with self._in_force():
            current_build(self.home)
            from velo.audit.audit import audit

            return audit(self.home, self.settings, cuts, seed, sample, progress=progress)

    def materialize(
        self, as_of: date | None = None, *, full: bool = False, progress: Progress = silent
    ) -> Materialized:
        """Bring the online store to the morning of a race day, from the current build.

        >>> from datetime import date
        >>> racing.materialize(date(2016, 8, 4))
        <Materialized: online store as of 2016-08-04, from build ...>

        Args:
            as_of: race day to serve; by default the day after the last result.
            full: compare every row, whatever earlier runs recorded.
            progress: called with each view's name.

        Raises:
            HomeError: there is no build, or nothing is applied.
        """
        from velo.offline.build import current_build

        with self._in_force():
            current_build(self.home)
            from training.data.dataset import feature_store
            from velo.store.online.materialize import materialize

            store = feature_store(self.home)
            return materialize(self.home, self.settings, store, as_of, full, progress)

    def entities(self, first: date, last: date | None = None) -> pd.DataFrame:
        """The runners of some days, with what is known of them before the off.

        Args:
            first, last: race days, both included; to the last day of the build by default.

        Returns:
            A row a runner, by day, race and horse: Feast's keys, `event_timestamp`, and the facts
            that features are computed from.
        """
        from velo.api.research import entities

        with self._in_force():
            return entities(self.home, first, last)

    def outcomes(self, first: date, last: date | None = None) -> pd.DataFrame:
        """What became of the starters of some days, and their odds; no feature may know it.

        Args:
            first, last: race days, both included; to the last day of the build by default.

        Returns:
            A row a starter, to be merged on `race_id` and `horse_id`.
        """
        from velo.api.research import outcomes

        with self._in_force():
            return outcomes(self.home, first, last)

    def features(
        self,
        entity_df: pd.DataFrame | None = None,
        *,
        first: date | None = None,
        last: date | None = None,
        service: str | None = None,
        priors: Priors | None = None,
    ) -> pd.DataFrame:
        """Point-in-time features, retrieved as training retrieves them.

        >>> from datetime import date
        >>> frame = racing.features(first=date(2016, 7, 30), last=date(2016, 8, 2))
        >>> frame[["trainer_sr_90d", "class_drop"]].count().to_dict()
        {'trainer_sr_90d': 137, 'class_drop': 92}

        Args:
            entity_df: runners as `entities` gives them, their facts as they are or as you change
                them. Instead of `first`.
            first, last: race days, both included; to the last day of the build by default.
            service: the feature service, the settings' own by default.
            priors: strengths of the shrinkage; by default fitted to the starts before the first
                day.

        Returns:
            The columns of `entity_df`, then the features, in the rows' order.

        Raises:
            InputError: there are neither rows nor days, or both.
            DataError: there are no starts before the first day.
            HomeError: there is no build, or nothing is applied.
        """
        from velo.api import research

        if (entity_df is None) == (first is None):
            raise InputError("give the rows that entities() gives, or first=, a race day")
        with self._in_force():
            if entity_df is None:
                assert first is not None
                entity_df = research.entities(self.home, first, last)
            return research.features(self.home, self.settings, entity_df, service, priors)
