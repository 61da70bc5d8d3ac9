"""The market blend (evaluation.md, Blend): model and market pooled within the race.

`benter`:   P proportional to f^alpha * pi^beta        (Benter 1994)
`residual`: P proportional to exp(gamma * s) * pi^beta  s boosted from beta0 * ln pi, start removed
`beside`:   P proportional to exp(gamma * h * t) * pi^beta  t a line beside the market, h by price
`market`:   P proportional to pi^beta                   the power-calibrated market, alpha = 0

They are one likelihood with two columns: ln f, s or h t, and ln pi.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from training.blending.price_scale import PriceScale
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

Mode = Literal["benter", "residual", "beside", "market"]
SMALLEST = 1e-12
GAMMA_START = 1.0
MOST_GAMMA = 1.0
"""Of a shrunk line: what asks for more was chosen on the days that ask."""


@dataclass(frozen=True)
class Blend:
    """A fitted blend.

    Attributes:
        mode: which column the model's exponent belongs to.
        exponent: alpha on ln f (`benter`), gamma on s or h t (`residual`, `beside`), 0 (`market`).
        beta: the exponent on ln pi.
        scale: h of `beside`, by price.
    """

    mode: Mode
    exponent: float
    beta: float
    scale: PriceScale | None = None

    @property
    def is_from_market(self) -> bool:
        """Whether the model's scores begin where the market leaves off: they have a gamma."""
        return self.mode in ("residual", "beside")

    @property
    def alpha(self) -> float | None:
        """The exponent on ln f; None of a score that begins at the market."""
        return None if self.is_from_market else self.exponent

    @property
    def gamma(self) -> float | None:
        """The exponent on a score that begins at the market; else None."""
        return self.exponent if self.is_from_market else None

    @property
    def alpha_share(self) -> float | None:
        """alpha / (alpha + beta) (evaluation.md, Blend); None where there is no alpha."""
        if self.is_from_market:
            return None
        return float(_share(np.array([self.exponent]), np.array([self.beta]))[0])

    def scaled(self, model: Floats, market: Floats) -> Floats:
        """What the exponent belongs to, [rows]: ln f, s, or h t at the market's prices."""
        return model if self.scale is None else model * self.scale.of(market)

    def probabilities(self, model: Floats | None, market: Floats, races: Races) -> Floats:
        """Blended probabilities, [rows].

        Args:
            model: ln f (`benter`), s (`residual`) or t (`beside`), [rows]; not looked at by
                `market`.
            market: de-vigged probabilities pi, [rows]; a race without them gets NaN.
            races: which rows make a race.
        """
        log_market = log_probability(market)
        if self.mode == "market" or model is None:
            if self.mode != "market":
                raise ModelError(f"a {self.mode} blend needs the model's scores")
            return pool.probabilities([log_market], [self.beta], races)
        columns = [self.scaled(model, market), log_market]
        return pool.probabilities(columns, [self.exponent, self.beta], races)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        plain: dict[str, Any] = {
            "mode": self.mode,
            "exponent": self.exponent,
            "beta": self.beta,
            "alpha": self.alpha,
            "gamma": self.gamma,
            "alpha_share": self.alpha_share,
        }
        return plain if self.scale is None else plain | {"scale": self.scale.to_dict()}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Blend:
        """Read what `to_dict` wrote.

        Raises:
            ModelError: a blend beside the market has no price scale.
        """
        mode, scale = plain["mode"], plain.get("scale")
        if (mode == "beside") != (scale is not None):
            raise ModelError(f"a {mode} blend and its price scale do not match; train again")
        return cls(
            mode,
            float(plain["exponent"]),
            float(plain["beta"]),
            None if scale is None else PriceScale.from_dict(scale),
        )


@dataclass(frozen=True)
class BlendIntervals:
    """Intervals of a blend's parameters by race day; `alpha_share` is None without an alpha."""

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


def beside(
    score: Floats, market: Floats, win_share: Floats, races: Races, scale: PriceScale
) -> Blend:
    """Fit gamma, never above `MOST_GAMMA`, and beta on out-of-fold scores t of the line.

    Raises:
        DataError: a race has no winner or no complete book.
    """
    columns = [scale.of(market) * score, log_probability(market)]
    most = [MOST_GAMMA, pool.STEEPEST]
    gamma, beta = pool.fit(columns, win_share, races, [MOST_GAMMA, 1.0], most)
    return Blend("beside", float(gamma), float(beta), scale)


def slope(
    blend: Blend,
    model: Floats,
    market: Floats,
    win_share: Floats,
    races: Races,
    race_dates: npt.NDArray[Any],
    resampling: Resampling,
    level: float = LEVEL,
) -> Estimate:
    """The exponent that these races themselves would give the model beside the market.

    Of a score that is right it is 1, and of one that knows nothing 0. It is not bounded as a
    gamma is that bets are made by.

    Args:
        blend: whose column it is.
        model, market, win_share: [rows], of days that the blend was not fitted on.
        races: which rows make a race.
        race_dates: [races], the date of each race.
        resampling: of the race days.
        level: of the interval.

    Raises:
        DataError: a race has no winner or no complete book.
    """
    column = blend.scaled(model, market)
    own = residual(column, market, win_share, races)
    return intervals(own, column, market, win_share, races, race_dates, resampling, level).exponent


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
    """Bootstrap intervals of a blend on the races it was fitted on.

    Each draw's estimate is one Newton step from the full one, on scores and information summed
    by day: c + (sum w_d I_d)^-1 sum w_d g_d. The step's error against a full refit is of second
    order in the draw's distance: on 4,000 races its root mean square is under 1% of the width.

    A gamma that is held at its largest is so in every draw that would have it larger, and has no
    interval where all would; beta is then the likeliest beside it.

    Args:
        race_dates: [races], the date of each race.
    """
    # A column that fitting took as flat has no curvature, and its exponent no interval but 0.
    column = blend.scaled(model, market)
    column = column if pool.varies(column, races) else np.zeros_like(column)
    columns = [column, log_probability(market)]
    weights = [blend.exponent, blend.beta]
    curvature = pool.Curvature.at(columns, weights, win_share, races)
    days = Days.of(race_dates)
    g, i = curvature.gradient, curvature.information
    drawn = resample(days.totals(g[:, 0], g[:, 1], i[:, 0, 0], i[:, 0, 1], i[:, 1, 1]), resampling)
    # The pseudo-inverse leaves the exponent of a model that learned nothing at 0.
    inverse = np.linalg.pinv(drawn[:, [[2, 3], [3, 4]]], hermitian=True)
    moved = weights + np.einsum("dij,dj->di", inverse, drawn[:, :2])
    if blend.mode == "beside":
        over = moved[:, 0] > MOST_GAMMA
        _, own, _, across, curved = drawn[over].T
        moved[over, 1] = blend.beta + (own - across * (MOST_GAMMA - blend.exponent)) / curved
        moved[over, 0] = MOST_GAMMA
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
