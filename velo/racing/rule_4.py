"""Tattersalls Rule 4: what a fixed price loses when another horse is withdrawn.

The deduction is taken from the winnings, never from the stake, and goes by the price of the
withdrawn horse at its withdrawal: Tattersalls' Committee, Rules on Betting, Rule 4(c). A starting
price is formed by the horses that are left and bears none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from velo.arrays import Floats

# fmt: off
SCALE = (
    (1 + 1 / 9, 90), (1 + 2 / 11, 85), (1 + 1 / 4, 80), (1 + 3 / 10, 75), (1 + 2 / 5, 70),
    (1 + 8 / 15, 65), (1 + 8 / 13, 60), (1 + 4 / 5, 55), (1 + 20 / 21, 50), (1 + 6 / 5, 45),
    (1 + 6 / 4, 40), (1 + 7 / 4, 35), (1 + 9 / 4, 30), (1 + 3 / 1, 25), (1 + 4 / 1, 20),
    (1 + 11 / 2, 15), (1 + 9 / 1, 10), (1 + 14 / 1, 5),
)
# fmt: on
"""The longest decimal odds of each line, and its pence in the pound. Over 14/1: nothing."""

MOST = 90
"""Pence in the pound, however many horses are withdrawn."""

# 8/13 is 1.6154 and stands in a file of prices as 1.62: a line reaches to its price as printed.
_LONGEST = np.array([max(odds, round(odds, 2)) for odds, _ in SCALE]) + 1e-9
_SHARES = np.array([pence for _, pence in SCALE] + [0]) / 100


def deduction(withdrawn_odds: Floats) -> Floats:
    """Share of the winnings that one withdrawn horse costs the other bets of its race.

    Args:
        withdrawn_odds: its decimal odds at the withdrawal; NaN where it is unknown.

    Returns:
        0.9 (1/9 or shorter) down to 0.05 (10/1 to 14/1) and 0; NaN where the price is unknown.
    """
    share: Floats = _SHARES[np.searchsorted(_LONGEST, withdrawn_odds)]
    return np.where(np.isnan(withdrawn_odds), np.nan, share)


def total_deduction(withdrawn_odds: Floats, race: npt.NDArray[Any], races: int) -> Floats:
    """Each race's whole deduction: those of its withdrawn horses added up, 0.9 at most.

    Args:
        withdrawn_odds: [withdrawn], as in `deduction`.
        race: int64[withdrawn], the number of each one's race, from 0.
        races: how many there are.

    Returns:
        [races], 0 where nothing was withdrawn, NaN where a withdrawn horse's price is unknown.
    """
    added = np.bincount(race, deduction(withdrawn_odds), minlength=races)
    return np.minimum(added, MOST / 100)


def after_deduction(odds: Floats, share: Floats | float) -> Floats:
    """Decimal odds that pay what `odds` pay less the deduction: 1 + (odds - 1)(1 - share)."""
    paid: Floats = 1.0 + (odds - 1.0) * (1.0 - np.asarray(share))
    return paid
