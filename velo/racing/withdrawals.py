"""What a price still pays once horses have been withdrawn after it was taken.

Each kind of price has its law: a starting price is made by the horses that are left, a bookmaker's
fixed price bears Rule 4, and a price matched on the exchange its reduction factor.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from velo.arrays import Floats
from velo.racing import reduction_factor, rule_4

Law = Literal["none", "rule 4", "reduction factor"]

STARTING_PRICES = ("sp", "bsp")

SUM_ERROR = 1e-9
"""A book of exactly 1 may add up to a hair less."""


def law_of(kind: str, exchange_kinds: Collection[str]) -> Law:
    """Which law a kind of price stands under.

    Args:
        kind: as `sp`, `bsp`, `morning`.
        exchange_kinds: those that are matched on the exchange.
    """
    if kind in STARTING_PRICES:
        return "none"
    return "reduction factor" if kind in exchange_kinds else "rule 4"


def paid_odds(
    odds: Floats,
    race: npt.NDArray[Any],
    races: int,
    withdrawn_odds: Floats,
    withdrawn_race: npt.NDArray[Any],
    law: Law,
) -> Floats:
    """The odds that bets settle at.

    A bookmaker's book under 1 over the horses that ran lacks a horse, though the source names
    none: such a race is as one whose withdrawn horse has no price.

    Args:
        odds: decimal, [starters]; NaN where there is none.
        race: int64[starters], the number of each one's race, from 0.
        races: how many there are.
        withdrawn_odds: [withdrawn], the price of the same kind; NaN where there is none.
        withdrawn_race: int64[withdrawn].
        law: of the kind of price.

    Returns:
        [starters], NaN where a bet is unsettleable.
    """
    if law == "none":
        return odds
    book: Floats = np.bincount(race, 1.0 / odds, minlength=races).astype(np.float64)
    if law == "reduction factor":
        factors = reduction_factor.factors_of_prices(withdrawn_odds, withdrawn_race, book)
        kept = reduction_factor.price_kept(factors, withdrawn_race, races)
        return reduction_factor.reduced(odds, kept[race])
    share = rule_4.total_deduction(withdrawn_odds, withdrawn_race, races)
    has_withdrawn = np.bincount(withdrawn_race, minlength=races) > 0
    share = np.where((book < 1.0 - SUM_ERROR) & ~has_withdrawn, np.nan, share)
    return rule_4.after_deduction(odds, share[race])
