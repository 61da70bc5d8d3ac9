"""The exchange's own rule for withdrawals: the reduction factor.

Each horse of an exchange market has a factor, its share of the market's chances in percent. When it
is withdrawn, the prices of all bets already matched on the others are cut by it, stake and all: 8.0
becomes 6.0 by a factor of 25 (Betfair, Exchange Rules, Non-Runner Rule). A bet at the exchange's
starting price is matched after the withdrawals and bears none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from velo.arrays import Floats

LEAST = 0.025
"""In a win market a smaller factor is not applied."""

SHORTEST = 1.01
"""A price is never cut below the exchange's shortest."""


def price_kept(factors: Floats, race: npt.NDArray[Any], races: int) -> Floats:
    """What share of its price a matched bet keeps, one withdrawal after the other.

    Args:
        factors: [withdrawn], each one's factor as a share (0.25) as it stood when it was withdrawn;
            NaN where it is unknown.
        race: int64[withdrawn], the number of each one's race, from 0.
        races: how many there are.

    Returns:
        [races], 1 where nothing was withdrawn, NaN where a factor is unknown.
    """
    with np.errstate(invalid="ignore"):
        kept = np.log1p(-np.where(factors < LEAST, 0.0, factors))
    return np.asarray(np.exp(np.bincount(race, kept, minlength=races)))


def factors_of_prices(
    withdrawn_odds: Floats, race: npt.NDArray[Any], starters_book: Floats
) -> Floats:
    """The factors that the withdrawn horses' own prices give, where the exchange's are not known.

    A horse's factor is its share of the book. The horses of one race are taken to leave it one by
    one, the shortest first, and the book of those that are left is made whole in between.

    Args:
        withdrawn_odds: [withdrawn], decimal; NaN where it is unknown.
        race: int64[withdrawn], the number of each one's race, from 0.
        starters_book: [races], the sum of 1/odds over the horses that ran.

    Returns:
        [withdrawn], in the order given; NaN for a horse without a price.
    """
    chance = 1.0 / withdrawn_odds
    order = np.lexsort((-chance, race))
    known = np.nan_to_num(chance[order])
    # The book that a horse leaves: the starters', its own part, and those that leave after it.
    later = np.cumsum(known[::-1])[::-1]
    _, last = np.unique(race[order][::-1], return_index=True)
    beyond = np.append(later, 0.0)[len(order) - last]
    _, index = np.unique(race[order], return_inverse=True)
    book = starters_book[race[order]] + later - beyond[index]
    factors = np.empty(len(chance))
    factors[order] = chance[order] / book
    return factors


def reduced(odds: Floats, kept: Floats | float) -> Floats:
    """The price that a matched bet is paid at."""
    price = odds * np.asarray(kept)
    return np.where(np.isnan(price), np.nan, np.maximum(price, np.minimum(odds, SHORTEST)))
