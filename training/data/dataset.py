"""The rows that a model sees: whole races, their point-in-time features, labels and prices.

Features come through Feast's historical retrieval; keys, labels and prices from the one reader of
the build's spine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.data import priors as prior_fit
from training.data.folds import Plan, plan
from training.data.inputs import Inputs
from training.data.named import named_service
from training.data.nulls import NullCount, count_nulls
from training.data.service_features import Declared
from training.statistics.races import Races
from velo.errors import DataError, HomeError, InputError
from velo.home import Home
from velo.offline.build import current_build
from velo.offline.spine import Spine
from velo.racing.field_wide import field_wide
from velo.racing.layoff import knots_text
from velo.settings import Layoff, Priors, Settings, feature_repo
from velo.sql_text import literal
from velo.store.registry_file import require_as_written

MARKS = ("race_id", "horse_id", "date", "course", "horse")
LABELS = ("win_share", "decision_odds", "settlement_odds", "priced")
FINISH = "finish"
"""The official rank, NaN of a runner without one: a label of those who train by it."""
TWO_WINNERS = "two-winners"
"""Why a race is nothing to fit on: it may be two races in one."""
MARKET_FLAGS = ("runners-missing", "coupled", "book-low", "book-high")
"""Why a race whose starters all have a price is still no market, as ingest flags it."""


@dataclass(frozen=True)
class Dataset:
    """Everything a training run reads.

    Attributes:
        frame: one row a starter, sorted by date, race and horse, races whole: `race_id`,
            `horse_id`, `date`, `course`, `horse`, features (float64, NaN missing; of text a
            pandas category), `win_share`
            (1/k for each of k dead-heaters for first), `decision_odds` (NaN where there is none
            and in a race flagged as no market), `settlement_odds` (NaN where there is none),
            `priced` (every starter has a decision price, and the race is a market), `finish` (the
            official rank, NaN of a runner that did not finish).
        declared: the feature service.
        plan: which days are history, training, tests and holdout.
        priors: as fitted before the first fold's test days.
        nulls: feature -> its missing values, over the rows of `frame`.
        excluded: races that are left out, by reason.
        decision, settlement: kinds of price.
        fingerprint: what the rows were made of.
        inputs: the step from the features to what a model sees.
    """

    frame: pd.DataFrame
    declared: Declared
    plan: Plan
    priors: Priors
    nulls: dict[str, NullCount]
    excluded: dict[str, int]
    decision: str
    settlement: str
    fingerprint: dict[str, str]
    inputs: Inputs

    @property
    def features(self) -> tuple[str, ...]:
        """Feature names, in the service's order."""
        return self.declared.features

    @property
    def families(self) -> dict[str, tuple[str, ...]]:
        """Family -> its features."""
        return self.declared.families

    @cached_property
    def matrix(self) -> npt.NDArray[np.float32]:
        """What a model sees of every row, [rows, columns]: made once, cut by every fold."""
        return self.inputs.matrix(self.frame, Races.of(self.frame["race_id"].to_numpy()))

    def between(self, first: date, last: date) -> pd.DataFrame:
        """The rows of the race days from `first` to `last`, both included."""
        return self.frame[self.frame["date"].between(pd.Timestamp(first), pd.Timestamp(last))]


def assemble(
    home: Home,
    settings: Settings,
    train_end: date | None = None,
    holdout_days: int | None = None,
) -> Dataset:
    """Plan the days, fit the priors on those before the first test day, and pull the features.

    Args:
        home: its current build is read.
        settings: training plan, prices, layoff curve and feature service.
        train_end: first day that is not trained on; by default as late as the holdout allows.
        holdout_days: beats the settings' own.

    Raises:
        NothingBuilt: there are no offline tables.
        HomeError: the feature service is not in the registry, or the build is of other windows or
            not as it was made.
        SettingsError: a constraint of the ranker names no feature of the service.
        DataError: the data are too short, or hold no usable race.
    """
    spine = Spine(home)
    days = plan(spine.first_day, spine.last_day, settings.training, train_end, holdout_days)
    return gather(home, settings, days)


