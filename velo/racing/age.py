"""A horse's age."""

from __future__ import annotations

import re

from velo.racing.numerals import whole
from velo.racing.typography import plain_text

_WITH_UNIT = re.compile(r"(\d{1,2})\s?(?:yo|y\.o\.|years? old|years?|yrs?)", re.ASCII)


def years(text: str | None) -> int | None:
    """Years: ``'4'``, ``'4.0'``, ``'4yo'``; ``None`` for anything else, bands as ``'4yo+'`` too."""
    unit = _WITH_UNIT.fullmatch(plain_text(text).lower())
    return int(unit[1]) if unit else whole(text)
