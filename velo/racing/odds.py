"""Prices as bookmakers and results pages write them, made decimal."""

from __future__ import annotations

import re
from typing import NamedTuple

from velo.racing.reason import PRICE, within
from velo.racing.typography import plain_text

# A part with a nought before it is a spreadsheet's day or month: `07/02` was 7/2 or 2/7.
_PART = r"(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)"
_FRACTION = re.compile(
    rf"({_PART}(?:\.\d+)?|0?\.\d+)\s?(?:/|to)\s?({_PART})|({_PART})\s?-\s?({_PART})", re.ASCII
)
_DECIMAL = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+", re.ASCII)
_EVENS = re.compile(r"ev(?:en)?s?|even money")
_MARK = re.compile(
    r"\s*\(?\s*((?:jt|joint|co|j|c)?[\s.-]*(?:favs?|favou?rites?|f)|[jc])"
    r"\.?(?:\s*of\s*\d)?\s*\)?$"
)
_LONGEST = 80
"""Signs of a price: the exchange writes forty."""
# The lookbehinds keep a search over a long run of digits from starting inside it.
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

    A price that returns no more than the stake (decimal 1.0 or less), or more than anybody ever
    laid (above 1000/1), is no price: ``None``.
    """
    return within(odds_written(text), PRICE)


def odds_written(text: str | None) -> float | None:
    """Decimal odds as a text says them, however long: ``'11-4'``, ``'5/2 fav'``, ``'1,000/1'``.

    A spreadsheet's day (``'07-Feb'``, ``'07/02'``) and ``'1/0'`` are ``None``.
    """
    plain = _plain(text)
    bare = plain if plain is None else _MARK.sub("", plain)
    if bare is None:
        return None
    if _EVENS.fullmatch(bare):
        return 2.0
    if fraction := _FRACTION.fullmatch(bare):
        won, staked = (float(part.replace(",", "")) for part in fraction.groups() if part)
        return 1.0 + won / staked
    if _DECIMAL.fullmatch(bare):
        return float(bare.replace(",", ""))
    return None


def _plain(text: str | None) -> str | None:
    plain = plain_text(text).lower()
    return plain if 0 < len(plain) <= _LONGEST else None


def opening_and_touched(comment: str | None) -> PriceMoves:
    """Opening and touched prices from the end of a comment: ``'(op 6/1 tchd 11/2 and 5/1)'``.

    A price touched only in places counts as touched; ``'(op 5/1 - 11/2 in a place)'`` names its
    touched price after the dash. A comment without price moves gives two empty lists.
    """
    moves = PriceMoves([], [])
    groups = _MOVES.findall(comment) if comment else []
    if not groups:
        return moves
    prices = moves.opening
    for token in _MOVE.finditer(groups[-1]):
        if token["opening"]:
            prices = moves.opening
        elif token["touched"]:
            prices = moves.touched
        elif (price := decimal_odds(token["price"])) is not None:
            prices.append(price)
    return moves
