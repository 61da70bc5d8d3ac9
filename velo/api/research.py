"""Runners, features and outcomes of the current build as frames, for a notebook."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from training.data import priors as prior_fit
from training.data.dataset import feature_store
from training.data.entity_sql import request_values
from training.data.feature_retrieval import add_field_wide
from training.data.service_features import declared
from velo.errors import InputError
from velo.home import Home
from velo.offline.spine import Spine
from velo.settings import Priors, Settings
from velo.store.joined_services import features_of

KEYS = ["event_timestamp", "race_id", "horse_id"]


def entities(home: Home, first: date, last: date | None) -> pd.DataFrame:
    """The runners of the days, with the keys and facts that are known before the off.

    Args:
        home: its current build is read.
        first, last: race days, both included; to the last day of the build by default.

    Returns:
        A row a runner, by day, race and horse: keys of Feast's entities, `event_timestamp` (the
        race day's 00:00 UTC), and the facts that features are computed from.
    """
    spine = Spine(home)
    return _between(spine, spine.entries, "* EXCLUDE (was_run)", first, last)


def outcomes(home: Home, first: date, last: date | None) -> pd.DataFrame:
    """What became of the runners of the days, and their prices: what no feature may know.

    Returns:
        A row a starter, by day, race and horse, to be merged on `race_id` and `horse_id`:
        `win_share` (1/k for each of k dead-heaters for first), a column a kind of price (decimal
        odds), and the race's `market_flag`.
    """
    spine = Spine(home)
    return _between(spine, spine.outcomes, "*", first, last)


def features(
    home: Home,
    settings: Settings,
    entity_df: pd.DataFrame,
    service: str | None,
    priors: Priors | None,
) -> pd.DataFrame:
    """Point-in-time features of runners, as training retrieves them.

    Args:
        home: its current build and registry are read.
        settings: service and layoff curve.
        entity_df: as `entities` gives it, with its facts as they are or as you change them.
        service: the feature service, the settings' own by default.
        priors: by default fitted to the starts before the first day of `entity_df`.

    Returns:
        The columns of `entity_df`, then the service's features (numbers as float64, NaN where
        missing; texts as categories), in the rows' order.

    Raises:
        InputError: a column of `KEYS` is missing.
        DataError: there are no starts before the first day.
        HomeError: the registry does not hold the service.
    """
    missing = [name for name in KEYS if name not in entity_df.columns]
    if missing:
        raise InputError(f"entity_df has no {missing[0]!r}: take the rows that entities() gives")
    store = feature_store(home)
    known = declared(store, service or settings.training.service)
    spine = Spine(home)
    spine.require_whole()
    if priors is None:
        first = pd.to_datetime(entity_df["event_timestamp"], utc=True).min().date()
        priors = prior_fit.fit(spine, first, settings.priors)
    requests = request_values(priors, settings.layoff)
    rows = entity_df.reset_index(drop=True)
    asked = rows.assign(**requests, entry=range(len(rows)))
    job = store.get_historical_features(entity_df=asked, features=features_of(store, known.service))
    frame = job.to_df().sort_values("entry").reset_index(drop=True)
    add_field_wide(frame, known, frame)
    computed = {
        name: frame[name].astype("category" if name in known.texts else "float64")
        for name in known.features
    }
    return rows.assign(**computed).set_index(entity_df.index)


def _between(
    spine: Spine, table: str, columns: str, first: date, last: date | None
) -> pd.DataFrame:
    values: dict[str, Any] = {"first": first, "last": last or spine.last_day}
    frame: pd.DataFrame = (
        spine.connect()
        .execute(
            f"SELECT {columns} FROM {table} "
            "WHERE event_timestamp >= CAST($first AS TIMESTAMPTZ) "
            "AND event_timestamp < CAST($last AS TIMESTAMPTZ) + INTERVAL 1 DAY "
            "ORDER BY event_timestamp, race_id, horse_id",
            values,
        )
        .df()
    )
    return frame
