"""Which calibrator is kept: the one that gains out of fold, or none.

For each fold from the third on, blend and calibrators are fitted on the folds before it and judged
on it. A kind is kept where its mean gain over all judged folds is above 0; a fold's own figures
use what the folds before it had chosen, so nothing is chosen on what it is shown on. The blend
and the power-calibrated market choose for themselves by the same procedure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from training.blending import calibration
from training.blending.calibration import Kind
from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Estimate, Resampling
from training.statistics.races import Races
from velo.arrays import Floats

Wanted = Literal["auto", "none", "isotonic", "beta"]
FIRST_JUDGED = 3
"""Fold 1 has no blend, and fold 2 only a blend of one fold: too little to fit a bend on."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Probabilities before calibration, [rows], and what came of them; [races] dates."""

    p: Floats
    win_share: Floats
    races: Races
    race_dates: npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class CalibrationTrial:
    """What each kind gained on one fold, nats a race over no calibration, [races]."""

    fold: int
    race_dates: npt.NDArray[Any]
    gains: Mapping[Kind, Floats]


@dataclass(frozen=True, eq=False)
class Sides:
    """The blend and its opponent, the power-calibrated market."""

    blend: Forecast
    market: Forecast


@dataclass(frozen=True)
class Choice:
    """The kind that is kept, and each tried kind's gain in nats a race, 95% by race day.

    Attributes:
        kind: what is kept.
        gains: of the kinds that were tried; empty where no fold could judge.
        races: judged.
    """

    kind: Kind
    gains: Mapping[Kind, Estimate]
    races: int


@dataclass(frozen=True)
class Trials:
    """What the kinds gained on each judged fold, for the blend and for the market by itself."""

    blend: tuple[CalibrationTrial, ...] = ()
    market: tuple[CalibrationTrial, ...] = ()

    def tried_on(self, fold: int, known: Sides, judged: Sides, wanted: Wanted) -> Trials:
        """These trials and one more fold's, both sides by the same procedure."""
        blend = trial(fold, known.blend, judged.blend, wanted)
        market = trial(fold, known.market, judged.market, wanted)
        return Trials((*self.blend, blend), (*self.market, market))

    def before(self, fold: int) -> Trials:
        """What was known before a fold."""
        return Trials(
            tuple(trial for trial in self.blend if trial.fold < fold),
            tuple(trial for trial in self.market if trial.fold < fold),
        )

    def last_gains(self) -> dict[str, float]:
        """The last fold's: `gain_beta`, `gain_market_beta` and so on, nats a race."""
        sides = (("gain_", self.blend[-1]), ("gain_market_", self.market[-1]))
        return {
            name + kind: float(gain.mean())
            for name, trial in sides
            for kind, gain in trial.gains.items()
        }

    def choices(self, wanted: Wanted, resampling: Resampling) -> dict[str, Choice]:
        """What is kept on each side, `blend` and `market`, with the evidence."""
        return {
            "blend": choose(self.blend, wanted, resampling),
            "market": choose(self.market, wanted, resampling),
        }


def tried(wanted: Wanted) -> tuple[Kind, ...]:
    """The kinds that a setting leaves to be tried."""
    if wanted == "auto":
        return "isotonic", "beta"
    return () if wanted == "none" else (wanted,)


def trial(fold: int, known: Forecast, judged: Forecast, wanted: Wanted) -> CalibrationTrial:
    """Fit each kind on the folds before and see what it gains on this one.

    Args:
        fold: the judged fold's number.
        known: the blend on the folds that it was fitted on.
        judged: the same blend on the fold.
        wanted: the setting.
    """
    before = judged.races.log_likelihood(judged.p, judged.win_share)
    gains: dict[Kind, Floats] = {}
    for kind in tried(wanted):
        fitted = calibration.fit(kind, known.p, known.win_share, known.races)
        p = fitted.probabilities(judged.p, judged.races)
        gains[kind] = judged.races.log_likelihood(p, judged.win_share) - before
    return CalibrationTrial(fold, judged.race_dates, gains)


def kept(trials: Sequence[CalibrationTrial], wanted: Wanted) -> Kind:
    """The kind with the largest mean gain, `none` where no gain is above 0 or no fold judged."""
    if wanted != "auto":
        return wanted
    means = {kind: float(_together(trials, kind).mean()) for kind in _judged_kinds(trials)}
    best = max(means, key=lambda kind: means[kind], default=None)
    return best if best is not None and means[best] > 0 else "none"


def choose(trials: Sequence[CalibrationTrial], wanted: Wanted, resampling: Resampling) -> Choice:
    """What is kept, with the evidence."""
    dates = [trial.race_dates for trial in trials]
    days = Days.of(np.concatenate(dates)) if dates else Days.of(np.zeros(0))
    gains = {
        kind: bootstrap.mean(_together(trials, kind), days, resampling)
        for kind in _judged_kinds(trials)
    }
    return Choice(kept(trials, wanted), gains, len(days.index))


def _judged_kinds(trials: Sequence[CalibrationTrial]) -> tuple[Kind, ...]:
    return tuple(trials[0].gains) if trials else ()


def _together(trials: Sequence[CalibrationTrial], kind: Kind) -> Floats:
    return np.concatenate([trial.gains[kind] for trial in trials])
