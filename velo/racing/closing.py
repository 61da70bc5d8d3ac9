"""What a race closed at, and what odds taken before are worth against that.

The closing price of one runner says nothing by itself: the bookmaker's margin in it would pass for
value. So it is the fair chance that counts, which only a whole book gives (evaluation.md, Closing
value).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from velo.arrays import Flags, Floats
from velo.racing import market

CLOSING_KINDS = ("bsp", "sp")
"""Kinds of price that close a race, the one that goes first where it is complete first."""


@dataclass(frozen=True, eq=False)
class Close:
    """The close of whole races, one row a starter.

    Attributes:
        chance: de-vigged closing chance, [starters]; NaN throughout a race without a close.
        kind: the kind of price that closed the race, [starters]; empty in such a race.
    """

    chance: Floats
    kind: npt.NDArray[Any]

    @classmethod
    def of(cls, bsp: npt.ArrayLike, sp: npt.ArrayLike, offsets: npt.ArrayLike) -> Close:
        """The exchange's starting price where every starter of the race has one, else the SP.

        The margin is taken out in proportion. A race in which neither kind is complete has no
        close: kinds are not mixed, and nothing is put in a gap.

        Args:
            bsp, sp: decimal odds, [starters], races together; NaN where there are none.
            offsets: the row at which each race begins, as `velo.racing.market` takes them.

        Raises:
            InputError: the offsets are no races'.
        """
        odds = np.asarray(bsp, dtype=np.float64)
        chance = np.full(odds.shape, np.nan)
        kind: npt.NDArray[Any] = np.full(odds.shape, "", dtype=object)
        for name, quoted in zip(CLOSING_KINDS, (odds, sp), strict=True):
            share = market.proportional(quoted, offsets)
            closes = np.isnan(chance) & np.isfinite(share)
            chance[closes], kind[closes] = share[closes], name
        return cls(chance, kind)

    def is_taken_at(self, kind: npt.NDArray[Any]) -> Flags:
        """Whether each runner's odds are the very kind that closed its race, bool[starters]."""
        return np.asarray((self.kind == kind) & (self.kind != ""), dtype=np.bool_)

    def value(self, odds: Floats, kind: npt.NDArray[Any]) -> Floats:
        """What a point at the odds was worth at the close: odds x chance - 1, [starters].

        Args:
            odds: as taken, less what withdrawals since then deduct; NaN where that is not known.
            kind: of those odds.

        Returns:
            NaN without a close, without odds, and for odds of the closing kind itself.
        """
        value: Floats = np.where(self.is_taken_at(kind), np.nan, odds * self.chance - 1.0)
        return value
