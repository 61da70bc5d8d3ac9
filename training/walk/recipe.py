"""The recipe: from a data set to a model and its cut-offs, in the order that never looks ahead.

A training run, a refit and each leg of a backtest's walk all make their models by it. What is left
open is chosen in one order, each by days that it has not seen: the de-vig on the days before the
first test; in each blend the objective, trees or line; the blend; the calibrators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from training.blending import blend_choice
from training.blending.blend_choice import BlendChoice
from training.blending.calibration_choice import Trials
from training.blending.market_chances import Method
from training.data.dataset import Dataset
from training.data.some_features import with_features
from training.judging.selection import Cutoffs
from training.model.beside import OBJECTIVE as BESIDE
from training.model.model import Fundamental, Model
from training.model.model_card import ChosenFeatures
from training.statistics.bootstrap import Resampling
from training.walk import beside_market, evaluation, feature_choice, walk_forward
from training.walk.evaluation import Blended
from training.walk.feature_choice import FeatureChoice
from training.walk.stage_timer import Progress, StageTimer
from training.walk.walk_forward import OutOfFold, Size
from velo.settings import Settings


@dataclass(frozen=True)
class Recipe:
    """How a model is made.

    Attributes:
        settings: of ranker, blend, calibration and odds band.
        devig: how the margin is taken out of a book.
        objective: what the ranker is fitted to; `beside` of the line beside the market.
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
        recipe = cls(
            settings,
            walk_forward.choose_devig(data, settings),
            "conditional_logit" if automatic else wanted,
            or_line=automatic,
        )
        return recipe._with("beside") if settings.training.blend == "beside" else recipe

    def walk(self, data: Dataset, timer: StageTimer) -> WalkForward:
        """Predict every fold's test days from the days before them.

        Where the blend is left open each is walked, and the likeliest out of fold is the recipe's
        from then on; a fold's own figures are of the one that the folds before it had chosen.

        Raises:
            DataError: a fold has no usable race.
        """
        with timer.stage("walking forward"):
            choice = self._choice(data, timer)
            if self.settings.training.blend != "auto":
                return self._walk(data, timer, choice)
            walks = {}
            for mode in self._modes:
                timer.announce(f"walking forward: {mode}")
                walks[mode] = self._with(mode)._walk(data, timer, choice)
            return _likeliest(walks)

    def _choice(self, data: Dataset, timer: StageTimer) -> FeatureChoice | None:
        """Which features each fold sees, where they are to be chosen."""
        if not self.settings.training.select:
            return None
        timer.announce("choosing features")
        return feature_choice.choose(data, self.settings, self.devig)

    @property
    def _modes(self) -> tuple[str, ...]:
        """A ranking objective has no likelihood that could start from the market."""
        starts = self.objective in ("conditional_logit", "linear")
        return tuple(mode for mode in blend_choice.MODES if starts or mode != "residual")

    def _walk(
        self, data: Dataset, timer: StageTimer, choice: FeatureChoice | None = None
    ) -> WalkForward:
        features = None if choice is None else choice.by_fold
        recipe, oof = self, self.out_of_fold(data, timer, features)
        if self.or_line and evaluation.linear_is_better(oof.frame, self.settings.training.blend):
            recipe = replace(self, objective="linear")
            oof = recipe.out_of_fold(data, timer, features)
        folds, trials = evaluation.fold_figures(oof, self.settings)
        return WalkForward(recipe, data, oof, folds, trials, features=choice)

    def _with(self, blend: str) -> Recipe:
        """The recipe of one blend.

        The line beside the market takes plain shares where the de-vig is left open: the market's
        own power, which is fitted with it, takes the margin out.
        """
        training = self.settings.training.model_copy(update={"blend": blend})
        chosen = replace(self, settings=self.settings.model_copy(update={"training": training}))
        if blend != "beside":
            return chosen
        devig: Method = "proportional" if self.settings.prices.devig == "auto" else self.devig
        return replace(chosen, objective=BESIDE, or_line=False, devig=devig)

    def fit(self, data: Dataset, timer: StageTimer) -> FittedModel:
        """Walk, and fit what is kept.

        Raises:
            DataError: a fold has no usable race, or none has a price.
        """
        return self.walk(data, timer).fit(timer)

    def out_of_fold(
        self,
        data: Dataset,
        timer: StageTimer | None = None,
        features: Mapping[int, Sequence[str]] | None = None,
    ) -> OutOfFold:
        """The predictions of every fold's test days, by the blend that is set.

        Args:
            data: that is walked through.
            timer: announces each fold.
            features: number of a fold -> those that its model sees; by default all see all.

        Raises:
            DataError: a fold has no usable race.
        """
        announce: Progress = _silent if timer is None else timer.announce
        if self.objective == BESIDE:
            return beside_market.out_of_fold(data, self.settings, self.devig, announce, features)
        return walk_forward.out_of_fold(
            data, self.settings, self.devig, self.objective, announce, features
        )

    def last(self, data: Dataset, size: Size) -> Fundamental:
        """What is kept, fitted on every training day, sized as the folds found best."""
        if self.objective == BESIDE:
            return beside_market.fit_last(data, self.settings, self.devig)
        return walk_forward.fit_last(data, self.settings, self.devig, self.objective, size)


def _silent(stage: str) -> None:
    """Announce nothing."""


def _likeliest(walks: Mapping[str, WalkForward]) -> WalkForward:
    """The walk whose blend did best out of fold, and how the blends did."""
    first = next(iter(walks.values()))
    resampling = Resampling.of(first.recipe.settings.training)
    trials = {
        mode: evaluation.blend_trials(walk.oof, walk.recipe.settings)
        for mode, walk in walks.items()
    }
    choice = blend_choice.choose(trials, resampling)
    folds = [
        {**walks[mode].folds[place], "blend": mode}
        for place, mode in enumerate(
            blend_choice.kept(trials, before=fit.fold.number) for fit in first.oof.fits
        )
    ]
    return replace(walks[choice.kind], folds=folds, choice=choice)


@dataclass(frozen=True, eq=False)
class WalkForward:
    """The folds of a data set, each predicted by models of the days before it.

    Attributes:
        recipe: of those models, its objective the one that did best.
        data: that was walked through.
        oof: the predictions.
        folds: each fold's figures.
        trials: of the calibrators.
        choice: of the blend, where it was left open.
        features: of the folds and of the model that is kept, where they were chosen.
    """

    recipe: Recipe
    data: Dataset
    oof: OutOfFold
    folds: list[dict[str, Any]]
    trials: Trials
    choice: BlendChoice | None = None
    features: FeatureChoice | None = None

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
        kept = data if self.features is None else with_features(data, self.features.last)
        with timer.stage("fitting the last model"):
            fundamental = recipe.last(kept, size)
        model = blended.model(fundamental, recipe.devig)
        return FittedModel(self, blended, cutoffs, model, kept)


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A model that has seen no day from its plan's `train_end` on.

    Attributes:
        walk: the predictions that its blend and cut-offs were fitted on.
        blended: the blend with its intervals.
        cutoffs: of Top10 to Top30.
        model: fitted on every training day.
        data: what it was fitted on, with the features that it has.
    """

    walk: WalkForward
    blended: Blended
    cutoffs: Cutoffs
    model: Model
    data: Dataset

    @property
    def chosen(self) -> ChosenFeatures | None:
        """How its features were chosen; None if it has all."""
        return None if self.walk.features is None else self.walk.features.recorded

    @property
    def recipe(self) -> Recipe:
        """What it was made by."""
        return self.walk.recipe

    @property
    def settings(self) -> Settings:
        """What it was made with."""
        return self.recipe.settings
