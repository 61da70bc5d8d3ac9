"""The bootstrap by race day.

Races of one day share going, weather and the same few jockeys, so days, not bets, are drawn again.
Whatever is to be resampled is first summed by day; a draw is then a vector of day counts, and two
thousand draws are one matrix product (Efron and Tibshirani 1993, ratio statistics).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from velo.arrays import Floats, Integers
from velo.settings import Training

LEVEL = 0.95
FEWEST_DAYS = 10
"""Of fewer race days there is no interval: over a handful it is falsely narrow."""
CHUNK = 4_000_000


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; NaN ends where the data give none."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the interval's length."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Resampling:
    """How race days are drawn again. The same seed draws the same days: differences are paired.

    Attributes:
        draws: number of resamples.
        seed: of the generator.
    """

    draws: int
    seed: int

    @classmethod
    def of(cls, training: Training) -> Resampling:
        """As the settings have it."""
        return cls(training.bootstrap_draws, training.seed)


@dataclass(frozen=True, eq=False)
class Days:
    """Which race day each row (a race, a runner or a bet) belongs to.

    Attributes:
        index: int64[rows], the day's number, from 0.
        count: days in all.
    """

    index: Integers
    count: int

    @classmethod
    def of(cls, dates: npt.NDArray[Any]) -> Days:
        """Number the days of a column of dates, [rows]."""
        distinct, index = np.unique(np.asarray(dates), return_inverse=True)
        return cls(index.astype(np.int64).reshape(-1), len(distinct))

    def totals(self, *columns: npt.NDArray[Any]) -> Floats:
        """Each column's sum by day, [days, columns]."""
        sums = [np.bincount(self.index, column, minlength=self.count) for column in columns]
        return np.stack(sums, axis=1) if sums else np.zeros((self.count, 0))


def resample(totals: Floats, resampling: Resampling) -> Floats:
    """Draw the days again with replacement: the sums of each draw, [draws, columns].

    Args:
        totals: [days, columns], sums by day.
        resampling: how often, from which seed.
    """
    days = len(totals)
    drawn = np.empty((resampling.draws, totals.shape[1]))
    done = 0
    for counts in _day_counts(days, resampling):
        drawn[done : done + len(counts)] = counts @ totals
        done += len(counts)
    return drawn


def interval(statistic: Floats, days: int, level: float = LEVEL) -> tuple[float, float]:
    """Percentile interval of a resampled statistic [draws].

    Draws in which it is undefined are left out. Where every draw says the same there is no
    interval (no winner at all), nor over fewer than `FEWEST_DAYS`: both ends are NaN.

    Args:
        statistic: of each draw.
        days: race days that it rests on.
        level: of the interval.
    """
    if days < FEWEST_DAYS:
        return float("nan"), float("nan")
    known = statistic[np.isfinite(statistic)]
    if not len(known) or known.min() == known.max():
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def ratio(
    numerator: Floats, denominator: Floats, days: Days, resampling: Resampling, level: float = LEVEL
) -> Estimate:
    """sum(numerator) / sum(denominator) over rows, with its interval by day.

    Profit over staked, winners over expected, gain over races: each a ratio of sums. It rests on
    the days on which there is anything to divide by.
    """
    totals = days.totals(numerator, denominator)
    top, bottom = totals.sum(axis=0) if days.count else (0.0, 0.0)
    if bottom == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    rests_on = int(np.count_nonzero(totals[:, 1]))
    if rests_on < FEWEST_DAYS:
        return Estimate(float(top / bottom), float("nan"), float("nan"))
    drawn = resample(totals, resampling)
    low, high = interval(divide(drawn[:, 0], drawn[:, 1]), rests_on, level)
    return Estimate(float(top / bottom), low, high)


def mean(x: Floats, days: Days, resampling: Resampling, level: float = LEVEL) -> Estimate:
    """The mean of `x` over rows with its interval by day."""
    return ratio(x, np.ones(len(x)), days, resampling, level)


def divide(numerator: Floats, denominator: Floats) -> Floats:
    """The quotient, NaN where the denominator is 0."""
    quotient = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator != 0)
    return quotient


def _day_counts(days: int, resampling: Resampling) -> Iterator[Floats]:
    """How often each day is drawn, [some draws, days], a bounded number of cells at a time."""
    draws = resampling.draws
    generator = np.random.default_rng(resampling.seed)
    at_once = max(1, min(draws, CHUNK // max(1, days)))
    for start in range(0, draws, at_once):
        rows = min(at_once, draws - start)
        drawn = generator.integers(0, days, size=(rows, days))
        drawn += np.arange(rows)[:, None] * days
        yield np.bincount(drawn.ravel(), minlength=rows * days).reshape(rows, days).astype(float)
