"""Weight carried."""

from __future__ import annotations

import re

from velo.racing.reason import POUNDS, within
from velo.racing.typography import plain_text

POUNDS_PER_STONE = 14
POUNDS_PER_KILOGRAM = 1 / 0.45359237

# A stone with a nought before it is a spreadsheet's: `08-10` may have been 8-10 or 10-8.
_STONES = re.compile(
    r"([1-9]\d?)(?:\s?-\s?|\s?st(?:one)?s?\.?\s?)(\d{1,2})\s?(?:lbs?\.?|pounds?)?", re.ASCII
)
_BARE_STONES = re.compile(r"([1-9]\d?)\s?st(?:one)?s?\.?", re.ASCII)
_POUNDS = re.compile(r"(\d{2,7}(?:\.\d*)?)\s?(?:lbs?\.?|pounds?)?", re.ASCII)
_KILOGRAMS = re.compile(r"(\d{2,3}(?:[.,]\d{1,2})?)\s?(?:kgs?\.?|kilos?)", re.ASCII)


def pounds(text: str | None) -> float | None:
    """Pounds from stones and pounds or from pounds: ``'9-4'`` and ``'130'`` are both 130.0.

    What no horse is asked to carry (under 6 stone or over 15) is no weight in pounds: ``None``,
    so that a kilogram figure without its unit is never taken for pounds.
    """
    return within(weight_written(text), POUNDS)


def weight_written(text: str | None) -> float | None:
    """Pounds as a text says them, however many: ``'9-4'``, ``'9st 4lb'``, ``'57.5kg'``, ``'1100'``.

    ``'09-Apr'``, a spreadsheet's 9-4, and ``'9-14'`` are ``None``.
    """
    plain = plain_text(text).lower()
    if stones := _STONES.fullmatch(plain):
        over = int(stones[2])
        return float(int(stones[1]) * POUNDS_PER_STONE + over) if over < POUNDS_PER_STONE else None
    if bare := _BARE_STONES.fullmatch(plain):
        return float(int(bare[1]) * POUNDS_PER_STONE)
    if metric := _KILOGRAMS.fullmatch(plain):
        return float(metric[1].replace(",", ".")) * POUNDS_PER_KILOGRAM
    written = _POUNDS.fullmatch(plain)
    return float(written[1]) if written else None
