"""How the blend's weight on the model moves in time: each fold's own, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.blending.calibration_choice import Trials
from training.statistics.bootstrap import Estimate
from training.walk import evaluation
from training.walk.walk_forward import OutOfFold
from velo.settings import Settings


@dataclass(frozen=True)
class Weight:
    """The weight of one fold's days, [first, end): alpha's share, or gamma in residual mode."""

    fold: int
    first: date
    end: date
    races: int
    name: str
    weight: Estimate


def blend_path(oof: OutOfFold, settings: Settings) -> tuple[Weight, ...]:
    """Fit the blend anew on each fold's out-of-fold predictions; folds without prices are left out.

    The blend that is kept is fitted on all of them; this shows whether one weight fits all times.
    """
    weights = []
    for fit in oof.fits:
        own = oof.frame[oof.frame["fold"] == fit.fold.number]
        if not own["priced"].any():
            continue
        blended = evaluation.fit_blend(own, settings, Trials())
        share, exponent = blended.spread.alpha_share, blended.spread.exponent
        name, weight = ("gamma", exponent) if share is None else ("alpha_share", share)
        days = fit.fold.test_start, fit.fold.test_end
        weights.append(Weight(fit.fold.number, *days, blended.races, name, weight))
    return tuple(weights)
