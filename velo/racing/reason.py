"""What a figure of racing can be: whatever lies beyond is a slip of the pen or another column's.

A figure beyond reason is no figure: the warehouse keeps null, and counts the cell as one that was
not read. The bounds are wide: each lies well outside of what has been seen on a racecourse, and
inside of what a spreadsheet's day number (45293) or a mistyped digit makes.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Fault = Literal["unreadable", "beyond-reason"]
"""Why a cell was not read: no rule knows its text, or its figure cannot be."""


class Bound(NamedTuple):
    """The least and the most that a figure can be, both included.

    ``blank`` is the figure that a source writes for none, where it has one: stall 0 over jumps.
    """

    least: float
    most: float
    blank: float | None = None

    def holds(self, figure: float) -> bool:
        """Whether a figure lies within; NaN does not."""
        return self.least <= figure <= self.most


# A price returns more than the stake: 1.01 is the exchange's least, but the tote pays less over it.
PRICE = Bound(1.0 + 2.0**-52, 1001.0, blank=0.0)
"""Decimal odds. Bookmakers lay 1000/1 at the most, the exchange 999/1."""

PLACE = Bound(1, 60)
"""A finishing position. The largest field of a race had 66 runners, the Grand National of 1929,
when 9 of them finished; no field of this century passes 40."""

POUNDS = Bound(84, 210)
"""Weight carried: under 6 stone no horse was ever set, over 15 stone none is today."""

AGE = Bound(1, 25)
"""Years. The oldest winner in Britain was 18, the oldest runner 22."""

STALL = Bound(1, 60, blank=0)
"""Stalls: the widest gates hold 30. Cards write 0 over jumps, where there are none."""

NUMBER = Bound(1, 99, blank=0)
"""Saddlecloth numbers have two digits."""

RUNNERS = Bound(1, 99, blank=0)
"""Runners of a race."""

RACE_NUMBER = Bound(1, 60, blank=0)
"""Races of one meeting: long American cards have 15, festivals number theirs through."""

RATING = Bound(-50, 250)
"""Ratings in pounds. The highest were given over jumps: 212 to Arkle by Timeform. Speed figures of
a slow race fall below 0."""

LENGTHS = Bound(0, 500)
"""Lengths behind the winner: a horse tailed off over four miles is 250 behind."""

SECONDS = Bound(10, 1200)
"""Seconds of a race: two furlongs from a standing start take 20, four and a half miles 600."""

SECTION = Bound(5, 120)
"""Seconds of a section of 200 to 600 metres."""

METRES = Bound(100, 8000)
"""Metres of a race. The longest in the calendar is the Anjou-Loire Challenge over 7,300."""

PRIZE = Bound(0.01, 1e10, blank=0.0)
"""Prize money in any currency: the richest race is worth 30 million dollars, or 4.4e9 yen."""


def fault(figure: float | None, bound: Bound) -> Fault | None:
    """Why a written cell is not the figure that it was read as; ``None`` where it is.

    Args:
        figure: what a rule made of the cell, ``None`` where it could not.
        bound: what such figures can be.
    """
    if figure is None:
        return "unreadable"
    if figure == bound.blank or bound.holds(figure):
        return None
    return "beyond-reason"


def within(figure: float | None, bound: Bound) -> float | None:
    """The figure, or ``None`` where it is beyond reason or stands for none."""
    if figure is None or figure == bound.blank or not bound.holds(figure):
        return None
    return figure
