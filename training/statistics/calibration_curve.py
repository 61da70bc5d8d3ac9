"""Calibration: do runners given 10% win one race in ten (evaluation.md, Metrics)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from training.statistics.bootstrap import FEWEST_DAYS, LEVEL, Days, Estimate
from velo.arrays import Flags, Floats, Integers

BINS = 20
EDGE = 1e-9
STEPS = 50
WORST_CONDITION = 1e12
UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, eq=False)
class Curve:
    """The reliability curve: what was given and what came, by bins of equal mass.

    Attributes:
        runners: int64[bins].
        predicted: [bins], mean probability.
        observed: [bins], wins per runner.
    """

    runners: Integers
    predicted: Floats
    observed: Floats

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap, weighted by runners; NaN without any."""
        if not len(self.runners):
            return float("nan")
        gaps = np.abs(self.predicted - self.observed)
        return float(np.average(gaps, weights=self.runners))


def curve(p: Floats, win_share: Floats, bins: int = BINS) -> Curve:
    """Reliability over bins of equal mass.

    Equal probabilities always share a bin, the one that their mean rank falls into, so the order
    of the rows cannot change the curve. With many ties some bins are larger or absent.
    """
    place = equal_mass_bins(p, bins)
    runners = np.bincount(place, minlength=bins)
    held = runners > 0
    predicted = np.bincount(place, p, minlength=bins)[held] / runners[held]
    observed = np.bincount(place, win_share, minlength=bins)[held] / runners[held]
    return Curve(runners[held], predicted, observed)


def calibration_error(p: Floats, win_share: Floats) -> float:
    """Expected calibration error over 20 equal-mass bins of all runners given."""
    return curve(p, win_share).error


def error_by_chance(p: Floats, bins: int = BINS) -> float:
    """The calibration error that right probabilities show on average, for want of runners.

    In each bin the gap is about normal around 0 with variance p(1 - p) / runners, and its size
    sqrt(2 / pi) of a standard deviation. NaN without runners.
    """
    if not len(p):
        return float("nan")
    place = equal_mass_bins(p, bins)
    spread = np.bincount(place, p * (1 - p), minlength=bins)
    return float(np.sqrt(2 / np.pi * spread).sum() / len(p))


def band_calibration_errors(
    p: Floats, opponent: Floats, win_share: Floats, in_band: Flags
) -> tuple[float, float]:
    """The error of `p` and of an opponent over the runners in the odds band; NaN without any.

    Both are taken over one set of 20 equal-mass bins, those of `p`: the two then share the luck of
    each bin, and what is compared is where `p` departs from the opponent. With bins of their own,
    two equally good forecasts of 10,000 runners differ by over .002 one time in five.
    """
    if not in_band.any():
        return float("nan"), float("nan")
    own, other, won = p[in_band], opponent[in_band], win_share[in_band]
    place = equal_mass_bins(own, BINS)
    runners = np.bincount(place, minlength=BINS)
    won_in = np.bincount(place, won, minlength=BINS)
    errors = [
        float(np.abs(np.bincount(place, each, minlength=BINS) - won_in).sum() / runners.sum())
        for each in (own, other)
    ]
    return errors[0], errors[1]


def calibration_slope(
    p: Floats, win_share: Floats, dates: npt.NDArray[Any], level: float = LEVEL
) -> Estimate:
    """Slope of a logistic regression of winning on logit p: 1 is right, below 1 overconfident.

    No interval over fewer than `bootstrap.FEWEST_DAYS`; NaN where there is no slope: predictions
    that are all alike, or that part winners from losers altogether (a leak), for which every
    steeper slope is likelier.

    Cox (1958). The interval is the sandwich's, clustered by day (runners of a race exclude one
    another, races of a day share their weather), with Student's t on days - 1.

    Args:
        p: [rows], all runners of whole races.
        win_share: [rows].
        dates: [rows].
    """
    days = Days.of(dates)
    x = special.logit(np.clip(p, EDGE, 1 - EDGE))
    if not days.count or np.ptp(x) < EDGE:
        return UNKNOWN
    beta = np.array([0.0, 1.0])
    for _ in range(STEPS):
        fitted = special.expit(beta[0] + beta[1] * x)
        spread = fitted * (1 - fitted)
        off = win_share - fitted
        information = np.array([[spread.sum(), spread @ x], [spread @ x, (spread * x) @ x]])
        if not np.linalg.cond(information) < WORST_CONDITION:
            return UNKNOWN
        step = np.linalg.solve(information, np.array([off.sum(), off @ x]))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    slope = float(beta[1])
    if days.count < FEWEST_DAYS:
        return Estimate(slope, float("nan"), float("nan"))
    off = win_share - special.expit(beta[0] + beta[1] * x)
    scores = days.totals(off, off * x)
    bread = np.linalg.inv(information)
    meat = scores.T @ scores * days.count / (days.count - 1)
    error = float(np.sqrt((bread @ meat @ bread)[1, 1]))
    reach = float(stats.t.ppf((1 + level) / 2, days.count - 1)) * error
    return Estimate(slope, slope - reach, slope + reach)


def equal_mass_bins(p: Floats, bins: int) -> Integers:
    """The bin of each value, by its mean rank among all; equal values share one."""
    n = len(p)
    rank = stats.rankdata(p, method="average") if n else np.zeros(0)
    return np.minimum((bins * (rank - 0.5) / max(n, 1)).astype(np.int64), bins - 1)
