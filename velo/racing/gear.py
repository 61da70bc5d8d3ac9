"""What a horse wears: headgear, tongue tie and the like, as files write it.

Hong Kong separates pieces by a slash and adds 1 for the first time, 2 for again and - for taken off
(`B1/TT-`); British files write small letters in a row (`tp`, `e/s` for an eyeshield).
"""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"[/,+\s]+")
_FIRST_TIME = re.compile(r"[A-Za-z]1")
_WORD = 3
"""Small letters up to so many are pieces in a row; more are a word."""


def worn(text: str | None) -> frozenset[str]:
    """The pieces that are worn, in small letters, without what the source says of first times.

    Args:
        text: as the source has it; None or nothing is nothing worn.
    """
    pieces: set[str] = set()
    for token in _BETWEEN.split((text or "").replace("e/s", "es").strip()):
        piece = token.rstrip("12")
        if not piece or piece.endswith("-"):
            continue
        if piece.islower() and piece != "es" and len(piece) <= _WORD:
            pieces |= set(piece)
        else:
            pieces.add(piece.lower())
    return frozenset(pieces)


def first_time(text: str | None) -> bool:
    """Whether the source says that something is worn for the first time: ``'B1/TT'``."""
    return _FIRST_TIME.search(text or "") is not None


def taken_off(last: str | None, today: str | None) -> bool:
    """Whether something that was worn at the last start is not worn today."""
    return bool(worn(last) - worn(today))
