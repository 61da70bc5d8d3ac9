"""Numbers as a person reads them, in a terminal and on a page.

`in_text` is for a terminal, a log and sentences that are stored; `on_page` for pages, with a true
minus. They round alike, and show the sign of nothing that rounds to nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SMALLEST = 1e-9
"""Nearer to nothing than this is nothing."""
Ends = Sequence[float | None] | None


@dataclass(frozen=True)
class Formats:
    """One way to write numbers.

    Attributes:
        unknown: what stands for a number that is None or not finite.
        minus: the sign of a negative number.
        no_interval: what stands for an interval without both ends.
    """

    unknown: str
    minus: str
    no_interval: str

    def count(self, value: float | None) -> str:
        """A count with its thousands; a share of a dead heat keeps its places, two at most."""
        if not _known(value):
            return self.unknown
        return self._signed(f"{value:,.2f}".rstrip("0").rstrip("."))

    def number(self, value: float | None, places: int = 2, sign: bool = False) -> str:
        """A plain number."""
        if not _known(value):
            return self.unknown
        return self._signed(f"{value:{'+' if sign else ''},.{places}f}")

    def odds(self, value: float | None) -> str:
        """Decimal odds."""
        return self.number(value, 2)

    def points(self, value: float | None, places: int = 1) -> str:
        """A profit or a loss in points, with its sign."""
        return self.number(value, places, sign=True)

    def nats(self, value: float | None, places: int = 4) -> str:
        """A gain or a push, with its sign."""
        return self.number(value, places, sign=True)

    def percent(self, value: float | None, places: int = 1, sign: bool = False) -> str:
        """A share of one as a percentage."""
        if value is None or not _known(value):
            return self.unknown
        return self._signed(f"{100 * float(value):{'+' if sign else ''},.{places}f}%")

    def roi(self, value: float | None) -> str:
        """A return on what was staked, with its sign."""
        return self.percent(value, sign=True)

    def significant(self, value: float | None) -> str:
        """A number of which only the size is known beforehand: three digits that count."""
        if value is None or not _known(value):
            return self.unknown
        size = abs(float(value))
        if size >= 1000:
            return self._signed(f"{value:,.0f}")
        if size >= 1e-4 or size < SMALLEST:
            return self._signed(f"{value if size >= SMALLEST else 0:.3g}")
        return self._signed(f"{value:.{1 - math.floor(math.log10(size))}f}")

    def numbers(self, ends: Ends, places: int = 2, sign: bool = False) -> str:
        """An interval of plain numbers."""
        return self._ends(ends, [self.number(end, places, sign) for end in ends or ()])

    def percents(self, ends: Ends, places: int = 1, sign: bool = False) -> str:
        """An interval of shares as percentages."""
        return self._ends(ends, [self.percent(end, places, sign) for end in ends or ()])

    def trimmed(self, value: float) -> str:
        """A number of an axis, without needless noughts."""
        return self._signed(f"{round(value, 10):g}")

    def trimmed_percent(self, value: float, digits: int = 3) -> str:
        """A share of one as a percentage without needless noughts."""
        return self._signed(f"{100 * value:.{digits}g}%")

    def day(self, iso: str) -> str:
        """2019-05-04 as 4 May 2019, and 2019-05 as May 2019."""
        if len(iso) == 7:
            return date.fromisoformat(iso + "-01").strftime("%b %Y")
        when = date.fromisoformat(iso[:10])
        return f"{when.day} {when:%b %Y}"

    def _ends(self, ends: Ends, texts: Sequence[str]) -> str:
        if ends is None or any(not _known(end) for end in ends):
            return self.no_interval
        return f"{texts[0]} to {texts[1]}"

    def _signed(self, text: str) -> str:
        # A value that rounds to nothing has no sign.
        bare = text.lstrip("+-")
        if text[:1] in "+-" and not bare.strip("0.,%"):
            return bare
        return text.replace("-", self.minus)


in_text = Formats(unknown="-", minus="-", no_interval="-")
on_page = Formats(unknown="–", minus="\u2212", no_interval="no interval")


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
