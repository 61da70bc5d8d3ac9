"""The Sharpe ratio of daily returns, and how much of the best one is luck of the choice.

Bailey and Lopez de Prado, The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5), 2014.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from velo.arrays import Floats

EULER = 0.5772156649015329


def sharpe(returns: Floats) -> Floats:
    """Mean over standard deviation of each column of [days, strategies]; NaN where constant."""
    spread = returns.std(axis=0, ddof=1)
    ratio: Floats = np.full(len(spread), np.nan)
    np.divide(returns.mean(axis=0), spread, out=ratio, where=spread > 1e-12)
    return ratio


def expected_best(variance: float, trials: int) -> float:
    """The Sharpe ratio that the best of so many worthless strategies is expected to show.

    `sqrt(V) ((1 - g) Z(1 - 1/N) + g Z(1 - 1/(N e)))`, equation 1 of the paper; 0 for one trial.

    Args:
        variance: of the trials' Sharpe ratios.
        trials: N.
    """
    if trials < 2:
        return 0.0
    first = stats.norm.ppf(1 - 1 / trials)
    second = stats.norm.ppf(1 - 1 / (trials * np.e))
    return float(np.sqrt(variance) * ((1 - EULER) * first + EULER * second))


def probability_above(returns: Floats, benchmark: float) -> float:
    """Probability that the true Sharpe ratio of returns exceeds a benchmark.

    Args:
        returns: [days].
        benchmark: SR*, a day.

    Returns:
        NaN where the returns are constant or fewer than three.
    """
    ratio = float(sharpe(returns[:, None])[0]) if len(returns) > 2 else float("nan")
    if np.isnan(ratio):
        return float("nan")
    skew, kurtosis = stats.skew(returns), stats.kurtosis(returns, fisher=False)
    return probability(ratio, benchmark, len(returns), float(skew), float(kurtosis))


def probability(ratio: float, benchmark: float, days: int, skew: float, kurtosis: float) -> float:
    """The same of a ratio measured over so many days, given the skew and tails of the returns.

    `Z((SR - SR*) sqrt(T - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2))`, equation 2 of the paper.

    Args:
        ratio: SR, a day.
        benchmark: SR*, a day.
        days: T.
        skew: g3, 0 of a normal.
        kurtosis: g4, 3 of a normal.
    """
    spread = 1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2
    if spread <= 0:
        return float("nan")
    return float(stats.norm.cdf((ratio - benchmark) * np.sqrt(days - 1) / np.sqrt(spread)))


def deflated(returns: Floats) -> Floats:
    """Each strategy's deflated Sharpe ratio: the probability that it is better than luck.

    Args:
        returns: [days, strategies], all that were compared.

    Returns:
        [strategies], NaN where a strategy never bet.
    """
    ratios = sharpe(returns)
    known = ratios[np.isfinite(ratios)]
    variance = float(known.var(ddof=1)) if len(known) > 1 else 0.0
    benchmark = expected_best(variance, len(known))
    return np.array([probability_above(column, benchmark) for column in returns.T])
