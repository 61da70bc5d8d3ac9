"""Distances in miles, furlongs and yards, or in metres."""

from __future__ import annotations

import math
import re

from velo.racing.numerals import FRACTION_SIGNS
from velo.racing.reason import METRES, within
from velo.racing.typography import plain_text

METRES_PER_MILE = 1609.344
METRES_PER_FURLONG = 201.168
METRES_PER_YARD = 0.9144

_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_METRIC = re.compile(r"(\d{3,5}(?:\.\d+)?|\d{1,2},\d{3})\s?m(?:et(?:re|er)s?|trs?)?", re.ASCII)
_KILOMETRES = re.compile(r"(\d{1,2}(?:[.,]\d{1,3})?)\s?(?:kms?|kilomet(?:re|er)s?)", re.ASCII)
_IMPERIAL = re.compile(
    rf"(?:({_NUMBER})\s*(?:miles?|m))?\s*(?:({_NUMBER})\s*(?:furlongs?|furs?|f))?"
    rf"\s*(?:({_NUMBER})\s*(?:yards?|yds?|y))?",
    re.ASCII,
)
_THOUSANDTHS = re.compile(r"\d{1,2}\.\d{3}\s?m", re.ASCII)
_FRACTION = re.compile(
    r"(?:(?<![\d.])(\d{1,2})(?:\s+|-))?(?<![\d./])(\d{1,2})/(2|4|8|16)(?!\d)", re.ASCII
)
_LONGEST = 60
"""Signs of a distance."""

_BANDS: tuple[tuple[float, str], ...] = (
    (5.6, "5f"),
    (6.6, "6f"),
    (7.4, "7f"),
    (8.6, "8f"),
    (10.6, "9f-10f"),
    (12.6, "11f-12f"),
    (16.6, "13f-16f"),
)
"""Upper bounds in furlongs: a 5½f sprint is run like 5f, 6½f like 6f, 7½f and 8½f like a mile."""

DISTANCE_BANDS: tuple[str, ...] = (*(name for _, name in _BANDS), "17f+")


def metres(text: str | None) -> float | None:
    """Metres: ``'1m2½f'``, ``'5½f'``, ``'1m 2f 42y'``, ``'1m2.5f'``; ``'1650M'`` is metric.

    Three digits or more before an ``m`` are metres, fewer are miles. A number without a unit, and
    what no race is run over, is ``None``.
    """
    return within(distance_written(text), METRES)


def distance_written(text: str | None) -> float | None:
    """Metres as a text says them, however many: ``'50km'``, ``'1 1/16 miles'``, ``'7 1/2f'``.

    ``'1600'`` has no unit, and ``'1.600m'`` is 1,600 metres or 1.6 miles: both are ``None``.
    """
    plain = plain_text(text).lower()
    if len(plain) > _LONGEST or _THOUSANDTHS.fullmatch(plain):
        return None
    plain = _decimal(plain)
    if metric := _METRIC.fullmatch(plain):
        return float(metric[1].replace(",", "")) or None
    if long := _KILOMETRES.fullmatch(plain):
        return 1000 * float(long[1].replace(",", "."))
    imperial = _IMPERIAL.fullmatch(plain)
    if imperial is None:
        return None
    miles, furlongs, yards = (float(part) if part else 0.0 for part in imperial.groups())
    total = miles * METRES_PER_MILE + furlongs * METRES_PER_FURLONG + yards * METRES_PER_YARD
    return total or None


def _decimal(plain: str) -> str:
    """Fractions made decimal: ``'7½f'`` and ``'7 1/2f'`` are ``'7.5f'``."""
    for sign, share in FRACTION_SIGNS.items():
        plain = re.sub(rf"\s?{sign}", f"{share}".removeprefix("0"), plain)
    return _FRACTION.sub(_as_decimal, plain)


def _as_decimal(fraction: re.Match[str]) -> str:
    share = int(fraction[2]) / int(fraction[3])
    return str(int(fraction[1] or 0) + share) if share < 1 else fraction[0]


def distance_band(metres: float | None) -> str | None:
    """The band of :data:`DISTANCE_BANDS` within which a stall's advantage is comparable.

    Hong Kong's 1200 m falls to ``'6f'`` and its 1650 m to ``'8f'``. ``None`` for no distance.
    """
    if metres is None or not math.isfinite(metres) or metres <= 0:
        return None
    furlongs = metres / METRES_PER_FURLONG
    return next((name for bound, name in _BANDS if furlongs < bound), DISTANCE_BANDS[-1])
