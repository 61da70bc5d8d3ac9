"""Empirical-Bayes shrinkage of strike rates and impact values, over arrays of one shape.

Counts of wins may be fractional: a dead heat for first is half a win each. The strengths ``k`` are
fitted in :mod:`velo.racing.prior_fit`; form curves live in :mod:`velo.racing.form`; both are at
hand here too. Formulas: feature-rules.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from velo.arrays import Floats
from velo.racing.form import ewma, ols_slope, shrunk_variance
from velo.racing.prior_fit import fit_beta_binomial, fit_gamma_poisson

__all__ = [
    "combo_uplift",
    "draw_z",
    "eb_rate",
    "ewma",
    "fit_beta_binomial",
    "fit_gamma_poisson",
    "impact_value",
    "ols_slope",
    "shrunk_variance",
]


UPLIFT_LIMIT = 0.3


def eb_rate(
    w: npt.ArrayLike,
    r: npt.ArrayLike,
    W: npt.ArrayLike,  # noqa: N803 - the page's own letters
    R: npt.ArrayLike,  # noqa: N803
    k1: npt.ArrayLike,
    k0: npt.ArrayLike,
    p0: npt.ArrayLike,
) -> Floats:
    """Strike rate ``(w + k1 m) / (r + k1)`` of a window, ``m = (W + k0 p0) / (R + k0)``.

    ``w`` wins of ``r`` starts in the window, ``W`` of ``R`` in the career before the window;
    ``p0`` is the population's strike rate, and the answer for an unseen name.
    """
    career = _shrunk(W, R, k0, p0)
    return _shrunk(w, r, k1, career)


def impact_value(
    w: npt.ArrayLike, e: npt.ArrayLike, k: npt.ArrayLike, base: npt.ArrayLike
) -> Floats:
    """Impact value ``(w + k b) / (e + k)`` from ``w`` wins against ``e`` expected ones.

    ``base`` is what an unseen cell gets: 1 for a horse, the wider cell's own value for a draw.
    """
    return _shrunk(w, e, k, base)


def combo_uplift(w: npt.ArrayLike, r: npt.ArrayLike, e: npt.ArrayLike, k2: npt.ArrayLike) -> Floats:
    """What a trainer and jockey win together beyond ``e``: ``(w + k2 e) / (r + k2) - e``.

    ``e`` is the mean of their own rates. Clipped to 0.3 either way; 0 for a new pair.
    """
    expected = np.asarray(e, dtype=np.float64)
    return np.clip(_shrunk(w, r, k2, expected) - expected, -UPLIFT_LIMIT, UPLIFT_LIMIT)


def draw_z(w: npt.ArrayLike, e: npt.ArrayLike, v: npt.ArrayLike) -> Floats:
    """``(w - e) / sqrt(v)`` of a draw cell, 0 for a cell without variance (no runners).

    ``e`` and ``v`` are sums over races of ``s`` and ``s (1 - s)``, ``s`` the cell's share of the
    field: stallmates compete, so their variances do not add up one by one.
    """
    wins, expected, variance = (np.asarray(each, dtype=np.float64) for each in (w, e, v))
    z = np.zeros(np.broadcast(wins, expected, variance).shape)
    # A missing variance stays missing: only a variance of 0 is an unseen cell.
    np.divide(wins - expected, np.sqrt(variance), out=z, where=~(variance <= 0))
    return z


def _shrunk(w: npt.ArrayLike, n: npt.ArrayLike, k: npt.ArrayLike, towards: npt.ArrayLike) -> Floats:
    count, out_of, strength, base = (
        np.asarray(each, dtype=np.float64) for each in (w, n, k, towards)
    )
    return np.asarray((count + strength * base) / (out_of + strength), dtype=np.float64)
