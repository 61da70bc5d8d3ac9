"""Features chosen anew inside each fold of the walk, by nothing but the days before it.

A column's strength is |z| of the column alone beside the market: the gradient of the win stage,
scaled by price, over the root of its information, the market's own exponent at its best. A feature
is as strong as its strongest column. Features that were chosen on all training days flatter
the folds that were in sight; the walk with choices of its own does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from training.blending.market_chances import Method
from training.data.dataset import Dataset
from training.model.model_card import ChosenFeatures
from training.walk.beside_market import LineFitter
from velo.errors import SettingsError
from velo.settings import Settings


@dataclass(frozen=True)
class FeatureChoice:
    """The strongest features, by fold and for the model that is kept.

    Attributes:
        among: how many there were to choose from.
        by_fold: number of a fold -> what the days before it chose, in the service's order.
        last: what all training days chose.
        strengths: feature -> |z| on all training days, of all there were.
    """

    among: int
    by_fold: Mapping[int, tuple[str, ...]]
    last: tuple[str, ...]
    strengths: Mapping[str, float]

    @property
    def recorded(self) -> ChosenFeatures:
        """As a model's card has it."""
        by_fold = {str(fold): names for fold, names in self.by_fold.items()}
        return ChosenFeatures(len(self.last), self.among, by_fold)

    @property
    def once(self) -> dict[int, tuple[str, ...]]:
        """The last choice in every fold, which has seen their days: what flatters."""
        return dict.fromkeys(self.by_fold, self.last)


def choose(data: Dataset, settings: Settings, devig: Method) -> FeatureChoice:
    """Choose for every fold of a data set's plan, and for the model that is kept.

    Args:
        data: with the features to choose from.
        settings: how many, and the exponent of the price scale.
        devig: how the margin is taken out of a book.

    Raises:
        SettingsError: there are not more features than are to be chosen.
        DataError: no race before a fold has a winner and a whole book.
    """
    count, plan = settings.training.select, data.plan
    if count >= len(data.features):
        raise SettingsError(
            f"--select {count}: the data have {len(data.features)} features to choose from; choose "
            "fewer, or take all without it"
        )
    fitter = LineFitter(data, settings, devig)
    last = strengths(fitter, plan.history_end, plan.train_end)
    by_fold = {
        fold.number: strongest(strengths(fitter, fold.train_start, fold.train_end), count)
        for fold in plan.folds
    }
    return FeatureChoice(len(data.features), by_fold, strongest(last, count), last)


def strengths(fitter: LineFitter, start: date, end: date) -> dict[str, float]:
    """|z| of each feature alone beside the market on the days in [start, end).

    Raises:
        DataError: no race of them has a winner and a whole book.
    """
    win = fitter.total(start, end).stages[0].given_market(1)
    information = np.diag(win.information)
    known = information > 0
    z = np.abs(win.gradient) / np.sqrt(np.where(known, information, np.inf))
    inputs, strength = fitter.data.inputs, dict.fromkeys(fitter.data.features, 0.0)
    for term, column in enumerate(fitter.standard.owner):
        feature = inputs.origin[column]
        strength[feature] = max(strength[feature], float(z[term]))
    return strength


def strongest(strength: Mapping[str, float], count: int) -> tuple[str, ...]:
    """So many of the strongest, in the order in which they are given; of equals the first."""
    ranked = sorted(strength, key=lambda name: -strength[name])[:count]
    return tuple(name for name in strength if name in ranked)
