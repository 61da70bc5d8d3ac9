"""What the best of many tries shows by luck alone.

Of n tries without merit the best still looks good: its expected gain is the standard error of one
gain times the expected maximum of n standard normal draws. Bailey and Lopez de Prado (2014)
deflate a Sharpe ratio so. It holds for independent tries; those of a search resemble each other,
so what they show by luck is less, and what is left after the deduction is on the safe side.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from training.statistics.bootstrap import LEVEL, Estimate

GRID = np.linspace(-12.0, 12.0, 4801)


def expected_maximum(n: int) -> float:
    """The expected maximum of n independent standard normal draws; 0 for one or none.

    The integral of x * n * phi(x) * Phi(x)^(n-1) (David and Nagaraja 2003, section 3.1).
    """
    if n < 2:
        return 0.0
    density = n * norm.pdf(GRID) * norm.cdf(GRID) ** (n - 1)
    return float(np.trapezoid(GRID * density, GRID))


def by_luck(gain: Estimate, tries: int) -> float:
    """The gain that the best of `tries` without merit is expected to show; NaN where unknown.

    Args:
        gain: of the best try, with its interval, in whatever unit.
        tries: how many were made.
    """
    standard_error = gain.half_width / norm.ppf((1 + LEVEL) / 2)
    return float(standard_error * expected_maximum(tries))
