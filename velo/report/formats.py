"""Numbers as a reader sees them: a true minus, the sign where it matters, a dash where unknown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

NOTHING = "–"
MINUS = "\u2212"
SMALLEST = 1e-9
"""Nearer to nothing than this is nothing."""
Ends = Sequence[float | None] | None


def count(value: float | None) -> str:
    """A count with its thousands; a share of a dead heat keeps its places, two at most."""
    if not _known(value):
        return NOTHING
    return _true(f"{value:,.2f}".rstrip("0").rstrip("."))


def number(value: float | None, places: int = 2, sign: bool = False) -> str:
    """A plain number."""
    if not _known(value):
        return NOTHING
    return _true(f"{value:{'+' if sign else ''},.{places}f}")


def nats(value: float | None) -> str:
    """A gain or a push, with its sign."""
    return number(value, 4, sign=True)


def percent(value: float | None, places: int = 1, sign: bool = False) -> str:
    """A share of one as a percentage."""
    if not _known(value):
        return NOTHING
    return _true(f"{100 * float(value):{'+' if sign else ''},.{places}f}%")  # type: ignore[arg-type]


def significant(value: float | None) -> str:
    """A number of which only the size is known beforehand: three digits that count."""
    if not _known(value):
        return NOTHING
    size = abs(float(value))  # type: ignore[arg-type]
    if size >= 1000:
        return _true(f"{value:,.0f}")
    if size >= 1e-4 or size < SMALLEST:
        return _true(f"{value if size >= SMALLEST else 0:.3g}")
    return _true(f"{value:.{1 - math.floor(math.log10(size))}f}")


def numbers(ends: Ends, places: int = 2, sign: bool = False) -> str:
    """An interval of plain numbers."""
    return _ends(ends, [number(end, places, sign) for end in ends or ()])


def percents(ends: Ends, places: int = 1, sign: bool = False) -> str:
    """An interval of shares as percentages."""
    return _ends(ends, [percent(end, places, sign) for end in ends or ()])


def trimmed(value: float) -> str:
    """A number of an axis, without needless noughts."""
    return _true(f"{round(value, 10):g}")


def day(iso: str) -> str:
    """2019-05-04 as 4 May 2019, and 2019-05 as May 2019."""
    if len(iso) == 7:
        return date.fromisoformat(iso + "-01").strftime("%b %Y")
    when = date.fromisoformat(iso[:10])
    return f"{when.day} {when:%b %Y}"


def _ends(ends: Ends, texts: Sequence[str]) -> str:
    if ends is None or any(not _known(end) for end in ends):
        return "no interval"
    return f"{texts[0]} to {texts[1]}"


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _true(text: str) -> str:
    # A value that rounds to nothing has no sign.
    bare = text.lstrip("+-")
    if text[:1] in "+-" and not bare.strip("0.,%"):
        return bare
    return text.replace("-", MINUS)
