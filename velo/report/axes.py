"""The frame of a chart: where its plane lies, its grid, and what stands along its sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from velo.formats import on_page as formats
from velo.report.svg import Drawing, Scale


@dataclass(frozen=True)
class Frame:
    """The plane of a drawing between its margins, pixels."""

    image: Drawing
    left: int
    right: int
    top: int
    bottom: int

    @property
    def left_edge(self) -> float:
        """x of the plane's left side."""
        return float(self.left)

    @property
    def right_edge(self) -> float:
        """x of its right side."""
        return float(self.image.width - self.right)

    @property
    def top_edge(self) -> float:
        """y of its upper side."""
        return float(self.top)

    @property
    def foot(self) -> float:
        """y of its lower side."""
        return float(self.image.height - self.bottom)

    def horizontal(self, low: float, high: float, log: bool = False) -> Scale:
        """A scale from left to right."""
        return Scale(low, high, self.left_edge, self.right_edge, log)

    def vertical(self, low: float, high: float, log: bool = False) -> Scale:
        """A scale from the foot upwards."""
        return Scale(low, high, self.foot, self.top_edge, log)

    def below(self, words: str) -> None:
        """The name of the horizontal axis."""
        middle = (self.left_edge + self.right_edge) / 2
        self.image.text((middle, self.image.height - 6), words, "label muted", "middle")


def grid(
    frame: Frame,
    y: Scale,
    at: Sequence[float],
    text: Callable[[float], str],
    zero: float | None = None,
) -> None:
    """Level lines with their values; the one at `zero` is stronger."""
    for value in at:
        height = y.at(value)
        strong = zero is not None and abs(value - zero) < 1e-12
        if not strong:
            frame.image.line((frame.left_edge, height), (frame.right_edge, height), "grid")
        frame.image.text((frame.left_edge - 8, height + 4), text(value), "label", "end")
    if zero is not None and y.low <= zero <= y.high:
        frame.image.line((frame.left_edge, y.at(zero)), (frame.right_edge, y.at(zero)), "neutral")


def uprights(frame: Frame, x: Scale, at: Sequence[float], zero: float) -> None:
    """Vertical lines; the one at `zero` is stronger."""
    for value in at:
        style = "neutral" if abs(value - zero) < 1e-12 else "grid"
        frame.image.line((x.at(value), frame.top_edge), (x.at(value), frame.foot), style)


def feet(frame: Frame, x: Scale, at: Sequence[tuple[float, str]]) -> None:
    """Words along the foot."""
    for value, words in at:
        frame.image.text((x.at(value), frame.foot + 18), words, "label", "middle")


def months(frame: Frame, x: Scale, days: Sequence[str], most: int) -> None:
    """The first days of months within the span, at most so many of them."""
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    starts = []
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        if date(year, month, 1) >= first:
            starts.append(date(year, month, 1))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    every = max(1, -(-len(starts) // most))
    for start in starts[::every]:
        place = x.at(start.toordinal())
        frame.image.line((place, frame.foot), (place, frame.foot + 4), "tick")
        anchor = "middle" if place + 28 < frame.right_edge + frame.right else "end"
        frame.image.text(
            (place, frame.foot + 18), formats.day(start.isoformat()[:7]), "label", anchor
        )


def room(words: Iterable[str]) -> int:
    """Pixels that the longest of these takes at the left of a chart, and a gap."""
    return 16 + 8 * max((len(each) for each in words), default=0)


def ordinal(day: str) -> int:
    """A day's number, so that distances are days."""
    return date.fromisoformat(day).toordinal()


def padded(low: float, high: float) -> tuple[float, float]:
    """The span with a little room at both ends; never empty."""
    room = (high - low) * 0.06 or 1.0
    return low - room, high + room
