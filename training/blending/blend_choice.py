"""Which blend is kept where the settings leave it open: the likeliest out of fold.

Each blend is walked forward by itself. A fold is judged by the blend that was fitted on the folds
before it, before any calibration. What is kept for a fold is the likeliest of the folds before
it, so a fold's own figures chose nothing; for the model it is the likeliest of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Estimate, Resampling
from velo.arrays import Floats

MODES = ("benter", "residual", "beside")
"""In the order of their names' age; the first stands until a fold has judged."""


@dataclass(frozen=True, eq=False)
class BlendTrial:
    """One blend on one fold: nats a race, [races], with their dates."""

    fold: int
    race_dates: npt.NDArray[Any]
    log_likelihood: Floats


BlendTrials = Mapping[str, Sequence[BlendTrial]]
"""Blend -> its folds from the second on; all of the same races."""


@dataclass(frozen=True)
class BlendChoice:
    """The blend that is kept.

    Attributes:
        kind: which.
        gains: of each blend over the first, nats a race, 95% by race day.
        races: judged.
    """

    kind: str
    gains: Mapping[str, Estimate]
    races: int


def kept(trials: BlendTrials, before: int | None = None) -> str:
    """The likeliest blend of the folds before one, by default of all."""

    def total(mode: str) -> float:
        judged = [each for each in trials[mode] if before is None or each.fold < before]
        return sum(float(each.log_likelihood.sum()) for each in judged)

    return max(trials, key=total)


def choose(trials: BlendTrials, resampling: Resampling) -> BlendChoice:
    """What is kept, with the evidence."""
    whole = {
        mode: np.concatenate([each.log_likelihood for each in judged] or [np.zeros(0)])
        for mode, judged in trials.items()
    }
    first, judged = next(iter(trials.items()))
    dates = np.concatenate([each.race_dates for each in judged] or [np.zeros(0)])
    gains = {
        mode: bootstrap.mean(each - whole[first], Days.of(dates), resampling)
        for mode, each in whole.items()
    }
    return BlendChoice(kept(trials), gains, len(dates))
