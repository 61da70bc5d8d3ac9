"""Strike rates as odds on a win, which multiply where rates do not add up."""

from __future__ import annotations

import numpy as np

from velo.arrays import Floats


def odds_on(rate: Floats) -> Floats:
    """``p / (1 - p)``."""
    return rate / (1.0 - rate)


def log_odds(rate: Floats) -> Floats:
    """``ln(p / (1 - p))``: a line can weigh it over the whole range of rates."""
    return np.asarray(np.log(odds_on(rate)), dtype=np.float64)


def expected_together(one: Floats, other: Floats, population: Floats) -> Floats:
    """The rate that two people's rates let expect of both: their odds, over the population's.

    Args:
        one, other: their strike rates.
        population: everybody's.
    """
    odds = odds_on(one) * odds_on(other) / odds_on(population)
    return odds / (1.0 + odds)
