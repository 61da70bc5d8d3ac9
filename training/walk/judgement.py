"""A fitted model before its judges: the holdout, and where the model is weak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from training.data.conditions import paid
from training.judging import diagnosis
from training.judging.diagnosis import Contribution, Kind, Slice
from training.judging.gate import Verdict, judge
from training.model.attribution import Attribution, attribute
from training.statistics.bootstrap import Resampling
from training.walk import evaluation
from training.walk.blend_path import Weight, blend_path
from training.walk.recipe import FittedModel, WalkForward
from velo.arrays import Floats
from velo.offline.spine import Spine
from velo.racing.withdrawals import law_of


@dataclass(frozen=True, eq=False)
class Judgement:
    """What the holdout showed of a model.

    Attributes:
        days: rows of the holdout, features included.
        predictions: of these rows, settled at what bets are paid.
        figures: flat, as the gate reads them.
        looks: earlier looks at these days.
        verdict: the gate's.
    """

    days: pd.DataFrame
    predictions: pd.DataFrame
    figures: dict[str, Any]
    looks: int
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class WeakPoints:
    """Where a model is weak, and what it rests on.

    Attributes:
        slices: the judged days by odds band, course and month.
        contributions: what each feature adds, on the last out-of-fold fold.
        weights: the blend's weight on the model, fold by fold.
        attribution: shares of the scores, on the same fold; None for a linear model.
    """

    slices: Mapping[Kind, Sequence[Slice]]
    contributions: Sequence[Contribution]
    weights: Sequence[Weight]
    attribution: Attribution | None


def judge_model(
    fitted: FittedModel, spine: Spine, looks: int, truth: pd.DataFrame | None
) -> Judgement:
    """Predict the holdout and hold the figures against the gate's targets.

    Args:
        fitted: the model.
        spine: of the build that it was trained on, for what bets are paid at.
        looks: earlier looks at the holdout; they widen the interval of the gain.
        truth: race_id, horse, p_true of a synthetic world.

    Raises:
        DataError: no race of the holdout has a complete book.
    """
    data, settings = fitted.data, fitted.settings
    first, last = data.plan.holdout
    days = data.between(first, last)
    law = law_of(data.settlement, settings.prices.exchange)
    predictions = paid(fitted.model.predict(days), spine, first, last, data.settlement, law)
    figures = evaluation.judge_holdout(
        predictions, fitted.cutoffs, fitted.blended, data, settings, looks
    )
    if truth is not None:
        figures |= evaluation.captured_share(predictions, truth, settings)
    mode = settings.training.blend
    assert mode != "auto", "the walk chose a blend"
    verdict = judge(figures, data.nulls, data.families, settings.gate, mode)
    return Judgement(days, predictions, figures, looks, verdict)


def weak_points(fitted: FittedModel, predictions: pd.DataFrame) -> WeakPoints:
    """Cut the judged days into pieces, and question the features on days that judge nothing.

    Args:
        fitted: the model.
        predictions: of the holdout, as `judge_model` gives them.
    """
    settings, walk = fitted.settings, fitted.walk
    resampling = Resampling.of(settings.training)
    pieces = diagnosis.slices(predictions, fitted.cutoffs.top20, settings.odds_band, resampling)
    last = walk.oof.fits[-1]
    return WeakPoints(
        pieces,
        _contributions(walk, resampling),
        blend_path(walk.oof, settings),
        attribute(
            last.boosted,
            walk.data.between(last.fold.test_start, walk.data.plan.train_end),
            settings.training.seed,
        ),
    )


def _contributions(walk: WalkForward, resampling: Resampling) -> tuple[Contribution, ...]:
    """What each feature adds to the blend, on the last out-of-fold fold."""
    data, recipe, fit = walk.data, walk.recipe, walk.oof.fits[-1]
    earlier = walk.oof.frame[walk.oof.frame["fold"] < fit.fold.number]
    trials = walk.trials.before(fit.fold.number)
    blended = evaluation.fit_blend(earlier, recipe.settings, trials)
    model = blended.model(fit.boosted, recipe.devig)
    days = data.between(fit.fold.test_start, fit.fold.test_end - timedelta(days=1))

    def score(frame: pd.DataFrame) -> Floats:
        return model.predict(frame)["p"].to_numpy(dtype=np.float64)

    features = fit.boosted.features
    return diagnosis.contributions(days[days["priced"]], features, score, resampling)
