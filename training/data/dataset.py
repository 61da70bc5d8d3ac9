"""The rows that a model sees: whole races, their point-in-time features, labels and prices.

Features come through Feast's historical retrieval; keys, labels and prices from the one reader of
the build's spine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.data import priors as prior_fit
from training.data.entity_sql import entity_sql
from training.data.excluded import excluded_races
from training.data.feature_file import FeatureFile
from training.data.feature_retrieval import (
    FINISH,
    LABELS,
    MARKS,
    add_field_wide,
    plain_texts,
    retrieve_to_disk,
)
from training.data.folds import Plan, plan
from training.data.inputs import Inputs
from training.data.named import named_service
from training.data.nulls import NullCount
from training.data.service_features import Declared
from training.data.todays_prices import todays_prices
from training.data.unfitted_years import (
    UnfittedYear,
    is_trained_on,
    require_fitted_days,
    runners_by_year,
    years_left_out,
)
from training.data.unmet import features_unmet
from velo.errors import DataError, HomeError
from velo.home import Home
from velo.offline.build import current_build
from velo.offline.needs import years_sql
from velo.offline.spine import Spine
from velo.racing.price_clock import earlier_kinds
from velo.settings import Priors, Settings, feature_repo
from velo.store.joined_services import features_of
from velo.store.online.entity_rows import ServiceColumns
from velo.store.registry_file import require_as_written


@dataclass(frozen=True)
class Dataset:
    """Everything a training run reads.

    Attributes:
        frame: one row a starter, sorted by date, race and horse, races whole: `race_id`,
            `horse_id`, `date`, `course`, `horse`, `win_share`
            (1/k for each of k dead-heaters for first), `decision_odds` (NaN where there is none
            and in a race flagged as no market), `settlement_odds` (NaN where there is none),
            `priced` (every starter has a decision price, and the race is a market), `finish` (the
            official rank, NaN of a runner that did not finish).
        matrix: what a model sees of each of those rows, [rows, columns of `inputs`].
        file: the same rows with their features as they were retrieved, and maybe later ones.
        declared: the feature service, without what the data lack.
        plan: which days are history, training, tests and holdout.
        priors: as fitted before the first fold's test days.
        nulls: feature -> its missing values, over the rows of `frame`.
        excluded: races that are left out, by reason.
        decision, settlement: kinds of price.
        fingerprint: what the rows were made of.
        inputs: the step from the features to what a model sees.
        unmet_needs: feature of the service -> what it needs and the training days do not have.
        unfitted: runners that are left out, of years whose price curve is not fitted.
    """

    frame: pd.DataFrame
    matrix: npt.NDArray[np.float32]
    file: FeatureFile
    declared: Declared
    plan: Plan
    priors: Priors
    nulls: dict[str, NullCount]
    excluded: dict[str, int]
    decision: str
    settlement: str
    fingerprint: dict[str, str]
    inputs: Inputs
    unmet_needs: Mapping[str, str] = field(default_factory=dict)
    unfitted: tuple[UnfittedYear, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """Feature names, in the service's order."""
        return self.declared.features

    @property
    def families(self) -> dict[str, tuple[str, ...]]:
        """Family -> its features."""
        return self.declared.families

    def before(self, end: date) -> Dataset:
        """The same without the rows from a day on."""
        rows = self._rows_before(end)
        return replace(self, frame=self.frame.iloc[:rows], matrix=self.matrix[:rows])

    def between(self, first: date, last: date) -> pd.DataFrame:
        """The rows of the race days from `first` to `last`, both included, with their features."""
        return self.rows(self.span(first, last + timedelta(days=1)))

    def span(self, start: date, end: date) -> slice:
        """Where the rows of the race days in [start, end) stand."""
        return slice(self._rows_before(start), self._rows_before(end))

    def rows(self, span: slice) -> pd.DataFrame:
        """Some rows with their features: of numbers float64, NaN missing; of texts categories."""
        first, end, _ = span.indices(len(self.frame))
        part = plain_texts(self.frame.iloc[first:end])
        features = self.file.frame(self.features, slice(first, end)).set_axis(part.index)
        return pd.concat([part[list(MARKS)], features, part[[*LABELS, FINISH]]], axis="columns")

    def _rows_before(self, day: date) -> int:
        return int(self.frame["date"].searchsorted(pd.Timestamp(day)))


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
    return gather(home, settings, _planned(home, settings, train_end, holdout_days))


