"""Over fewer than ten race days no figure has an interval, and each shows its days."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from backtest import account, betting_ratios
from training.blending.blend import benter, intervals
from training.judging import betting
from training.judging.betting import Bets
from training.statistics import bootstrap
from training.statistics.bootstrap import FEWEST_DAYS, Days, Resampling
from training.statistics.calibration_curve import calibration_slope
from training.statistics.likelihood import delta_ll
from training.statistics.profit_path import profit_path
from training.statistics.races import Races

Ends = tuple[float, float]
RACES = 4
"""A day, of two runners each."""


def a_season(days: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Races]:
    """Of each runner its date, chance and win share, and the races."""
    n = days * RACES
    generator = np.random.default_rng(5)
    chance = generator.uniform(0.2, 0.8, n)
    first = generator.random(n) < chance
    p, won = (np.stack([x, 1 - x], axis=1).ravel() for x in (chance, first.astype(float)))
    return np.repeat(np.arange(days), 2 * RACES), p, won, Races.of(np.repeat(np.arange(n), 2))


def gain(days: int) -> Ends:
    dates, p, won, races = a_season(days)
    gain = delta_ll(p, races.uniform(), won, races, races.first(dates), Resampling(200, 1))
    return gain.low, gain.high


def returned(days: int) -> Ends:
    dates, p, won, races = a_season(days)
    roi = betting.roi(Bets(won, 1 / p, p, races.index, dates, 0), 0.0, Resampling(200, 1))
    assert roi.days == days
    return roi.low, roi.high


def slope(days: int) -> Ends:
    dates, p, won, _ = a_season(days)
    slope = calibration_slope(p, won, dates)
    assert np.isfinite(slope.value)
    return slope.low, slope.high


def share(days: int) -> Ends:
    dates, p, won, races = a_season(days)
    market = races.uniform()
    blend = benter(np.log(p), market, won, races)
    spread = intervals(blend, np.log(p), market, won, races, races.first(dates), Resampling(200, 1))
    return spread.exponent.low, spread.exponent.high


def band(days: int) -> Ends:
    dates, p, won, _ = a_season(days)
    last = profit_path(won / p - 1, dates, 1).iloc[-1]
    return last["low"], last["high"]


def backtested(days: int) -> Ends:
    """A strategy that bet on so many of 300 days."""
    totals = np.zeros((300, len(account.COLUMNS)))
    totals[:days] = np.random.default_rng(2).uniform(1, 2, (days, len(account.COLUMNS)))
    roi = betting_ratios.ratios({"top20": totals}, Resampling(200, 1))["top20"]["roi"]
    assert np.isfinite(roi.value)
    return roi.low, roi.high


@pytest.mark.parametrize("figure", [gain, returned, slope, share, band, backtested])
def test_nine_race_days_give_no_interval_and_ten_do(figure: Callable[[int], Ends]) -> None:
    assert np.isnan(figure(FEWEST_DAYS - 1)).all()
    low, high = figure(FEWEST_DAYS)
    assert low < high


def test_days_without_a_bet_are_no_days_of_a_return() -> None:
    profit, staked = np.zeros(400), np.zeros(400)
    profit[:9], staked[:9] = np.arange(9.0), 1.0
    ratio = bootstrap.ratio(profit, staked, Days(np.arange(400), 400), Resampling(200, 1))
    assert ratio.value == 4.0
    assert np.isnan([ratio.low, ratio.high]).all()
