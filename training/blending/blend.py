"""The market blend (evaluation.md, Blend): model and market pooled within the race.

`benter`:   P proportional to f^alpha * pi^beta        (Benter 1994)
`residual`: P proportional to exp(gamma * s) * pi^beta  s boosted from beta0 * ln pi, start removed
`market`:   P proportional to pi^beta                   the power-calibrated market, alpha = 0

The three are one likelihood with two columns: ln f or s, and ln pi.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from training.statistics import pool
from training.statistics.bootstrap import (
    LEVEL,
    Days,
    Estimate,
    Resampling,
    divide,
    interval,
    resample,
)
from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import ModelError

Mode = Literal["benter", "residual", "market"]
SMALLEST = 1e-12
GAMMA_START = 1.0


@dataclass(frozen=True)
class Blend:
    """A fitted blend.

    Attributes:
        mode: which column the model's exponent belongs to.
        exponent: alpha on ln f (`benter`), gamma on s (`residual`), 0 (`market`).
        beta: the exponent on ln pi.
    """

    mode: Mode
    exponent: float
    beta: float

    @property
    def alpha(self) -> float | None:
        """The exponent on ln f; None in residual mode."""
        return None if self.mode == "residual" else self.exponent

    @property
    def gamma(self) -> float | None:
        """The exponent on the boosted score; None outside residual mode."""
        return self.exponent if self.mode == "residual" else None

    @property
    def alpha_share(self) -> float | None:
        """alpha / (alpha + beta) (evaluation.md, Blend); None in residual mode."""
        if self.mode == "residual":
            return None
        return float(_share(np.array([self.exponent]), np.array([self.beta]))[0])

    def probabilities(self, model: Floats | None, market: Floats, races: Races) -> Floats:
        """Blended probabilities, [rows].

        Args:
            model: ln f (`benter`) or s (`residual`), [rows]; not looked at by `market`.
            market: de-vigged probabilities pi, [rows]; a race without them gets NaN.
            races: which rows make a race.
        """
        log_market = log_probability(market)
        if self.mode == "market" or model is None:
            if self.mode != "market":
                raise ModelError(f"a {self.mode} blend needs the model's scores")
            return pool.probabilities([log_market], [self.beta], races)
        return pool.probabilities([model, log_market], [self.exponent, self.beta], races)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "mode": self.mode,
            "exponent": self.exponent,
            "beta": self.beta,
            "alpha": self.alpha,
            "gamma": self.gamma,
            "alpha_share": self.alpha_share,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Blend:
        """Read what `to_dict` wrote."""
        return cls(plain["mode"], float(plain["exponent"]), float(plain["beta"]))


@dataclass(frozen=True)
class BlendIntervals:
    """Intervals of a blend's parameters by race day; `alpha_share` is None in residual mode."""

    exponent: Estimate
    beta: Estimate
    alpha_share: Estimate | None


def log_probability(p: Floats) -> Floats:
    """ln p, with p = 0 held at a smallest value so that one runner cannot break a race."""
    log: Floats = np.log(np.maximum(p, SMALLEST))
    return log


def power_market(market: Floats, win_share: Floats, races: Races) -> Blend:
    """The power-calibrated market: the honest opponent, alpha = 0 and beta free.

    Raises:
        DataError: a race has no winner or no complete book.
    """
    beta = pool.fit([log_probability(market)], win_share, races, start=[1.0])
    return Blend("market", 0.0, float(beta[0]))


def benter(
    log_model: Floats, market: Floats, win_share: Floats, races: Races, alpha_start: float = 0.25
) -> Blend:
    """Fit alpha and beta on out-of-fold predictions; `log_model` is ln f, [rows].

    Raises:
        DataError: a race has no winner or no complete book.
    """
    columns = [log_model, log_probability(market)]
    alpha, beta = pool.fit(columns, win_share, races, start=[alpha_start, 1 - alpha_start])
    return Blend("benter", float(alpha), float(beta))


def residual(score: Floats, market: Floats, win_share: Floats, races: Races) -> Blend:
    """Fit gamma and beta on out-of-fold scores s (the boosted score without its start).

    Raises:
        DataError: a race has no winner or no complete book.
    """
    columns = [score, log_probability(market)]
    gamma, beta = pool.fit(columns, win_share, races, start=[GAMMA_START, 1.0])
    return Blend("residual", float(gamma), float(beta))


def intervals(
    blend: Blend,
    model: Floats,
    market: Floats,
    win_share: Floats,
    races: Races,
    race_dates: npt.NDArray[Any],
    resampling: Resampling,
    level: float = LEVEL,
) -> BlendIntervals:
    """Bootstrap intervals of a `benter` or `residual` blend on the races it was fitted on.

    Each draw's estimate is one Newton step from the full one, on scores and information summed
    by day: c + (sum w_d I_d)^-1 sum w_d g_d. The step's error against a full refit is of second
    order in the draw's distance: on 4,000 races its root mean square is under 1% of the width.

    Args:
        race_dates: [races], the date of each race.
    """
    # A column that fitting took as flat has no curvature, and its exponent no interval but 0.
    column = model if pool.varies(model, races) else np.zeros_like(model)
    columns = [column, log_probability(market)]
    weights = [blend.exponent, blend.beta]
    curvature = pool.Curvature.at(columns, weights, win_share, races)
    days = Days.of(race_dates)
    g, i = curvature.gradient, curvature.information
    drawn = resample(days.totals(g[:, 0], g[:, 1], i[:, 0, 0], i[:, 0, 1], i[:, 1, 1]), resampling)
    # The pseudo-inverse leaves the exponent of a model that learned nothing at 0.
    inverse = np.linalg.pinv(drawn[:, [[2, 3], [3, 4]]], hermitian=True)
    moved = weights + np.einsum("dij,dj->di", inverse, drawn[:, :2])
    exponent, beta = np.clip(moved, -pool.STEEPEST, pool.STEEPEST).T
    share = None
    if blend.alpha_share is not None:
        share = Estimate(blend.alpha_share, *interval(_share(exponent, beta), days.count, level))
    return BlendIntervals(
        Estimate(blend.exponent, *interval(exponent, days.count, level)),
        Estimate(blend.beta, *interval(beta, days.count, level)),
        share,
    )


def _share(alpha: Floats, beta: Floats) -> Floats:
    return divide(alpha, alpha + beta)
