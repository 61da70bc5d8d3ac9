"""Distances in miles, furlongs and yards, or in metres."""

from __future__ import annotations

import math
import re

METRES_PER_MILE = 1609.344
METRES_PER_FURLONG = 201.168
METRES_PER_YARD = 0.9144

_HALVES = {"½": ".5", "¼": ".25", "¾": ".75"}
_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_METRIC = re.compile(r"(\d{3,5}(?:\.\d+)?)\s*m(?:etres|eters)?")
_IMPERIAL = re.compile(
    rf"(?:{_NUMBER}\s*m)?\s*(?:{_NUMBER}\s*f)?\s*(?:{_NUMBER}\s*y(?:ds?|ards?)?)?"
)

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

    Three digits or more before an ``m`` are metres, fewer are miles.
    """
    if text is None:
        return None
    said = text.strip().lower()
    for sign, decimals in _HALVES.items():
        said = said.replace(sign, decimals)
    if metric := _METRIC.fullmatch(said):
        return float(metric[1]) or None
    imperial = _IMPERIAL.fullmatch(said)
    if imperial is None:
        return None
    miles, furlongs, yards = (float(part) if part else 0.0 for part in imperial.groups())
    total = miles * METRES_PER_MILE + furlongs * METRES_PER_FURLONG + yards * METRES_PER_YARD
    return total or None


def distance_band(metres: float | None) -> str | None:
    """The band of :data:`DISTANCE_BANDS` within which a stall's advantage is comparable.

    Hong Kong's 1200 m falls to ``'6f'`` and its 1650 m to ``'8f'``. ``None`` for no distance.
    """
    if metres is None or not math.isfinite(metres) or metres <= 0:
        return None
    furlongs = metres / METRES_PER_FURLONG
    return next((name for bound, name in _BANDS if furlongs < bound), DISTANCE_BANDS[-1])
