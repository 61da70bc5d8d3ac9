"""Strengths of the priors, by maximum marginal likelihood.

A strength is the number of starts (or of expected wins) that the prior is worth
(feature-rules.md, Prior parameters): beta-binomial for rates, gamma-Poisson for impact values.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import betaln, gammaln

from velo.arrays import Floats
from velo.errors import DataError

WEAKEST, STRONGEST = 1e-1, 1e5
"""Where all names are alike the likelihood rises for ever: strengths are held inside these."""

_GRID = np.linspace(np.log(WEAKEST), np.log(STRONGEST), 15)
_RAREST = 1e-9


def fit_beta_binomial(wins: npt.ArrayLike, starts: npt.ArrayLike) -> tuple[float, float]:
    """Population strike rate ``p0`` and strength ``k`` from ``n`` names' wins and starts.

    ``p0`` is all wins over all starts (feature-rules.md, Words); given it, ``k`` maximises the
    beta-binomial likelihood with prior Beta(k p0, k (1 - p0)). Names without starts count for
    nothing. Raises :class:`velo.errors.DataError` where no name has a start.
    """
    w, r = _seen(wins, starts, "starts")
    p0 = float(w.sum() / r.sum())
    rate = min(max(p0, _RAREST), 1.0 - _RAREST)
    # Careers repeat (one start, no win): each distinct one is evaluated once.
    careers, times = np.unique(np.stack((w, r)), axis=1, return_counts=True)
    w, r = careers

    def likelihood(k: float) -> float:
        a, b = k * rate, k * (1.0 - rate)
        return float(times @ (betaln(w + a, r - w + b) - betaln(a, b)))

    return p0, _strongest(likelihood)


def fit_strength(wins: npt.ArrayLike, starts: npt.ArrayLike, means: npt.ArrayLike) -> float:
    """Strength ``k`` with which ``n`` counts of wins are drawn to a mean rate of their own.

    ``wins`` of ``starts`` are beta-binomial with prior Beta(k m, k (1 - m)), ``m`` given for each:
    a window's rate around the career's, a pair's around its two people's. Raises
    :class:`velo.errors.DataError` where there are no starts.
    """
    known = np.asarray(starts, dtype=np.float64) > 0
    w, r = _seen(wins, starts, "starts")
    mean = np.clip(np.asarray(means, dtype=np.float64)[known], _RAREST, 1.0 - _RAREST)

    def likelihood(k: float) -> float:
        a, b = k * mean, k * (1.0 - mean)
        return float((betaln(w + a, r - w + b) - betaln(a, b)).sum())

    return _strongest(likelihood)


def fit_gamma_poisson(
    wins: npt.ArrayLike, expected: npt.ArrayLike, base: npt.ArrayLike = 1.0
) -> float:
    """Strength ``k`` of impact values from ``n`` cells' wins and expected wins.

    Wins are Poisson with mean ``expected * theta``, ``theta`` gamma with mean ``base`` (a number,
    or ``n`` of them) and shape ``k base``, so that the posterior mean is
    :func:`velo.racing.shrinkage.impact_value`. Raises :class:`velo.errors.DataError` where no cell
    expects a win.
    """
    every_base = np.broadcast_to(np.asarray(base, dtype=np.float64), np.shape(wins))
    known = np.asarray(expected, dtype=np.float64) > 0
    w, e = _seen(wins, expected, "expected wins")
    b = every_base[known]

    def likelihood(k: float) -> float:
        shape = k * b
        terms = (
            gammaln(w + shape) - gammaln(shape) + shape * np.log(k) - (w + shape) * np.log(e + k)
        )
        return float(terms.sum())

    return _strongest(likelihood)


def _seen(wins: npt.ArrayLike, out_of: npt.ArrayLike, name: str) -> tuple[Floats, Floats]:
    w, n = np.asarray(wins, dtype=np.float64), np.asarray(out_of, dtype=np.float64)
    known = n > 0
    if not known.any():
        raise DataError(f"a prior cannot be fitted without {name}: ingest earlier results first")
    return w[known], n[known]


def _strongest(likelihood: Callable[[float], float]) -> float:
    """The ``k`` of the highest likelihood: a grid finds the hill, a bounded search its top."""
    heights = [likelihood(float(np.exp(at))) for at in _GRID]
    best = int(np.argmax(heights))
    optimum = minimize_scalar(
        lambda at: -likelihood(float(np.exp(at))),
        bounds=(_GRID[max(best - 1, 0)], _GRID[min(best + 1, len(_GRID) - 1)]),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(np.clip(np.exp(optimum.x), WEAKEST, STRONGEST))
