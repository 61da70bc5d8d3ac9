"""What today is against a horse's last starts, over ``n`` runners at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from velo.arrays import Flags, Floats
from velo.racing.decay import shrunk_mean

SURPRISE_RUNS = 3.0
"""How many runs without a surprise those of like starts are shrunk by."""
SAME_DISTANCE = 100.0
"""Metres within which a start was over today's distance."""


def surprise_of(surprises: Floats, like: Flags) -> Floats:
    """Shrunk mean of the surprises of the starts that are like today's, ``[n]``.

    Args:
        surprises: of the last starts, ``[n, k]``, NaN where a start had no price.
        like: which of them count, ``[n, k]``.
    """
    counted = like & ~np.isnan(surprises)
    total = np.where(counted, surprises, 0.0).sum(axis=1)
    return shrunk_mean(total, counted.sum(axis=1).astype(np.float64), SURPRISE_RUNS)


def over_distance(metres: Floats, today: Floats) -> Flags:
    """Which starts, ``[n, k]`` metres, were within 100 m of today's distance, ``[n]``."""
    return np.asarray(np.abs(metres - today[:, None]) <= SAME_DISTANCE, dtype=np.bool_)


def less_usual(today: Floats, usual: Floats) -> Floats:
    """Today's value less the usual one; 0 where nothing is usual yet."""
    return np.where(np.isnan(usual), 0.0, today - usual)


def split_by(delta: Floats, same: npt.ArrayLike, raced: npt.ArrayLike) -> tuple[Floats, Floats]:
    """A change as two: where something else stayed the same, and where it did not; else 0 each.

    Args:
        delta: the change since the last start.
        same: whether the other thing stayed.
        raced: whether there was a start; before it both are missing.
    """
    stayed, known = np.asarray(same, dtype=np.bool_), np.asarray(raced, dtype=np.bool_)
    both = np.where(stayed, delta, 0.0), np.where(stayed, 0.0, delta)
    first, second = (np.where(known, part, np.nan) for part in both)
    return first, second
