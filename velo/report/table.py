"""A table as the page sets it: columns, cells with what they sort by, and a caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from velo.formats import Ends
from velo.formats import on_page as formats


@dataclass(frozen=True)
class Column:
    """A column; numbers stand to the right and sort as numbers."""

    label: str
    numeric: bool = True


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        text: what it says.
        value: what it sorts by; None sorts last, whichever way.
        detail: beneath, smaller: an interval, a count.
        mark: a word of the style: `good`, `bad`.
        bar: a share of the widest bar in its column, drawn behind the number.
        lines: further lines, as what moved a runner.
    """

    text: str
    value: float | str | None = None
    detail: str = ""
    mark: str = ""
    bar: float | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageTable:
    """A table; its rows' first cells are their heads."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    folded: bool = False
    """Whether it is shown only when asked for."""


def word(text: str, detail: str = "", mark: str = "") -> Cell:
    """A cell of words, sorted by them."""
    return Cell(text, text, detail, mark)


def count(value: float | None) -> Cell:
    """A cell of a count."""
    return Cell(formats.count(value), value)


def percent(value: float | None, ends: Ends) -> Cell:
    """A return with its interval."""
    interval = "" if value is None else formats.percents(ends, 0, sign=True)
    return Cell(formats.percent(value, sign=True), value, interval)


def ratio(value: float | None, ends: Ends) -> Cell:
    """A ratio about 1 with its interval."""
    return Cell(formats.number(value), value, "" if value is None else formats.numbers(ends))


def closing_value(figures: Mapping[str, Any], name: str = "clv") -> Cell:
    """A cell of a closing value with its interval, bets and race days; of nothing a dash.

    Args:
        figures: that hold `name`, `<name>_bets`, `<name>_days`, and `<name>_low`, `<name>_high` or
            `<name>_ci`; those of before closing values were hold none.
        name: of the figure.
    """
    value, bets = figures.get(name), figures.get(f"{name}_bets")
    if value is None or not bets:
        return Cell(formats.percent(None), None)
    ends = figures.get(f"{name}_ci", [figures.get(f"{name}_low"), figures.get(f"{name}_high")])
    of = f"{formats.count(bets)} bets on {formats.count(figures.get(f'{name}_days'))} days"
    detail = f"{formats.percents(ends, sign=True)}; {of}"
    return Cell(formats.percent(value, sign=True), value, detail)
