"""How many bets it takes to see the edge that a strategy claims."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from training.bootstrap import Estimate

LEVEL = 0.95
POWER = 0.80


@dataclass(frozen=True)
class Power:
    """A claim and whether so many bets can show it.

    Attributes:
        claimed_roi: what the model's own probabilities expect of the bets at the price that pays,
            before commission.
        power: probability that the interval of so many bets would lie above 0, were that true.
        bets_needed: for a power of 80%; None where nothing is claimed.
    """

    claimed_roi: float
    power: float
    bets_needed: int | None


def power(claimed_roi: float, roi: Estimate, bets: int) -> Power | None:
    """The power of a strategy's bets against its claim, from the interval's own width.

    The width holds what bets of one race and one day share, so a bet counts for what it is worth;
    it shrinks with the square root of the bets.

    Args:
        claimed_roi: mean expected value of the staked points.
        roi: with its 95% interval by race day.
        bets: behind it.

    Returns:
        None where the interval is unknown.
    """
    if not math.isfinite(roi.half_width) or roi.half_width <= 0 or not math.isfinite(claimed_roi):
        return None
    reach = float(stats.norm.ppf((1 + LEVEL) / 2))
    error = roi.half_width / reach
    chance = float(stats.norm.cdf(claimed_roi / error - reach))
    if claimed_roi <= 0:
        return Power(claimed_roi, chance, None)
    needed = bets * ((reach + float(stats.norm.ppf(POWER))) * error / claimed_roi) ** 2
    return Power(claimed_roi, chance, math.ceil(needed))
