"""Profit so far, day by day, with the band in which chance alone would have kept it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.statistics.bootstrap import FEWEST_DAYS, LEVEL
from velo.arrays import Floats

DRAWS = 1_000


def profit_path(
    profit: Floats, dates: npt.NDArray[Any], seed: int, draws: int = DRAWS
) -> pd.DataFrame:
    """Cumulative profit of bets by race day with its pointwise 95% interval.

    A draw takes the days again with replacement and keeps each where it stands, so the band on the
    last day is the interval of the whole profit and the band on an earlier day that of the profit
    till then.

    Args:
        profit: [bets], points.
        dates: [bets].
        seed: of the draws.
        draws: how many.

    Returns:
        `day`, `profit`, `low`, `high`, one row a race day with bets, in order; both ends are NaN if
        there are fewer than `FEWEST_DAYS`.
    """
    days, index = np.unique(dates, return_inverse=True)
    daily = np.bincount(index, profit, minlength=len(days))
    path = pd.DataFrame({"day": days, "profit": np.cumsum(daily)})
    if len(days) < FEWEST_DAYS:
        return path.assign(low=np.nan, high=np.nan)
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(len(days), np.full(len(days), 1 / len(days)), draws)
    paths = np.cumsum(counts * daily, axis=1)
    low, high = np.quantile(paths, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return path.assign(low=low, high=high)
