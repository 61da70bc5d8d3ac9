"""The ledger's charts: profit so far with its band, and a figure along the days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from velo.formats import on_page as formats
from velo.report import axes
from velo.report.axes import Frame
from velo.report.charts import WIDE
from velo.report.svg import Drawing, Scale, ticks


def profit(course: Mapping[str, Any], size: str) -> Drawing:
    """Points so far, with the 95% band by race day if there is one."""
    days, path, low, high = (course[name] for name in ("days", "profit", "low", "high"))
    spoken = f"{formats.number(path[-1], 1, sign=True)} points on {formats.day(days[-1])}"
    if low:
        spoken += f", 95% {formats.numbers([low[-1], high[-1]], 1, sign=True)}"
    image, frame, x = _plane("profit", "Profit so far by race day", spoken, days, size)
    y = frame.vertical(*axes.padded(min(0.0, *path, *low), max(0.0, *path, *high)))
    axes.grid(frame, y, ticks(y.low, y.high), lambda value: formats.number(value, 0), zero=0.0)
    at = [x.at(axes.ordinal(day)) for day in days]
    if low:
        image.area(
            [(place, y.at(value)) for place, value in zip(at, high, strict=True)],
            [(place, y.at(value)) for place, value in zip(at, low, strict=True)],
            "band",
        )
    image.path([(place, y.at(value)) for place, value in zip(at, path, strict=True)], "path main")
    return image


def along(
    name: str,
    title: str,
    days: Sequence[str],
    values: Sequence[float | None],
    neutral: float,
    text: Callable[[float], str],
    size: str,
) -> Drawing:
    """A figure along the days against a level that says nothing; the line breaks where it does."""
    known = [value for value in values if value is not None]
    spoken = f"{title}: {text(known[-1])} at the last, {text(min(known))} to {text(max(known))}"
    image, frame, x = _plane(name, title, spoken, days, size)
    y = frame.vertical(*axes.padded(min(neutral, *known), max(neutral, *known)))
    axes.grid(frame, y, ticks(y.low, y.high), text, zero=neutral)
    piece: list[tuple[float, float]] = []
    for day, value in [*zip(days, values, strict=True), (days[-1], None)]:
        if value is not None:
            piece.append((x.at(axes.ordinal(day)), y.at(value)))
        elif piece:
            image.path(piece, "path main")
            piece = []
    return image


def _plane(
    name: str, title: str, spoken: str, days: Sequence[str], size: str
) -> tuple[Drawing, Frame, Scale]:
    """An image over the days, and its frame and horizontal scale."""
    width, height = (960, 300) if size == WIDE else (340, 260)
    image = Drawing(f"{name}-{size}", title, spoken, width, height)
    frame = Frame(image, left=56, right=16, top=12, bottom=30)
    first, last = axes.ordinal(days[0]), axes.ordinal(days[-1])
    axes_x = frame.horizontal(first, max(last, first + 1))
    axes.months(frame, axes_x, days, 10 if size == WIDE else 4)
    return image, frame, axes_x
