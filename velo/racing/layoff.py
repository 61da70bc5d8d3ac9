"""The cost of an absence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from velo.arrays import Flags, Floats
from velo.errors import SettingsError

DAY = 86_400_000_000
"""In microseconds."""


def knots_text(knots: Sequence[tuple[float, float]]) -> str:
    """Knots as one text, `'0:0.15 15:0.1 30:0'`, so that a row of a table can carry them."""
    return " ".join(f"{day:g}:{cost:g}" for day, cost in knots)


def knots_of(text: str) -> list[tuple[float, float]]:
    """The knots that :func:`knots_text` wrote; an empty list where the text is no curve."""
    pairs = [pair.split(":") for pair in text.split()]
    try:
        return [(float(day), float(cost)) for day, cost in pairs]
    except ValueError:
        return []


def layoff_penalty(days: npt.ArrayLike, knots: Sequence[tuple[float, float]]) -> Floats:
    """Penalty of ``n`` layoffs in days: straight lines through the knots, flat outside them.

    ``knots`` are (days, penalty) with rising days (feature-rules.md, ``layoff_penalty``). A missing
    layoff (NaN) has a missing penalty, and so has every layoff where there are no knots. Raises
    :class:`velo.errors.SettingsError` where the days of the knots do not rise.
    """
    at = np.array([day for day, _ in knots], dtype=np.float64)
    if at.size == 0:
        return np.full(np.shape(days), np.nan)
    if np.any(np.diff(at) <= 0):
        raise SettingsError(f"layoff knots need rising days, got {[day for day, _ in knots]}")
    penalty = np.array([cost for _, cost in knots], dtype=np.float64)
    return np.interp(np.asarray(days, dtype=np.float64), at, penalty)


def days_away(raced: Any, seen: Any) -> Floats:
    """Whole days from one moment to another, ``[n]``; NaN where one is missing.

    Columns of moments as pandas reads them, UTC where they name no zone.
    """
    since, until = (
        pd.DatetimeIndex(pd.to_datetime(moments, utc=True)).as_unit("us")
        for moments in (seen, raced)
    )
    days = (until.asi8 - since.asi8) // DAY
    return np.where(np.logical_or(since.isna(), until.isna()), np.nan, days)


def penalty_on(days: Floats, curves: npt.NDArray[Any]) -> Floats:
    """:func:`layoff_penalty` of ``n`` layoffs, each on the curve whose text stands beside it."""
    penalty = np.full(len(days), np.nan)
    for text in pd.unique(curves):
        rows = curves == text
        penalty[rows] = layoff_penalty(days[rows], knots_of(text))
    return penalty


def flag(holds: Flags, known: Floats) -> Floats:
    """1 where something holds and else 0; NaN where what it was read off is missing."""
    return np.where(np.isnan(known), np.nan, holds * 1.0)
