"""How much a score counts at a price (evaluation.md, The line beside the market).

A price is the more wrong the longer it is: what the features say of an outsider moves its chance
by more than the same words move a favourite's. The scale is in the fair price, without the
book's margin, so that it is the same for a tote and an exchange.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from velo.arrays import Floats

EVEN = 9.8
"""Fair odds at which a score counts once: the tote's 8.0 less its margin."""
LEAST, MOST = 0.6, 3.0


@dataclass(frozen=True)
class PriceScale:
    """h = clip((1 / (even * pi))^exponent, least, most).

    Attributes:
        exponent: 0 counts a score alike at every price.
        even: fair decimal odds at which h is 1.
        least, most: bounds of h.
    """

    exponent: float = 0.45
    even: float = EVEN
    least: float = LEAST
    most: float = MOST

    def of(self, fair: Floats) -> Floats:
        """h of each runner, [rows], from its de-vigged probability; NaN without one."""
        scale: Floats = np.clip((self.even * fair) ** -self.exponent, self.least, self.most)
        return scale

    def to_dict(self) -> dict[str, float]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> PriceScale:
        """Read what `to_dict` wrote."""
        return cls(**{name: float(value) for name, value in plain.items()})
