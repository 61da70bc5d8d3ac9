"""What a walk gains over the market out of fold, blend and market fitted on earlier folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.blending.calibration_choice import Trials
from training.statistics import likelihood
from training.statistics.bootstrap import Estimate, Resampling
from training.statistics.races import Races
from training.walk import evaluation
from training.walk.recipe import WalkForward
from training.walk.stage_timer import StageTimer
from training.walk.walk_forward import OutOfFold
from velo.settings import Settings


def out_of_fold_gain(oof: OutOfFold, settings: Settings) -> Estimate | None:
    """Mean gain of the blend over the power-calibrated market, nats a race, before calibration.

    Of the folds from the second on, whose blend and market were fitted on the folds before them.

    Args:
        oof: of one blend.
        settings: which, and draws and seed of the interval.

    Returns:
        With its interval by race day; None where no two folds have a priced race.
    """
    priced = oof.frame[oof.frame["priced"]]
    parts = []
    for fit in oof.fits:
        earlier, own = (
            priced[priced["fold"] < fit.fold.number],
            priced[priced["fold"] == fit.fold.number],
        )
        if earlier.empty or own.empty:
            continue
        known = evaluation.fit_blend(earlier, settings, Trials())
        races = Races.of(own["race_id"].to_numpy())
        column, fair = (own[name].to_numpy(dtype=np.float64) for name in ("column", "p_market"))
        parts.append(
            own.assign(
                p=known.probabilities(column, fair, races), p_market=known.opponent(fair, races)
            )
        )
    if not parts:
        return None
    frame = pd.concat(parts, ignore_index=True)
    races = Races.of(frame["race_id"].to_numpy())
    p, market, won = (
        frame[name].to_numpy(dtype=np.float64) for name in ("p", "p_market", "win_share")
    )
    dates = races.first(frame["date"].to_numpy())
    return likelihood.delta_ll(p, market, won, races, dates, Resampling.of(settings.training))


@dataclass(frozen=True)
class ChoiceGains:
    """What a walk whose features were chosen gains, by where they were.

    Attributes:
        nested: chosen anew in each fold, by the days before it.
        once: chosen on all training days, the folds' own among them; this flatters.
    """

    nested: Estimate | None
    once: Estimate | None


def choice_gains(walk: WalkForward, timer: StageTimer) -> ChoiceGains | None:
    """Both figures of a walk; None where its features were not chosen.

    Args:
        walk: with the choices of its own.
        timer: announces each fold of the walk beside it.
    """
    if walk.features is None:
        return None
    settings = walk.recipe.settings
    with timer.stage("walking with features chosen once"):
        once = walk.recipe.out_of_fold(walk.data, timer, walk.features.once)
    return ChoiceGains(out_of_fold_gain(walk.oof, settings), out_of_fold_gain(once, settings))
