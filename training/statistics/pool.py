"""The logarithmic pool: P_i proportional to exp(sum_k c_k z_ik) within the race.

Temperature, power-calibrated market and Benter's blend are all this one model with one or two
columns z, and its likelihood is concave in c. See Benter (1994), section "Combining model and
public", and Genest and Zidek (1986) for the pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.statistics.races import Races
from training.statistics.sample import check_results
from velo.arrays import Flags, Floats
from velo.errors import DataError

STEPS = 60
TOLERANCE = 1e-10
FLAT = 1e-4
"""A column, in nats, of which no two runners of a race differ by more says nothing of any race."""
STEEPEST = 100.0
"""The largest weight, either way. What asks for more is the noise of a column that is nearly flat,
and on days when the column is not, it would put a whole field at 0 or 1."""


def probabilities(columns: Sequence[Floats], weights: Sequence[float], races: Races) -> Floats:
    """The pool of `columns`, each [rows], under its weights: probabilities [rows]."""
    return races.softmax(_score(columns, weights))


def fit(
    columns: Sequence[Floats],
    win_share: Floats,
    races: Races,
    start: Sequence[float],
    most: Sequence[float] | None = None,
) -> Floats:
    """Maximum-likelihood weights by Newton's method with step halving, shape [columns].

    A flat column has weight 0. A weight that would go beyond its bound is held there, and the
    others are the likeliest beside it.

    Args:
        columns: [rows] each.
        win_share: [rows], dead heats shared.
        races: which rows make a race.
        start: where the search begins, of each column.
        most: the largest weight of each column; `STEEPEST` by default, as downwards always.

    Raises:
        DataError: a label or a column is missing somewhere, or the search does not settle
            (a column that names every winner has no finite weight).
    """
    check_results(win_share, races)
    for column in columns:
        if not np.isfinite(column).all():
            raise DataError("a log-probability is missing; fit on races with complete books only")
    weights = np.array(start, dtype=np.float64)
    live = np.array([varies(column, races) for column in columns])
    weights[~live] = 0.0
    while True:
        weights = _likeliest(columns, weights, live, win_share, races)
        held = np.clip(weights, -STEEPEST, STEEPEST if most is None else most)
        beyond = live & (weights != held)
        if not beyond.any():
            return weights
        weights = np.where(beyond, held, weights)
        live &= ~beyond


def varies(column: Floats, races: Races) -> bool:
    """Whether a column parts the runners of any race."""
    deviation = column - races.broadcast(races.first(column))
    return bool(np.abs(deviation).max(initial=0.0) > FLAT)


def _likeliest(
    columns: Sequence[Floats], weights: Floats, live: Flags, win_share: Floats, races: Races
) -> Floats:
    """The weights with those that are live, bool[columns], moved to the likelihood's maximum."""
    reached = _log_likelihood(columns, weights, win_share, races)
    for _ in range(STEPS):
        curvature = Curvature.at(columns, weights, win_share, races)
        step = np.zeros(len(weights))
        information = curvature.information.sum(axis=0)[np.ix_(live, live)]
        gradient = curvature.gradient.sum(axis=0)[live]
        step[live] = np.linalg.lstsq(information, gradient, rcond=None)[0]
        expected_gain = float(step[live] @ gradient)
        if expected_gain <= TOLERANCE * max(1.0, abs(reached)):
            return weights + step
        scale = 1.0
        while scale > 1e-6:
            tried = weights + scale * step
            value = _log_likelihood(columns, tried, win_share, races)
            if value > reached:
                break
            scale /= 2
        else:
            return weights
        weights, reached = tried, value
    raise DataError("the blend's likelihood has no maximum; a probability seems to know the result")


@dataclass(frozen=True, eq=False)
class Curvature:
    """First and second derivatives of each race's log-likelihood by the weights.

    Attributes:
        gradient: [races, k], sum of (y - q) z.
        information: [races, k, k], minus the Hessian: the covariance of z under q.
    """

    gradient: Floats
    information: Floats

    @classmethod
    def at(
        cls,
        columns: Sequence[Floats],
        weights: Sequence[float] | Floats,
        win_share: Floats,
        races: Races,
    ) -> Curvature:
        """Derivatives at given weights."""
        q = races.softmax(_score(columns, weights))
        means = [races.sum(q * z) for z in columns]
        gradient = np.stack(
            [races.sum(win_share * z) - mean for z, mean in zip(columns, means, strict=True)], 1
        )
        k = len(columns)
        information = np.empty((len(races), k, k))
        for a in range(k):
            # Centring first keeps the covariance of a near-constant column from cancelling.
            centred = q * (columns[a] - races.broadcast(means[a]))
            for b in range(a, k):
                information[:, a, b] = information[:, b, a] = races.sum(centred * columns[b])
        return cls(gradient, information)


def _score(columns: Sequence[Floats], weights: Sequence[float] | Floats) -> Floats:
    score: Floats = weights[0] * columns[0]
    for weight, column in zip(weights[1:], columns[1:], strict=True):
        score = score + weight * column
    return score


def _log_likelihood(
    columns: Sequence[Floats], weights: Floats, win_share: Floats, races: Races
) -> float:
    score = _score(columns, weights)
    return float(win_share @ score - races.log_sum_exp(score).sum())
