from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Resampling


def test_sums_by_day_are_drawn_whole() -> None:
    days = Days.of(np.array(["2020-01-02", "2020-01-01", "2020-01-02"], dtype="M8[D]"))
    totals = days.totals(np.array([1.0, 10.0, 2.0]))
    assert totals.ravel().tolist() == [10.0, 3.0]
    drawn = bootstrap.resample(totals, Resampling(500, 1))
    assert set(drawn.ravel().tolist()) == {6.0, 13.0, 20.0}


def test_the_same_seed_draws_the_same_days_so_differences_are_paired() -> None:
    totals = np.random.default_rng(1).normal(size=(50, 1))
    one, two = (
        bootstrap.resample(totals, Resampling(300, 5)),
        bootstrap.resample(totals + 1, Resampling(300, 5)),
    )
    np.testing.assert_allclose(two - one, 50.0)


def test_chunks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    totals = np.random.default_rng(1).normal(size=(40, 2))
    whole = bootstrap.resample(totals, Resampling(100, 5))
    monkeypatch.setattr(bootstrap, "CHUNK", 7 * 40)
    np.testing.assert_allclose(bootstrap.resample(totals, Resampling(100, 5)), whole)


@pytest.mark.parametrize(
    "profit", [[-1.0, -1.0, -1.0, -1.0], [2.0]], ids=["no winner at all", "a single day"]
)
def test_where_every_draw_says_the_same_there_is_no_interval(profit: list[float]) -> None:
    x = np.array(profit)
    estimate = bootstrap.mean(x, Days.of(np.arange(len(x))), Resampling(200, 1))
    assert estimate.value == pytest.approx(x.mean())
    assert np.isnan([estimate.low, estimate.high]).all()


def test_nothing_staked_gives_no_figure() -> None:
    none = bootstrap.ratio(np.zeros(0), np.zeros(0), Days.of(np.zeros(0)), Resampling(100, 1))
    assert np.isnan([none.value, none.low, none.high]).all()


@pytest.mark.parametrize(("bet", "sure"), [(9, False), (10, True), (11, True)])
def test_an_interval_rests_on_ten_days_with_a_bet_at_least(bet: int, sure: bool) -> None:
    """Days without one are none of them."""
    days = Days.of(np.arange(12))
    staked = (np.arange(12) < bet).astype(np.float64)
    estimate = bootstrap.ratio(np.arange(12) * staked, staked, days, Resampling(200, 1))
    assert estimate.value == pytest.approx((bet - 1) / 2)
    assert np.isfinite([estimate.low, estimate.high]).all() == sure


def test_a_ratio_is_of_sums_not_the_mean_of_daily_ratios() -> None:
    days = Days.of(np.array([1, 2, 2, 2]))
    estimate = bootstrap.ratio(np.array([1.0, 0, 0, 0]), np.ones(4), days, Resampling(200, 1))
    assert estimate.value == 0.25


def test_a_wider_level_gives_a_wider_interval() -> None:
    x = np.random.default_rng(2).normal(size=400)
    days = Days.of(np.arange(400))
    at95, at99 = (bootstrap.mean(x, days, Resampling(2000, 1), level) for level in (0.95, 0.99))
    assert at99.low < at95.low < at95.high < at99.high


@given(st.floats(-100, 100), st.floats(0.01, 100))
def test_intervals_move_and_stretch_with_the_unit(shift: float, scale: float) -> None:
    x = np.random.default_rng(3).normal(size=60)
    days = Days.of(np.arange(60) // 2)
    plain = bootstrap.mean(x, days, Resampling(200, 1))
    moved = bootstrap.mean(shift + scale * x, days, Resampling(200, 1))
    assert moved.low == pytest.approx(shift + scale * plain.low, abs=1e-6)
    assert moved.high == pytest.approx(shift + scale * plain.high, abs=1e-6)


def test_bets_that_share_a_day_widen_the_interval() -> None:
    rng = np.random.default_rng(4)
    daily = np.repeat(rng.normal(size=100), 10)
    by_day = bootstrap.mean(daily, Days.of(np.arange(1000) // 10), Resampling(1000, 1))
    as_if_alone = bootstrap.mean(daily, Days.of(np.arange(1000)), Resampling(1000, 1))
    assert by_day.half_width > 2.5 * as_if_alone.half_width


def test_the_interval_of_an_roi_covers_the_truth_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for trial in range(300):
        day = rng.poisson(6, 150).repeat(1)
        index = np.repeat(np.arange(150), day)
        chance = np.clip(0.1 + 0.03 * rng.normal(size=150), 0.01, 1)[index]
        profit = np.where(rng.random(len(index)) < chance, 9.0, -1.0)
        truth = 10 * np.clip(0.1 + 0.03 * rng.normal(size=100_000), 0.01, 1).mean() - 1
        estimate = bootstrap.mean(profit, Days.of(index), Resampling(500, trial))
        held += estimate.low <= truth <= estimate.high
    assert 0.91 <= held / 300 <= 0.985


@pytest.mark.slow
def test_two_thousand_draws_over_two_hundred_thousand_races_take_seconds() -> None:
    gain = np.random.default_rng(6).normal(size=200_000)
    days = Days.of(np.arange(200_000) // 55)
    began = time.perf_counter()
    bootstrap.mean(gain, days, Resampling(2000, 1))
    assert time.perf_counter() - began < 10
