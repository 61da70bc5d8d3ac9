"""The recipe: from a data set to a model and its cut-offs, in the order that never looks ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from training.blending.market import Method
from training.data.dataset import Dataset
from training.judging.selection import Cutoffs
from training.model.model import Model
from training.walk import evaluation, walk_forward
from training.walk.walk_forward import OutOfFold
from velo.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Fitted:
    """A model that has seen no day from its plan's `train_end` on, and the cut-offs it brings."""

    model: Model
    cutoffs: Cutoffs


def fit(data: Dataset, settings: Settings, progress: Progress = lambda stage: None) -> Fitted:
    """Walk forward, fit the blend and the cut-offs on that, and the model on all training days.

    Raises:
        DataError: a fold has no usable race, or none has a price.
    """
    devig = walk_forward.choose_devig(data, settings)
    objective, oof = walk(data, settings, devig, progress)
    _, trials = evaluation.fold_figures(oof, settings)
    blended = evaluation.fit_blend(oof.frame, settings, trials)
    cutoffs = evaluation.cut_offs(oof, blended, data, settings)
    fundamental = walk_forward.fit_last(data, settings, devig, objective, oof.size)
    return Fitted(blended.model(fundamental, devig), cutoffs)


def walk(
    data: Dataset, settings: Settings, devig: Method, progress: Progress
) -> tuple[str, OutOfFold]:
    """Walk with the objective that is set; `auto` takes the linear model where it does better."""
    objective = boosted(settings)
    oof = walk_forward.out_of_fold(data, settings, devig, objective, progress)
    better = evaluation.linear_is_better(oof.frame, settings.training.blend)
    if settings.ranker.objective != "auto" or not better:
        return objective, oof
    return "linear", walk_forward.out_of_fold(data, settings, devig, "linear", progress)


def boosted(settings: Settings) -> str:
    """The objective that is walked with first."""
    wanted = settings.ranker.objective
    return "conditional_logit" if wanted == "auto" else wanted
