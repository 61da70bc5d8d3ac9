"""Drawing in SVG: scales, axes and marks. Colours are classes, so a page's style decides them.

Every text is escaped; coordinates are in CSS pixels, y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

Point = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """A span of values laid on a span of pixels, in proportion or by logarithm."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value; one outside the span lies outside the pixels."""
        low, high, here = self.low, self.high, value
        if self.log:
            low, high, here = math.log(low), math.log(high), math.log(value)
        return self.start + (self.end - self.start) * (here - low) / (high - low)

    def held(self, value: float) -> float:
        """The pixel of a value, or of the nearer end where it lies outside."""
        return self.at(min(max(value, self.low), self.high))


@dataclass
class Drawing:
    """An image under construction.

    Attributes:
        name: distinguishes its ids from other images' on a page.
        title, description: for those who hear the page.
        width, height: pixels.
    """

    name: str
    title: str
    description: str
    width: int
    height: int
    _marks: list[str] = field(default_factory=list)

    def line(self, start: Point, end: Point, style: str) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        self._marks.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'
        )

    def path(self, points: Iterable[Point], style: str) -> None:
        """A line through points."""
        through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._marks.append(f'<polyline points="{through}" class="{style}"/>')

    def area(self, upper: Sequence[Point], lower: Sequence[Point], style: str) -> None:
        """The area between two lines."""
        around = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
        self._marks.append(f'<polygon points="{around}" class="{style}"/>')

    def dot(self, at: Point, style: str, title: str) -> None:
        """A round mark that says what it is when pointed at."""
        x, y = at
        self._marks.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="{style}">'
            f"<title>{escape(title)}</title></circle>"
        )

    def square(self, at: Point, style: str, title: str) -> None:
        """A square mark, told from a round one without colour."""
        x, y = at
        self._marks.append(
            f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" class="{style}">'
            f"<title>{escape(title)}</title></rect>"
        )

    def text(self, at: Point, words: str, style: str = "label", anchor: str = "start") -> None:
        """Words; `anchor` is start, middle or end."""
        x, y = at
        self._marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">'
            f"{escape(words)}</text>"
        )

    def __html__(self) -> str:
        """The image's element; a template takes it as it is, for every text in it is escaped."""
        name = escape(self.name)
        return (
            f'<svg class="chart" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" aria-labelledby="{name}-title {name}-desc">'
            f'<title id="{name}-title">{escape(self.title)}</title>'
            f'<desc id="{name}-desc">{escape(self.description)}</desc>'
            f"{''.join(self._marks)}</svg>"
        )


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values from `low` to `high`: 1, 2 or 5 times a power of ten apart."""
    if not high > low:
        return [low]
    rough = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((power * factor for factor in (1, 2, 5, 10) if power * factor >= rough), power * 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Values of 1, 2 and 5 times powers of ten within the span; fewer where those are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        values = [factor * 10.0**power for power in powers for factor in factors]
        inside = [value for value in values if low * 0.999 <= value <= high * 1.001]
        if len(inside) <= most:
            return inside
    return inside


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, in their order, at least `apart` from one another.

    They lie from `low` to `high`, where there is room for all of them.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    for before, here in pairwise(order):
        placed[here] = max(placed[here], placed[before] + apart)
    excess = sum(placed[i] - wanted[i] for i in order) / max(len(order), 1)
    for place, i in enumerate(order):
        least, most = low + place * apart, high - (len(order) - 1 - place) * apart
        placed[i] = min(max(placed[i] - excess, least), most)
    return placed
