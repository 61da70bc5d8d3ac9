"""Betting figures of many accounts with their intervals, from one set of resampled days.

All accounts' daily sums stand side by side, so two thousand draws of every strategy are one matrix
product, and strategies are compared on the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backtest.account import COLUMNS
from training.statistics import bootstrap
from training.statistics.bootstrap import Estimate, Resampling
from velo.arrays import Floats

RATIOS = {
    "roi": ("profit", "staked"),
    "ae_ratio": ("win_share", "expected"),
    "ae_fair": ("win_share", "fair"),
    "strike_rate": ("win_share", "bets"),
    "clv": ("closing", "closed"),
}
"""Figure -> what is divided by what, of `COLUMNS`."""


def ratios(totals: Mapping[str, Floats], resampling: Resampling) -> dict[str, dict[str, Estimate]]:
    """Each account's figures with 95% intervals by race day.

    Args:
        totals: name -> [days, columns] as `Account.totals`; all over the same days.
        resampling: of the race days.

    Returns:
        Name -> figure -> estimate; NaN where there is nothing to divide by, and without an interval
        where there is on fewer than `bootstrap.FEWEST_DAYS`.
    """
    if not totals:
        return {}
    drawn = bootstrap.resample(np.hstack(list(totals.values())), resampling)
    width = len(COLUMNS)
    return {
        name: _estimates(total, drawn[:, number * width : (number + 1) * width])
        for number, (name, total) in enumerate(totals.items())
    }


def _estimates(by_day: Floats, drawn: Floats) -> dict[str, Estimate]:
    estimates, total = {}, by_day.sum(axis=0)
    for figure, (top, bottom) in RATIOS.items():
        over, under = COLUMNS.index(top), COLUMNS.index(bottom)
        if total[under] == 0:
            estimates[figure] = Estimate(float("nan"), float("nan"), float("nan"))
            continue
        quotient = bootstrap.divide(drawn[:, over], drawn[:, under])
        low, high = bootstrap.interval(quotient, int(np.count_nonzero(by_day[:, under])))
        estimates[figure] = Estimate(float(total[over] / total[under]), low, high)
    return estimates
