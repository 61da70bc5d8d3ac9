"""Selections Top10, Top20, Top30 and All (evaluation.md, Selections).

A selection is made by a value known before the race (expected value by default) against a cut-off
that was set on an earlier period, so it needs no sight of the other races of its own period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from velo.arrays import Flags, Floats
from velo.errors import DataError
from velo.settings import OddsBand

SHARES = {"top10": 0.10, "top20": 0.20, "top30": 0.30}


@dataclass(frozen=True)
class Cutoffs:
    """The value that a selection must **exceed** for each bucket."""

    top10: float
    top20: float
    top30: float
    curve: tuple[float, ...] = ()
    """The same for every whole percent from 1 to 99."""

    def to_dict(self) -> dict[str, float]:
        """Bucket to cut-off, plain JSON."""
        return {"top10": self.top10, "top20": self.top20, "top30": self.top30}


def expected_value(p: Floats, decision_odds: Floats) -> Floats:
    """Expected profit of one point at the decision price, P * odds - 1."""
    value: Floats = p * decision_odds - 1.0
    return value


def in_band(decision_odds: Floats, band: OddsBand) -> Flags:
    """Whether a price is in the band, both ends included; a missing price is not."""
    inside: Flags = (decision_odds >= band.low) & (decision_odds <= band.high)
    return inside


def cutoffs(value: Floats) -> Cutoffs:
    """Cut-offs over the in-band predictions of the preceding period, [rows].

    With n values and k = floor(share * n) the cut-off is the (k+1)-th highest value, which a
    selection must exceed. So a bucket never holds more than its share: runners tied at the
    boundary are all left out, rather than all let in.

    Raises:
        DataError: there is no prediction in the band.
    """
    known = np.sort(value[np.isfinite(value)])[::-1]
    if not len(known):
        raise DataError(
            "no out-of-fold prediction lies in the odds band; widen odds_band or import prices"
        )
    # The hair keeps a product such as 0.1 * 30 from falling short of its whole number.
    curve = tuple(float(known[int(k / 100 * len(known) + 1e-9)]) for k in range(1, 100))
    above = {name: curve[round(share * 100) - 1] for name, share in SHARES.items()}
    return Cutoffs(**above, curve=curve)


def select(value: Floats, decision_odds: Floats, band: OddsBand, cutoff: float) -> Flags:
    """Runners in the band whose value exceeds the cut-off; NaN never does."""
    chosen: Flags = in_band(decision_odds, band) & (value > cutoff)
    return chosen


def select_all(p: Floats, decision_odds: Floats, band: OddsBand) -> Flags:
    """`All`: every runner in the band with positive expected value."""
    return select(expected_value(p, decision_odds), decision_odds, band, 0.0)
