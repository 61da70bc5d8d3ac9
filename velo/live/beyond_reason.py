"""Live odds held to the bounds that ingest holds a result's prices to.

A price beyond reason is no price. Where every runner of a race has one and their book, the sum of
1/odds, is below or above what a market makes, one of the prices is a slip: a decimal point, another
column, a favourite that is out and still in the other prices. A bet of such a race is no value.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from velo.arrays import Floats, Integers
from velo.racing.reason import PRICE
from velo.warehouse.race_checks import HIGHEST_BOOK, LOWEST_BOOK

BEYOND_REASON = "odds beyond reason"
"""The verdict on each runner of a race whose odds are, where it is predicted all the same."""


def books_beyond_reason(races: Integers, odds: Floats) -> dict[int, str]:
    """The races whose odds cannot be a market's, each with what is wrong.

    Args:
        races: [runners], their races.
        odds: [runners], decimal, NaN where there are none. A race that lacks some has no market,
            and its book is not asked for.
    """
    distinct, of_race = np.unique(races, return_inverse=True)
    books = np.bincount(of_race, 1 / odds, minlength=len(distinct))
    longest = np.full(len(distinct), -np.inf)
    np.maximum.at(longest, of_race, np.nan_to_num(odds, nan=-np.inf))
    shortest = np.full(len(distinct), np.inf)
    np.minimum.at(shortest, of_race, np.nan_to_num(odds, nan=np.inf))
    faults: dict[int, str] = {}
    for race, book, low, high in zip(distinct.tolist(), books, shortest, longest, strict=True):
        if not np.isfinite(high):
            continue
        if low < PRICE.least or high > PRICE.most:
            faults[race] = f"it has odds of {low if low < PRICE.least else high:g}"
        elif not np.isnan(book) and not LOWEST_BOOK <= book <= HIGHEST_BOOK:
            faults[race] = (
                f"its odds make a book of {book:.3g}, and a market's book is between "
                f"{LOWEST_BOOK:g} and {HIGHEST_BOOK:g}"
            )
    return faults


def declined(wrong: Mapping[int, str], race: int) -> str:
    """Why a race is not predicted, as a person reads it."""
    return (
        f"{wrong[race]}: correct the odds (live.beyond_reason = 'mark' predicts the race without a "
        "market)"
    )
