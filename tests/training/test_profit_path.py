"""The path of the profit ends at the profit, inside its band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.statistics.profit_path import profit_path


def bets(n: int, seed: int):
    generator = np.random.default_rng(seed)
    days = np.sort(generator.integers(0, 60, n))
    return generator.choice([-1.0, 7.0], n, p=[0.88, 0.12]), np.datetime64("2020-01-01") + days


@given(st.integers(1, 400), st.integers(0, 50))
def test_it_ends_at_the_profit_and_has_a_row_a_race_day(n, seed):
    profit, dates = bets(n, seed)
    path = profit_path(profit, dates, seed, draws=100)
    assert path["profit"].iloc[-1] == pytest.approx(profit.sum())
    assert path["day"].to_numpy().astype("datetime64[D]").tolist() == np.unique(dates).tolist()


def test_the_band_widens_with_time_and_holds_the_path_that_is_typical():
    profit, dates = bets(2_000, 1)
    path = profit_path(profit, dates, 1)
    width = path["high"] - path["low"]
    assert width.iloc[-1] > 2 * width.iloc[2]
    assert ((path["low"] <= path["profit"]) & (path["profit"] <= path["high"])).all()


def test_the_last_band_is_that_of_a_sum_over_days():
    profit, dates = bets(2_000, 2)
    path = profit_path(profit, dates, 2, draws=20_000)
    daily = np.bincount(np.unique(dates, return_inverse=True)[1], profit)
    spread = 1.96 * daily.std() * np.sqrt(len(daily))
    assert (path["high"] - path["low"]).iloc[-1] / 2 == pytest.approx(spread, rel=0.05)
