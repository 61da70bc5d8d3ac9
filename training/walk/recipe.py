"""The recipe: from a data set to a model and its cut-offs, in the order that never looks ahead.

A training run, a refit and each leg of a backtest's walk all make their models by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from training.blending.calibration_choice import Trials
from training.blending.market_chances import Method
from training.data.dataset import Dataset
from training.judging.selection import Cutoffs
from training.model.model import Model
from training.walk import evaluation, walk_forward
from training.walk.evaluation import Blended
from training.walk.stage_timer import StageTimer
from training.walk.walk_forward import OutOfFold
from velo.settings import Settings


@dataclass(frozen=True)
class Recipe:
    """How a model is made.

    Attributes:
        settings: of ranker, blend, calibration and odds band.
        devig: how the margin is taken out of a book.
        objective: what the ranker is fitted to.
        or_line: whether the linear model is taken where it does better out of fold.
        rounds: of the model that is kept; None for as many as the folds found best.
    """

    settings: Settings
    devig: Method
    objective: str
    or_line: bool = False
    rounds: int | None = None

    @classmethod
    def of(cls, data: Dataset, settings: Settings) -> Recipe:
        """The recipe that is set, with the de-vig chosen on the data where that is left open."""
        wanted = settings.ranker.objective
        automatic = wanted == "auto"
        return cls(
            settings,
            walk_forward.choose_devig(data, settings),
            "conditional_logit" if automatic else wanted,
            or_line=automatic,
        )

    def walk(self, data: Dataset, timer: StageTimer) -> WalkForward:
        """Predict every fold's test days from the days before them.

        Raises:
            DataError: a fold has no usable race.
        """
        with timer.stage("walking forward"):
            recipe, oof = self, self._predictions(data, timer)
            if self.or_line and evaluation.linear_is_better(
                oof.frame, self.settings.training.blend
            ):
                recipe = replace(self, objective="linear")
                oof = recipe._predictions(data, timer)
        folds, trials = evaluation.fold_figures(oof, self.settings)
        return WalkForward(recipe, data, oof, folds, trials)

    def fit(self, data: Dataset, timer: StageTimer) -> FittedModel:
        """Walk, and fit what is kept.

        Raises:
            DataError: a fold has no usable race, or none has a price.
        """
        return self.walk(data, timer).fit(timer)

    def _predictions(self, data: Dataset, timer: StageTimer) -> OutOfFold:
        return walk_forward.out_of_fold(
            data, self.settings, self.devig, self.objective, timer.announce
        )


@dataclass(frozen=True, eq=False)
class WalkForward:
    """The folds of a data set, each predicted by models of the days before it.

    Attributes:
        recipe: of those models, its objective the one that did best.
        data: that was walked through.
        oof: the predictions.
        folds: each fold's figures.
        trials: of the calibrators.
    """

    recipe: Recipe
    data: Dataset
    oof: OutOfFold
    folds: list[dict[str, Any]]
    trials: Trials

    def fit(self, timer: StageTimer) -> FittedModel:
        """Fit blend and cut-offs on the predictions, and the model on every training day.

        Raises:
            DataError: no out-of-fold race has a complete book, or none a price in the odds band.
        """
        recipe, data, oof = self.recipe, self.data, self.oof
        with timer.stage("fitting the blend"):
            blended = evaluation.fit_blend(oof.frame, recipe.settings, self.trials)
            cutoffs = evaluation.cut_offs(oof, blended, data, recipe.settings)
        size = oof.size if recipe.rounds is None else replace(oof.size, rounds=recipe.rounds)
        with timer.stage("fitting the last model"):
            fundamental = walk_forward.fit_last(
                data, recipe.settings, recipe.devig, recipe.objective, size
            )
        return FittedModel(self, blended, cutoffs, blended.model(fundamental, recipe.devig))


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A model that has seen no day from its plan's `train_end` on.

    Attributes:
        walk: the predictions that its blend and cut-offs were fitted on.
        blended: the blend with its intervals.
        cutoffs: of Top10 to Top30.
        model: fitted on every training day.
    """

    walk: WalkForward
    blended: Blended
    cutoffs: Cutoffs
    model: Model

    @property
    def data(self) -> Dataset:
        """What it was fitted on."""
        return self.walk.data

    @property
    def recipe(self) -> Recipe:
        """What it was made by."""
        return self.walk.recipe

    @property
    def settings(self) -> Settings:
        """What it was made with."""
        return self.recipe.settings
