"""The reliability diagram's figures: what was given and what came, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from training.judging.metrics import Predictions
from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Resampling
from training.statistics.calibration_curve import BINS, equal_mass_bins
from velo.arrays import Floats


def reliability(given: Predictions, resampling: Resampling) -> dict[str, list[dict[str, Any]]]:
    """Blend and power-calibrated market over 20 bins of equal mass, each in its own.

    Returns:
        `blend` and `market`: of each bin `runners`, `predicted` (mean probability), `observed`
        (wins a runner) and `observed_ci` (95%, by race day).
    """
    return {
        name: bins(p, given.win_share, given.dates, resampling)
        for name, p in (("blend", given.p), ("market", given.p_market_power))
    }


def bins(
    p: Floats, win_share: Floats, dates: npt.NDArray[Any], resampling: Resampling
) -> list[dict[str, Any]]:
    """One forecast's bins, as `reliability` gives them."""
    place = equal_mass_bins(p, BINS)
    curve = []
    for number in np.unique(place):
        inside = place == number
        won = win_share[inside]
        days = Days.of(dates[inside])
        seen = bootstrap.mean(won, days, resampling)
        curve.append(
            {
                "runners": int(inside.sum()),
                "predicted": float(p[inside].mean()),
                "observed": seen.value,
                "observed_ci": [seen.low, seen.high],
            }
        )
    return curve
