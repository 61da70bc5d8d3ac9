"""How many bets it takes to see the edge that a strategy claims."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from training.statistics.bootstrap import Estimate

LEVEL = 0.95
POWER = 0.80


@dataclass(frozen=True)
class Power:
    """A claim and whether so many bets can show it.

    Attributes:
        claimed_edge: winners that the model expects of the bets over those that the prices they
            are paid at expect, less 1.
        power: probability that the interval of so many bets would lie above 1, were that true.
        bets_needed: for a power of 80%; None where nothing is claimed.
    """

    claimed_edge: float
    power: float
    bets_needed: int | None


def power(claimed_edge: float, ae_ratio: Estimate, bets: int) -> Power | None:
    """The power of a strategy's bets against its claim, from the interval's own width.

    The claim is held against winners, not profit: the mean of P * odds grows with every price that
    moved against the bet, so at a price that was made after the decision it claims too much. The
    width holds what bets of one race and one day share, so a bet counts for what it is worth;
    it shrinks with the square root of the bets.

    Args:
        claimed_edge: as in `Power`.
        ae_ratio: actual over expected winners, with its 95% interval by race day.
        bets: behind it.

    Returns:
        None where the interval is unknown.
    """
    if (
        not math.isfinite(ae_ratio.half_width)
        or ae_ratio.half_width <= 0
        or not math.isfinite(claimed_edge)
    ):
        return None
    reach = float(stats.norm.ppf((1 + LEVEL) / 2))
    error = ae_ratio.half_width / reach
    chance = float(stats.norm.cdf(claimed_edge / error - reach))
    if claimed_edge <= 0:
        return Power(claimed_edge, chance, None)
    needed = bets * ((reach + float(stats.norm.ppf(POWER))) * error / claimed_edge) ** 2
    return Power(claimed_edge, chance, math.ceil(needed))
