"""The null of a strategy: as many random selections from the same odds.

What a random choice earns depends on its prices, so a draw takes from each step of prices as many
runners as the strategy did. The stakes are level: what is tested is who was chosen, not how much
was put on. Commission is left out on both sides, since it depends on which races bets share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from velo.arrays import Flags, Floats, Integers

STEPS = np.array(
    [1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 19, 21, 26, 34, 51, 101]
)
"""Where a new step of decision prices begins."""

CELLS = 48
"""Payoffs of a step, but for a plain loss, are drawn as so many means."""


@dataclass(frozen=True)
class Chance:
    """A strategy against random selections, at level stakes before commission.

    Attributes:
        roi: the strategy's.
        mean, low, high: of the random selections' return, the interval 95%.
        p_value: share of draws, itself counted in, that did as well or better.
        draws: how many.
    """

    roi: float
    mean: float
    low: float
    high: float
    p_value: float
    draws: int


def against_chance(
    chosen: Flags, eligible: Flags, payoff: Floats, odds: Floats, draws: int, seed: int
) -> Chance | None:
    """Draw random selections without replacement from the eligible runners.

    Args:
        chosen: what the strategy backed, bool[rows]; some of `eligible`.
        eligible: what it could have backed.
        payoff: profit of a point on each; NaN where unsettleable, which counts on neither side.
        odds: decision prices.
        draws, seed: of the random selections.

    Returns:
        None where the strategy made no bet, or backed all: there was no choice.
    """
    pool = np.flatnonzero(eligible & np.isfinite(payoff))
    picked, paid = chosen[pool], payoff[pool]
    bets = int(picked.sum())
    if bets in (0, len(pool)):
        return None
    step = np.searchsorted(STEPS, odds[pool], side="right")
    generator = np.random.default_rng(seed)
    total = np.zeros(draws)
    wanted = np.bincount(step, picked, minlength=len(STEPS) + 1).astype(np.int64)
    for number in np.flatnonzero(wanted):
        counts, means = _cells(paid[step == number])
        drawn = generator.multivariate_hypergeometric(
            counts, wanted[number], size=draws, method="marginals"
        )
        total += drawn @ means
    earned = float(paid[picked].sum())
    low, high = np.quantile(total, [0.025, 0.975])
    as_good = int((total >= earned - 1e-9).sum())
    return Chance(
        earned / bets,
        float(total.mean()) / bets,
        float(low) / bets,
        float(high) / bets,
        (1 + as_good) / (draws + 1),
        draws,
    )


def _cells(payoffs: Floats) -> tuple[Integers, Floats]:
    """Payoffs as cells, how many in each and their mean: plain losses, and the rest by size."""
    lost = payoffs == -1.0
    rest = np.sort(payoffs[~lost])
    parts = [part for part in np.array_split(rest, CELLS) if len(part)]
    counts = np.array([int(lost.sum()), *map(len, parts)], dtype=np.int64)
    return counts, np.array([-1.0, *(float(part.mean()) for part in parts)])
