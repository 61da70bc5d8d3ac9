"""The cost of an absence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from velo.errors import SettingsError


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


def layoff_penalty(
    days: npt.ArrayLike, knots: Sequence[tuple[float, float]]
) -> npt.NDArray[np.float64]:
    """Penalty of ``n`` layoffs in days: straight lines through the knots, flat outside them.

    ``knots`` are (days, penalty) with rising days (features.md, ``layoff_penalty``). A missing
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
