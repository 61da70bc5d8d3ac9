"""Form curves: what a horse's last few runs tell, over ``n`` horses and ``m`` runs at once.

Rows are horses, columns runs with the **newest first**, NaN where there was no run or no rating.
feature-rules.md, Form curves.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from velo.arrays import Flags, Floats


def ewma(newest_first: npt.ArrayLike, decay: float, unseen: float = np.nan) -> Floats:
    """``sum decay^(k-1) x_k / sum decay^(k-1)`` of each row, ``k = 1`` the newest.

    Input ``[n, m]``, output ``[n]``; ``unseen`` for a row without a value.
    """
    values = np.asarray(newest_first, dtype=np.float64)
    weights = np.where(np.isnan(values), 0.0, decay ** np.arange(values.shape[1]))
    total = weights.sum(axis=1)
    weighted = (weights * np.nan_to_num(values)).sum(axis=1)
    return np.where(total > 0, _ratio(weighted, total, total > 0), unseen)


def ols_slope(newest_first: npt.ArrayLike, min_points: int = 3) -> Floats:
    """Least-squares slope of each row per run, oldest to newest: positive is improving.

    Input ``[n, m]``, output ``[n]``. A value's x is the position of its run, so an unrated run
    between two ratings keeps its place. NaN for a row with fewer than ``min_points`` values.
    """
    values = np.asarray(newest_first, dtype=np.float64)
    known = ~np.isnan(values)
    points = known.sum(axis=1)
    runs = np.where(known, -np.arange(values.shape[1], dtype=np.float64), 0.0)
    heights = np.nan_to_num(values)
    shared = np.maximum(points, 1)[:, None]
    x = np.where(known, runs - runs.sum(axis=1, keepdims=True) / shared, 0.0)
    y = np.where(known, heights - heights.sum(axis=1, keepdims=True) / shared, 0.0)
    return _ratio((x * y).sum(axis=1), (x * x).sum(axis=1), points >= max(min_points, 2))


def sample_variance(newest_first: npt.ArrayLike) -> Floats:
    """Variance with ``m - 1`` below of each row's known values; NaN under two of them."""
    values = np.asarray(newest_first, dtype=np.float64)
    known = ~np.isnan(values)
    points = known.sum(axis=1)
    mean = np.nan_to_num(values).sum(axis=1, keepdims=True) / np.maximum(points, 1)[:, None]
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=1)
    return _ratio(squares, points - 1.0, points >= 2)


def shrunk_variance(s2: npt.ArrayLike, m: npt.ArrayLike, k: float, v0: float) -> Floats:
    """``((m-1) s2 + k v0) / ((m-1) + k)``: the variance of ``m`` runs drawn to the population's.

    NaN under two runs (feature-rules.md, ``form_var``).
    """
    variance, runs = np.asarray(s2, dtype=np.float64), np.asarray(m, dtype=np.float64)
    freedom = runs - 1.0
    return _ratio(freedom * variance + k * v0, freedom + k, runs >= 2)


def first_known(*columns: Floats) -> Floats:
    """Of each row the first value that is there, ``[n]`` of several ``[n]``; NaN without any."""
    known = columns[-1]
    for column in reversed(columns[:-1]):
        known = np.where(np.isnan(column), known, column)
    return known


def _ratio(above: Floats, below: Floats, where: Flags) -> Floats:
    answer = np.full(np.broadcast(above, below, where).shape, np.nan)
    np.divide(above, below, out=answer, where=where)
    return answer
