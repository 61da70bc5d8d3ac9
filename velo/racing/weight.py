"""Weight carried."""

from __future__ import annotations

import re

POUNDS_PER_STONE = 14

_STONES = re.compile(r"(\d{1,2})-(\d{1,2})")
_POUNDS = re.compile(r"\d{2,3}(?:\.\d+)?")
_LIGHTEST, _HEAVIEST = 84.0, 210.0


def pounds(text: str | None) -> float | None:
    """Pounds from stones and pounds or from pounds: ``'9-4'`` and ``'130'`` are both 130.0.

    What no horse is asked to carry (under 6 stone or over 15) is no weight in pounds: ``None``,
    so that a kilogram figure is never taken for pounds.
    """
    if text is None:
        return None
    said = text.strip()
    if stones := _STONES.fullmatch(said):
        over = int(stones[2])
        weight = float(int(stones[1]) * POUNDS_PER_STONE + over)
        return weight if over < POUNDS_PER_STONE and _LIGHTEST <= weight <= _HEAVIEST else None
    if _POUNDS.fullmatch(said):
        weight = float(said)
        return weight if _LIGHTEST <= weight <= _HEAVIEST else None
    return None