def before_the_holdout(home: Home, settings: Settings, holdout_days: int) -> Dataset:
    """The same without a row of the last `holdout_days`: what studies of the features may look at.

    Raises:
        As `assemble`.
    """
    spine = Spine(home)
    days = plan(spine.first_day, spine.last_day, settings.training, holdout_days=holdout_days)
    return gather(home, settings, days, days.train_end)


def gather(home: Home, settings: Settings, days: Plan, end: date | None = None) -> Dataset:
    """Fit the priors on the days before the first test day, and pull the features of a plan.

    Args:
        home: its current build is read.
        settings: prices, layoff curve and feature service.
        days: the plan.
        end: the first day that is left out, by default the one after the holdout.

    Raises:
        As `assemble`.
    """
    spine = Spine(home)
    spine.require_whole()
    unlike = current_build(home).unlike(settings.windows)
    if unlike:
        raise HomeError(f"{unlike}: run `velo build`")
    store = feature_store(home)
    service = named_service(store, settings)
    end = end or days.holdout_end
    fitted = prior_fit.fit(spine, days.folds[0].test_start, settings.priors)
    prices = settings.prices
    rows = entity_sql(
        spine,
        fitted,
        settings.layoff,
        days.history_end,
        end,
        prices.decision,
        prices.settlement,
    )
    frame = retrieve(store, service, rows)
    nulls = count_nulls(frame, service)
    excluded = excluded_races(spine, days.history_end, end, prices.decision)
    if frame.empty:
        raise DataError(f"no race from {days.history_end} to {end} has a winner and two starters")
    kept = frame[[*MARKS, *service.features, *LABELS, FINISH]]
    trained = kept[kept["date"] < pd.Timestamp(days.train_end)]
    inputs = Inputs.learnt(trained, service.features, service.texts, settings.ranker.field_relative)
    return Dataset(
        kept,
        service,
        days,
        fitted,
        nulls,
        excluded,
        prices.decision,
        prices.settlement,
        {"build": spine.fingerprint, "starts": str(spine.starts), "corrections": spine.corrections},
        inputs,
    )


def feature_store(home: Home | None = None) -> Any:
    """The project's Feast store, over the registry and the online store of one home.

    It stays with that home, whichever is in force when it is used.

    Args:
        home: by default the one that is in force.

    Raises:
        HomeError: its registry is not what Feast last wrote.
    """
    home = Home.current() if home is None else home
    require_as_written(home.registry)
    from feast import FeatureStore

    from velo.store.online.store import place_in

    with home.in_force():
        store = FeatureStore(repo_path=str(feature_repo()))
        place_in(store.config, home)
    return store


def retrieve(store: Any, service: Declared, rows: str) -> pd.DataFrame:
    """Historical features of a service for entity rows given as SQL, in the rows' order.

    Returns:
        The entity rows' columns, the views' counts and the service's features; `date` is the
        race day without a zone.
    """
    job = store.get_historical_features(
        entity_df=rows, features=store.get_feature_service(service.service)
    )
    frame: pd.DataFrame = job.to_df()
    add_field_wide(frame, service, frame)
    frame["date"] = frame["event_timestamp"].dt.tz_localize(None).astype("datetime64[us]")
    frame[list(service.numbers)] = frame[list(service.numbers)].astype(np.float64)
    for name in service.texts:
        frame[name] = frame[name].astype("category")
    return frame


def add_field_wide(features: pd.DataFrame, service: Declared, entries: Any) -> None:
    """Add the features that are computed over whole races to a frame with their ingredients.

    Args:
        features: one row a runner; it is added to.
        service: which features, and what they are made of.
        entries: `race_id` and `field_size` of the same rows, a frame or an Arrow table.

    Raises:
        InputError: it is not said how large the fields are.
        DataError: a race is not whole.
    """
    if service.field_wide:
        if "field_size" not in list(getattr(entries, "column_names", entries)):
            raise InputError(
                f"the rows have no 'field_size', which {service.field_wide[0]} needs: take those "
                "that entities() gives"
            )
        features[list(service.field_wide)] = pd.DataFrame(
            field_wide(
                service.field_wide,
                np.asarray(entries["race_id"], dtype=np.int64),
                np.asarray(entries["field_size"], dtype=np.int64),
                {name: features[name].to_numpy() for name in service.ingredients},
            ),
            index=features.index,
        )


