"""Decayed sums: what happened a time constant ago counts 1/e of what happens today.

A table holds the plain running sum of ``x * exp((d - ORIGIN) / tau)`` over days ``d``, which never
has to be touched again; on a later day it comes to that times ``exp(-(day - ORIGIN) / tau)``.
With a constant of 60 days a double holds such sums until 2116.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from velo.arrays import Floats
from velo.racing.layoff import days_away

ORIGIN = pd.Timestamp("2000-01-01")


def decay(raced: Any, tau: float) -> Floats:
    """What a stored sum is multiplied by, ``[n]``.

    Args:
        raced: race days as moments, UTC where they name no zone.
        tau: the time constant, in days.
    """
    origin = pd.Series([ORIGIN] * len(raced))
    return np.asarray(np.exp(-days_away(raced, origin) / tau), dtype=np.float64)


def shrunk_slope(products: Floats, squares: Floats, strength: float) -> Floats:
    """``products / (squares + strength)``: towards 0, and 0 where nothing is known."""
    return np.nan_to_num(shrunk_mean(products, squares, strength))


def shrunk_mean(total: Floats, count: Floats, strength: float) -> Floats:
    """``total / (count + strength)``: towards 0, which is what is served where nothing is known."""
    return np.asarray(total / (count + strength), dtype=np.float64)