def before_the_holdout(home: Home, settings: Settings, holdout_days: int) -> Dataset:
    """The same without a row of the last `holdout_days`: what studies of the features may look at.

    Raises:
        As `assemble`.
    """
    days = _planned(home, settings, holdout=holdout_days)
    return gather(home, settings, days, days.train_end)


def _planned(
    home: Home, settings: Settings, train_end: date | None = None, holdout: int | None = None
) -> Plan:
    spine = Spine(home)
    return plan(spine.first_day, spine.last_day, settings.training, train_end, holdout)


def gather(
    home: Home,
    settings: Settings,
    days: Plan,
    end: date | None = None,
    unmet_needs: Mapping[str, str] | None = None,
) -> Dataset:
    """Fit the priors on the days before the first test day, and pull the features of a plan.

    Args:
        home: its current build is read.
        settings: prices, layoff curve and feature service.
        days: the plan.
        end: the first day that is left out, by default the one after the holdout.
        unmet_needs: features that are left out with what they need, as an earlier model did without
            them; by default those that need what the training days do not have.

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
    if unmet_needs is None:
        earlier = earlier_kinds(settings.prices.decision, settings.prices.clock)
        unmet_needs = features_unmet(spine, service, days.history_end, days.train_end, earlier)
    service = service.without(unmet_needs)
    end = end or days.holdout_end
    fitted = prior_fit.fit(spine, days.folds[0].test_start, settings.priors)
    prices = settings.prices
    start, kind = days.history_end, prices.decision
    asked = partial(
        entity_sql,
        spine,
        fitted,
        settings.layoff,
        start,
        decision=kind,
        settlement=prices.settlement,
        asked=ServiceColumns.by(store, service.service),
    )
    years = years_left_out(spine, service.needs.values(), days.history_end, days.train_end)
    unfitted = runners_by_year(spine, asked(days.train_end, only=years_sql(years))) if years else ()
    only = is_trained_on(years, days.train_end)
    with todays_prices(home, service, start, end, kind, prices.clock) as paths:
        rows = asked(end, only=only, paths=paths)
        file, nulls = retrieve_to_disk(store, service, rows, home.root)
    frame = file.frame((*MARKS, *LABELS, FINISH))
    excluded = excluded_races(spine, days.history_end, end, prices.decision)
    if frame.empty:
        raise DataError(f"no race from {days.history_end} to {end} has a winner and two starters")
    if unfitted:
        require_fitted_days(frame["date"].iloc[0].date(), days.folds[0])
    trained = slice(int(frame["date"].searchsorted(pd.Timestamp(days.train_end))))
    inputs = Inputs.learnt(
        file.frame(service.texts, trained),
        service.features,
        service.texts,
        settings.ranker.field_relative,
    )
    return Dataset(
        frame,
        file.matrix(inputs),
        file,
        service,
        days,
        fitted,
        nulls,
        excluded,
        prices.decision,
        prices.settlement,
        {"build": spine.fingerprint, "starts": str(spine.starts), "corrections": spine.corrections},
        inputs,
        unmet_needs,
        unfitted,
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
        entity_df=rows, features=features_of(store, service.service)
    )
    frame: pd.DataFrame = job.to_df()
    add_field_wide(frame, service, frame)
    frame["date"] = frame["event_timestamp"].dt.tz_localize(None).astype("datetime64[us]")
    frame[list(service.numbers)] = frame[list(service.numbers)].astype(np.float64)
    for name in service.texts:
        frame[name] = frame[name].astype("category")
    return frame
