"""Scoring a period with a stored model: the artifact's own priors, curve and prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from training.data.dataset import feature_store
from training.data.entity_sql import entity_sql
from training.data.excluded import excluded_races
from training.data.feature_retrieval import LABELS, MARKS, plain_texts, retrieve_to_disk
from training.data.service_features import declared
from training.data.todays_prices import todays_prices
from training.model.artifact import load
from training.model.model import Model
from training.model.model_card import ModelCard
from training.record.registry import LABEL, Registered, resolve
from velo.errors import DataError, ModelError
from velo.home import Home
from velo.offline.build import Build, current_build
from velo.offline.spine import Spine
from velo.settings import Windows
from velo.store.online.entity_rows import ServiceColumns


@dataclass(frozen=True)
class Scored:
    """A period's predictions.

    Attributes:
        predictions: as `Model.predict` gives them, one row a starter of a usable race.
        excluded: races of the period that are left out before prices are looked at, by reason.
    """

    predictions: pd.DataFrame
    excluded: dict[str, int]


@dataclass(frozen=True)
class Stored:
    """A registered model, verified and rebuilt.

    Attributes:
        registered: where it lies.
        card: what it goes by: service, priors, prices, cut-offs.
        model: ready to predict.
    """

    registered: Registered
    card: ModelCard
    model: Model

    @property
    def train_end(self) -> date:
        """The first day that it was not trained on."""
        return self.card.plan.train_end

    @property
    def name(self) -> str:
        """Its label, else its version, else its run: what its reports are called."""
        return self.registered.tags.get(LABEL) or self.version

    @property
    def version(self) -> str:
        """Its version, or its run where it has none."""
        return self.registered.version or self.registered.run_id

    def require_windows(self, windows: Windows, whose: str) -> None:
        """See that features come of the windows that the model learned them with.

        Args:
            windows: of the features that it is to score.
            whose: what has them, such as `build 7`.

        Raises:
            ModelError: they are others.
        """
        unlike = self.card.windows.unlike(windows)
        if unlike:
            raise ModelError(
                f"version {self.version} was trained with {unlike} as {whose} has: set it back in "
                "velo.toml and run `velo build`, or train again"
            )

    def require_build(self, build: Build) -> None:
        """The same of the offline tables, and of the online store that was filled from them.

        Raises:
            ModelError: they are of other windows.
        """
        self.require_windows(Windows(**build.windows), f"build {build.number}")


def stored_model(home: Home, reference: str) -> Stored:
    """Find a model by alias, version or run id, verify its hash and rebuild it.

    Raises:
        ModelError: there is none, or it is not what was registered.
    """
    registered = resolve(home, reference)
    artifact = load(registered.folder, registered.sha256)
    return Stored(registered, ModelCard.from_dict(artifact.model), Model.of(artifact))


def score_period(home: Home, stored: Stored, first: date, last: date) -> Scored:
    """Retrieve the features of a period and predict its races.

    Args:
        home: its current build is read.
        stored: the model.
        first, last: race days, both included.

    Raises:
        ModelError: the registry's service no longer has all of the model's features, or the
            build is of other windows.
        DataError: there is no usable race in the period.
        HomeError: a file of the build is not as it was made.
    """
    spine = Spine(home)
    spine.require_whole()
    stored.require_build(current_build(home))
    store = feature_store(home)
    service = declared(store, stored.card.service)
    features = stored.model.fundamental.features
    gone = sorted(set(features) - set(service.features))
    if gone:
        raise ModelError(
            f"version {stored.version} was trained on {', '.join(gone)}, which service "
            f"{service.service} no longer has; check out the code that it was trained with"
        )
    card = stored.card
    end = last + timedelta(days=1)
    decision, asked = card.prices.decision, ServiceColumns.by(store, card.service)
    with todays_prices(home, service, first, end, decision, card.hours) as paths:
        rows = entity_sql(
            spine,
            card.priors,
            card.layoff,
            first,
            end,
            decision,
            card.prices.settlement,
            asked,
            paths=paths,
        )
        file, _ = retrieve_to_disk(store, service, rows, home.root)
    frame = file.frame((*MARKS, *LABELS, "market_flag"))
    market = frame.pop("market_flag").isna().to_numpy(dtype=np.bool_)
    if not market.any():
        raise DataError(
            f"no race from {first} to {last} has a winner, two starters and a book without a flag"
        )
    runners = plain_texts(frame[market])
    matrix = file.matrix(stored.model.fundamental.inputs)[market]
    return Scored(
        stored.model.predict_matrix(runners, matrix),
        left_out(home, first, last, card.prices.decision),
    )


def left_out(home: Home, first: date, last: date, decision: str) -> dict[str, int]:
    """Races from `first` to `last`, both included, that are left out before prices are looked at.

    Returns:
        Races by reason, without reasons that no race had.
    """
    excluded = excluded_races(Spine(home), first, last + timedelta(days=1), decision)
    unpriced = f"a starter without {decision}"
    return {why: races for why, races in excluded.items() if races and why != unpriced}
