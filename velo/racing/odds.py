"""Prices as bookmakers and results pages write them, made decimal."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_FRACTION = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(\d+)")
_DECIMAL = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_EVENS = re.compile(r"ev(?:en)?s?")
# The lookbehinds keep a search over a long run of blanks or digits from starting inside it.
_MARK = re.compile(r"(?<!\s)\s*([jc]?f|[jc])$")
_MOVES = re.compile(r"\(\s*((?:op|opened|tchd|touched)\b[^)]*)", re.IGNORECASE)
_MOVE = re.compile(
    r"(?P<opening>\bop(?:ened)?\b)|(?P<touched>\b(?:tchd|touched)\b|\s-\s)"
    r"|(?P<price>(?<!\d)\d++(?:\.\d++)?\s*+/\s*\d+|(?<!\d)\d++\.\d+|\bev(?:en)?s\b)",
    re.IGNORECASE,
)


class PriceMoves(NamedTuple):
    """On-course prices before the off, decimal, in the order the comment tells them."""

    opening: list[float]
    touched: list[float]


def decimal_odds(text: str | None) -> float | None:
    """Decimal odds, stake included: ``'2/1F'`` is 3.0, ``'EvensF'`` 2.0, ``'5.5'`` 5.5.

    A price that returns no more than the stake (decimal 1.0 or less), or more than a float holds,
    is no price: ``None``.
    """
    if text is None:
        return None
    bare = _MARK.sub("", text.strip().lower())
    if _EVENS.fullmatch(bare):
        return 2.0
    if fraction := _FRACTION.fullmatch(bare):
        won, staked = float(fraction[1]), float(fraction[2])
        price = 1.0 + won / staked if staked > 0 else math.inf
    elif _DECIMAL.fullmatch(bare):
        price = float(bare)
    else:
        return None
    return price if 1.0 < price < math.inf else None


def favourite_mark(text: str | None) -> str | None:
    """``'F'`` favourite, ``'J'`` joint favourite, ``'C'`` co-favourite of three or more."""
    if text is None or decimal_odds(text) is None:
        return None
    mark = _MARK.search(text.strip().lower())
    return mark[1][0].upper() if mark else None


def opening_and_touched(comment: str | None) -> PriceMoves:
    """Opening and touched prices from the end of a comment: ``'(op 6/1 tchd 11/2 and 5/1)'``.

    A price touched only in places counts as touched; ``'(op 5/1 - 11/2 in a place)'`` names its
    touched price after the dash. A comment without price moves gives two empty lists.
    """
    moves = PriceMoves([], [])
    groups = _MOVES.findall(comment) if comment else []
    if not groups:
        return moves
    told = moves.opening
    for token in _MOVE.finditer(groups[-1]):
        if token["opening"]:
            told = moves.opening
        elif token["touched"]:
            told = moves.touched
        elif (price := decimal_odds(token["price"])) is not None:
            told.append(price)
    return moves
