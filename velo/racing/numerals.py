"""Plain numbers: `6`, `6.0`, `.5`, `1,250`, and those with a fraction: `2¾`, `1 1/4`, `2-3/4`."""

from __future__ import annotations

import math
import re

from velo.racing.typography import plain_text

FRACTION_SIGNS = {
    "½": 0.5,
    "¼": 0.25,
    "¾": 0.75,
    "⅛": 0.125,
    "⅜": 0.375,
    "⅝": 0.625,
    "⅞": 0.875,
}

_NUMBER = re.compile(r"([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)", re.ASCII)
_MIXED = re.compile(r"(?:(\d{1,3})(?:\s+|-))?(\d)/(2|4|8|16)", re.ASCII)
_SIGNED = re.compile(rf"(\d{{0,3}})\s*([{''.join(FRACTION_SIGNS)}])", re.ASCII)


def number(text: str | None) -> float | None:
    """A plain number; ``None`` for anything else, and for more than a float holds.

    A comma parts thousands and nothing else: ``'1,250'`` is 1250, ``'1,5'`` no number.
    """
    read = _NUMBER.fullmatch(plain_text(text))
    if read is None:
        return None
    figure = float(read[2].replace(",", ""))
    if math.isinf(figure):
        return None
    return -figure if read[1] == "-" else figure


def whole(text: str | None) -> int | None:
    """A whole number, also as ``'6.0'``; ``None`` for anything else."""
    figure = number(text)
    return int(figure) if figure is not None and figure.is_integer() else None


def mixed(text: str | None) -> float | None:
    """A number that may end in a fraction: ``'2¾'``, ``'½'``, ``'1 1/4'``, ``'2-3/4'``, ``'3'``.

    ``'11/4'`` is none: whether it is two and three quarters or one and a quarter is not told.
    """
    plain = plain_text(text)
    if signed := _SIGNED.fullmatch(plain):
        return float(signed[1] or 0) + FRACTION_SIGNS[signed[2]]
    if parts := _MIXED.fullmatch(plain):
        share = int(parts[2]) / int(parts[3])
        return float(parts[1] or 0) + share if share < 1 else None
    return number(plain)