def entity_sql(
    spine: Spine,
    priors: Priors,
    layoff: Layoff,
    start: date,
    end: date,
    decision: str,
    settlement: str,
) -> str:
    """SQL of the starters of usable races in [start, end): keys, request columns and labels.

    A race flagged as no market has no decision price; `market_flag` says why.
    """
    requests = requests_sql(priors, layoff)
    return f"""
        SELECT entries.* EXCLUDE (was_run, race_type), {requests},
            outcomes.win_share, CAST(outcomes.finish AS DOUBLE) AS {FINISH}, outcomes.market_flag,
            CASE WHEN outcomes.market_flag IS NULL THEN outcomes."{decision}" END AS decision_odds,
            outcomes."{settlement}" AS settlement_odds,
            outcomes.market_flag IS NULL AND count(outcomes."{decision}") OVER race
                = entries.field_size AS priced
        FROM {spine.entries} AS entries
        JOIN {spine.outcomes} AS outcomes
            ON outcomes.race_id = entries.race_id AND outcomes.horse_id = entries.horse_id
        WHERE outcomes.market_flag IS DISTINCT FROM '{TWO_WINNERS}'
            AND entries.event_timestamp >= TIMESTAMPTZ '{start} 00:00:00+00'
            AND entries.event_timestamp < TIMESTAMPTZ '{end} 00:00:00+00'
        WINDOW race AS (PARTITION BY entries.race_id)
        QUALIFY sum(outcomes.win_share) OVER race > 0.5 AND entries.field_size > 1
        ORDER BY entries.event_timestamp, entries.race_id, entries.horse_id
    """


def request_values(priors: Priors, layoff: Layoff) -> dict[str, float | str]:
    """Request columns that are the same in every row: priors and the layoff curve."""
    return {
        **{name: float(value) for name, value in priors.model_dump().items()},
        "sweet_spot_from": float(layoff.sweet_spot[0]),
        "sweet_spot_to": float(layoff.sweet_spot[1]),
        "layoff_knots": knots_text(layoff.knots),
    }


def requests_sql(priors: Priors, layoff: Layoff) -> str:
    """The same as a list of SQL columns."""
    return ", ".join(
        f"{literal(value)} AS {name}" if isinstance(value, str) else f"{value!r}::DOUBLE AS {name}"
        for name, value in request_values(priors, layoff).items()
    )


def excluded_races(spine: Spine, start: date, end: date, decision: str) -> dict[str, int]:
    """Races of the period that cannot be used, each by its first reason.

    Those of the first three cannot be fitted on; the rest can, but make no market.

    Returns:
        Races by reason, 0 where there are none: `no winner`, `fewer than two starters`,
        `two-winners`, the flags of `MARKET_FLAGS`, and of the others `a starter without <price>`.
    """
    whole = f"flag IS DISTINCT FROM '{TWO_WINNERS}'"
    usable = f"wins > 0.5 AND starters > 1 AND {whole}"
    flags = ", ".join(f"count(*) FILTER ({usable} AND flag = '{name}')" for name in MARKET_FLAGS)
    counts = (
        spine.connect()
        .execute(
            f"""
        SELECT count(*) FILTER (wins < 0.5), count(*) FILTER (wins > 0.5 AND starters < 2),
            count(*) FILTER (wins > 0.5 AND starters > 1 AND NOT {whole}), {flags},
            count(*) FILTER ({usable} AND flag IS NULL AND prices < starters)
        FROM (
            SELECT sum(win_share) AS wins, count(*) AS starters, count("{decision}") AS prices,
                any_value(market_flag) AS flag
            FROM outcomes
            WHERE event_timestamp >= CAST($start AS TIMESTAMPTZ)
                AND event_timestamp < CAST($end AS TIMESTAMPTZ)
            GROUP BY race_id
        )
        """,
            {"start": start, "end": end},
        )
        .fetchall()[0]
    )
    reasons = (
        "no winner",
        "fewer than two starters",
        TWO_WINNERS,
        *MARKET_FLAGS,
        f"a starter without {decision}",
    )
    return dict(zip(reasons, map(int, counts), strict=True))
