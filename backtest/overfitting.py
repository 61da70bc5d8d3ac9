"""The probability that the strategy that looked best is below the middle afterwards.

Combinatorially symmetric cross-validation: Bailey, Borwein, Lopez de Prado and Zhu, The Probability
of Backtest Overfitting, Journal of Computational Finance 20(4), 2017.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy import stats

from velo.arrays import Floats

BLOCKS = 16
FEWEST_BLOCKS = 4
FEWEST_DAYS = 5
"""Of a block."""


def blocks_of(days: int) -> int:
    """Into how many blocks days are cut: 16, or the most even number that days allow; 0 if none."""
    allowed = min(BLOCKS, days // FEWEST_DAYS) // 2 * 2
    return allowed if allowed >= FEWEST_BLOCKS else 0


def probability_of_overfitting(returns: Floats) -> float:
    """Share of the splits in which the best half-period strategy ranks at or below the middle.

    The days are cut into blocks; each half of the blocks is once the sample in which the best
    Sharpe ratio is picked, and the other half judges the pick.

    Args:
        returns: [days, strategies].

    Returns:
        Between 0 and 1; NaN with fewer than two strategies that bet, or too few days.
    """
    active = returns[:, returns.std(axis=0) > 0]
    days, strategies = active.shape
    blocks = blocks_of(days)
    if strategies < 2 or not blocks:
        return float("nan")
    edges = np.arange(blocks + 1) * days // blocks
    sums = np.add.reduceat(active, edges[:-1], axis=0)
    squares = np.add.reduceat(active**2, edges[:-1], axis=0)
    length = np.diff(edges).astype(np.float64)
    splits = list(combinations(range(blocks), blocks // 2))
    inside = np.zeros((len(splits), blocks))
    inside[np.arange(len(splits))[:, None], np.array(splits)] = 1.0
    picked = _ratios(inside, sums, squares, length).argmax(axis=1)
    rank = stats.rankdata(_ratios(1.0 - inside, sums, squares, length), axis=1)
    relative = rank[np.arange(len(splits)), picked] / (strategies + 1)
    return float((relative <= 0.5).mean())


def _ratios(chosen: Floats, sums: Floats, squares: Floats, length: Floats) -> Floats:
    """Sharpe ratios over the chosen blocks, [splits, strategies]; no bets is a ratio of 0."""
    count = (chosen @ length)[:, None]
    mean = chosen @ sums / count
    variance = chosen @ squares / count - mean**2
    spread = np.sqrt(np.maximum(variance, 0.0))
    return np.divide(mean, spread, out=np.zeros_like(mean), where=spread > 1e-12)
