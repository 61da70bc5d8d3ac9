"""Calibration after the blend: a probability's own bend, renormalised within the race.

A calibrator turns each blended probability p into a weight g(p) > 0, and a race's weights are
scaled to sum to 1. g never falls, so the order within a race is kept, and no weight is 0, so no
winner can have had probability 0 (evaluation.md, Calibration).

`none`:     g(p) = p
`isotonic`: g piecewise linear in logarithms through the levels of an isotonic regression
`beta`:     logit g(p) = a ln p - b ln(1 - p) + c   (Kull, Silva Filho and Flach 2017)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any, ClassVar, Literal

import numpy as np
from scipy import optimize, special

from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import ModelError

Kind = Literal["none", "isotonic", "beta"]
EDGE = 1e-12
PRIOR_WINS = 1.0
MOST_RACES = 50_000
"""For the beta calibrator."""
STEEPEST = 20.0
MOST_LEVEL = 10.0


@dataclass(frozen=True)
class Uncalibrated:
    """The blend as it is."""

    kind: ClassVar[Kind] = "none"

    def probabilities(self, p: Floats, races: Races) -> Floats:
        """`p` itself, [rows]."""
        return p

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"kind": self.kind}


@dataclass(frozen=True)
class Isotonic:
    """Isotonic levels, joined where each level's runners lie on average.

    Between knots g is a power of p, so it rises wherever the levels do: a step function would
    give runners of 4% and 6% one price. Outside the knots g / p stays what it is at the end.
    Oron and Flournoy 2017, "Centered isotonic regression", without their variance step.

    Attributes:
        log_p: ln of the mean probability of each level, rising.
        log_weight: ln g there, never falling, of the same length.
    """

    log_p: tuple[float, ...]
    log_weight: tuple[float, ...]
    kind: ClassVar[Kind] = "isotonic"

    def probabilities(self, p: Floats, races: Races) -> Floats:
        """Calibrated probabilities, [rows]; a race with NaN in it is NaN."""
        x = np.log(np.clip(p, EDGE, 1.0))
        beyond = np.minimum(x - self.log_p[0], 0.0) + np.maximum(x - self.log_p[-1], 0.0)
        return races.softmax(np.interp(x, self.log_p, self.log_weight) + beyond)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: the knots."""
        return {
            "kind": self.kind,
            "log_p": list(self.log_p),
            "log_weight": list(self.log_weight),
        }


@dataclass(frozen=True)
class Beta:
    """logit g(p) = a ln p - b ln(1 - p) + c, with a and b not below 0; (1, 1, 0) changes nothing.

    a bends the outsiders, b the favourites, c says from where on a favourite counts as one.
    """

    a: float
    b: float
    c: float
    kind: ClassVar[Kind] = "beta"

    def probabilities(self, p: Floats, races: Races) -> Floats:
        """Calibrated probabilities, [rows]; a race with NaN in it is NaN."""
        columns = _beta_columns(p)
        return races.softmax(special.log_expit(self.a * columns[0] + self.b * columns[1] + self.c))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"kind": self.kind, "a": self.a, "b": self.b, "c": self.c}


Calibrator = Uncalibrated | Isotonic | Beta


def fit(kind: Kind, p: Floats, win_share: Floats, races: Races) -> Calibrator:
    """Fit a calibrator of one kind on out-of-fold predictions.

    Args:
        kind: which.
        p: blended probabilities, [rows], none missing.
        win_share: [rows], dead heats shared.
        races: which rows make a race.
    """
    if kind == "isotonic":
        return _isotonic(p, win_share)
    if kind == "beta":
        return _beta(p, win_share, races)
    return Uncalibrated()


def from_dict(plain: dict[str, Any]) -> Calibrator:
    """Read what `to_dict` wrote.

    Raises:
        ModelError: it is no calibrator, or one that could turn the order within a race.
        KeyError: a part is missing.
    """
    kind = plain["kind"]
    if kind == "none":
        return Uncalibrated()
    if kind == "beta":
        a, b, c = (float(plain[name]) for name in "abc")
        if not (isfinite(a) and isfinite(b) and isfinite(c) and a >= 0 and b >= 0):
            raise ModelError("a beta calibrator needs finite a, b >= 0 and c; train again")
        return Beta(a, b, c)
    if kind == "isotonic":
        log_p, log_weight = (
            tuple(float(x) for x in plain[name]) for name in ("log_p", "log_weight")
        )
        sound = (
            len(log_p) == len(log_weight) > 0
            and all(isfinite(x) for x in (*log_p, *log_weight))
            and all(left < right for left, right in pairwise(log_p))
            and all(left <= right for left, right in pairwise(log_weight))
        )
        if not sound:
            raise ModelError("an isotonic calibrator's knots must rise; train again")
        return Isotonic(log_p, log_weight)
    raise ModelError(f"no calibrator is called {kind!r}; train again")


def _isotonic(p: Floats, win_share: Floats) -> Isotonic:
    """Isotonic regression of winning on p over all runners, its levels drawn towards p.

    A level of w wins where e were expected stands at (w + 1) / (e + 1) of its mean probability:
    one win's worth of belief in the blend, so that outsiders who never won keep a chance.
    """
    from sklearn.isotonic import isotonic_regression

    distinct, place = np.unique(np.maximum(p, EDGE), return_inverse=True)
    runners = np.bincount(place).astype(np.float64)
    wins = np.bincount(place, win_share)
    level = isotonic_regression(wins / runners, sample_weight=runners)
    first = np.flatnonzero(np.diff(level, prepend=-1.0) > 0)
    expected = np.add.reduceat(distinct * runners, first)
    won = np.add.reduceat(wins, first)
    mean_p = expected / np.add.reduceat(runners, first)
    weight = mean_p * (won + PRIOR_WINS) / (expected + PRIOR_WINS)
    log_weight = np.log(np.maximum.accumulate(weight))
    return Isotonic(tuple(np.log(mean_p).tolist()), tuple(log_weight.tolist()))


def _beta(p: Floats, win_share: Floats, races: Races) -> Beta:
    """Maximum likelihood of the races as they come out after renormalising.

    What is judged is the race, and a logistic regression over runners, which Kull et al. fit,
    does not know that a race's probabilities will be scaled. The search starts where nothing is
    changed and only climbs, so it never does worse than that on the races it is fitted on. Of very
    many races every second, third ... is taken: three numbers need no more.
    """
    some = np.zeros(len(races), dtype=np.bool_)
    some[:: -(-len(races) // MOST_RACES) or 1] = True
    rows, races = races.keep(some)
    win_share, columns = win_share[rows], _beta_columns(p[rows])

    def loss(abc: Floats) -> tuple[float, Floats]:
        logit = abc[0] * columns[0] + abc[1] * columns[1] + abc[2]
        log_weight = special.log_expit(logit)
        q = races.log_softmax(log_weight)
        off = (win_share - np.exp(q)) * -np.expm1(log_weight)
        slope = np.array([off @ columns[0], off @ columns[1], off.sum()])
        return -float(win_share @ q) / len(races), -slope / len(races)

    bounds = [(0.0, STEEPEST), (0.0, STEEPEST), (-MOST_LEVEL, MOST_LEVEL)]
    optimum = optimize.minimize(
        loss,
        [1.0, 1.0, 0.0],
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-11, "gtol": 1e-7},
    )
    a, b, c = (float(x) for x in optimum.x)
    return Beta(a, b, c)


def _beta_columns(p: Floats) -> tuple[Floats, Floats]:
    held = np.clip(p, EDGE, 1.0 - EDGE)
    return np.log(held), -np.log1p(-held)
