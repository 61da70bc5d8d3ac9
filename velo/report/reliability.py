"""The reliability diagram's figures: what was given and what came, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from training import bootstrap
from training.bootstrap import Days
from training.calibration_curve import BINS, equal_mass_bins
from training.metrics import Predictions
from training.races import Floats


def reliability(given: Predictions, draws: int, seed: int) -> dict[str, list[dict[str, Any]]]:
    """Blend and power-calibrated market over 20 bins of equal mass, each in its own.

    Returns:
        `blend` and `market`: of each bin `runners`, `predicted` (mean probability), `observed`
        (wins a runner) and `observed_ci` (95%, by race day).
    """
    return {
        "blend": _bins(given.p, given, draws, seed),
        "market": _bins(given.p_market_power, given, draws, seed),
    }


def _bins(p: Floats, given: Predictions, draws: int, seed: int) -> list[dict[str, Any]]:
    place = equal_mass_bins(p, BINS)
    found = []
    for number in np.unique(place):
        inside = place == number
        won = given.win_share[inside]
        days = Days.of(given.dates[inside])
        seen = bootstrap.mean(won, days, draws, seed)
        found.append({
            "runners": int(inside.sum()),
            "predicted": float(p[inside].mean()),
            "observed": seen.value,
            "observed_ci": [seen.low, seen.high],
        })  # fmt: skip
    return found
