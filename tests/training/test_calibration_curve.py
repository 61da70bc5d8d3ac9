from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.training.simulated_races import simulate, winners
from training.statistics import calibration_curve

WORLD = simulate(4000, [0.8, 0.4], seed=71)
TRUE = WORLD.races.softmax(WORLD.strength)
DATES = WORLD.race_dates[WORLD.races.index]


def test_calibration_error_by_hand() -> None:
    # Two bins of two: .15 given and .5 come; .35 given and 0 come. (2 * .35 + 2 * .35) / 4.
    p, won = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 1.0, 0.0, 0.0])
    curve = calibration_curve.curve(p, won, bins=2)
    assert curve.runners.tolist() == [2, 2]
    assert curve.predicted.tolist() == pytest.approx([0.15, 0.35])
    assert curve.observed.tolist() == [0.5, 0.0]
    assert curve.error == pytest.approx(0.35)


def test_a_dead_heater_is_half_a_win() -> None:
    p = np.array([0.5, 0.5])
    assert calibration_curve.calibration_error(p, np.array([0.5, 0.5])) == 0


@given(st.lists(st.sampled_from([0.1, 0.125, 0.2, 0.5]), min_size=1, max_size=60), st.randoms())
def test_the_order_of_tied_rows_changes_nothing(values: list[float], random: object) -> None:
    p = np.array(values)
    won = np.arange(len(p)) % 3 == 0
    turned = np.random.default_rng(len(p)).permutation(len(p))
    plain = calibration_curve.calibration_error(p, won.astype(float))
    assert calibration_curve.calibration_error(p[turned], won[turned].astype(float)) == (
        pytest.approx(plain)
    )
    assert calibration_curve.curve(p, won.astype(float)).runners.sum() == len(p)


def test_one_probability_for_all_is_one_bin() -> None:
    curve = calibration_curve.curve(np.full(1000, 0.1), np.arange(1000) < 130)
    assert curve.runners.tolist() == [1000]
    assert curve.error == pytest.approx(0.03)


def test_without_ties_the_bins_have_equal_mass() -> None:
    curve = calibration_curve.curve(np.linspace(0.01, 0.9, 2000), np.zeros(2000))
    assert curve.runners.tolist() == [100] * 20


def test_no_runners_have_no_calibration_error() -> None:
    nobody = np.zeros(WORLD.races.n, dtype=bool)
    errors = calibration_curve.band_calibration_errors(TRUE, TRUE, WORLD.win_share, nobody)
    assert np.isnan(errors).all()


def test_the_error_by_chance_is_that_of_a_normal_gap_in_each_bin() -> None:
    """A hundred runners at 1/5: 16 variances of a win, so a mean gap of 4 * sqrt(2 / pi) wins."""
    error = calibration_curve.error_by_chance(np.full(100, 0.2))
    assert error == pytest.approx(4 * np.sqrt(2 / np.pi) / 100)
    two = calibration_curve.error_by_chance(np.repeat([0.2, 0.5], 100), bins=2)
    assert two == pytest.approx((4 + 5) * np.sqrt(2 / np.pi) / 200)


def test_the_band_s_error_is_of_its_runners_alone() -> None:
    p = np.array([0.2, 0.2, 0.9, 0.9])
    won = np.array([0.0, 0.0, 1.0, 1.0])
    band = np.array([True, True, False, False])
    own, other = calibration_curve.band_calibration_errors(p, p / 2, won, band)
    assert (own, other) == pytest.approx((0.2, 0.1))


def test_two_forecasts_in_the_band_share_the_luck_of_the_bins() -> None:
    """Four runners in two bins: the opponent is held to the bins of the model's own chances."""
    p = np.array([0.1, 0.1, 0.4, 0.4])
    opponent = np.array([0.4, 0.2, 0.1, 0.3])
    won = np.array([0.0, 0.0, 1.0, 0.0])
    own, other = calibration_curve.band_calibration_errors(p, opponent, won, np.ones(4, bool))
    assert own == pytest.approx((0.2 + abs(0.8 - 1)) / 4)
    assert other == pytest.approx((0.6 + abs(0.4 - 1)) / 4)


def test_an_overconfident_model_errs_more_than_the_market_where_it_departs_from_it() -> None:
    loud = WORLD.races.softmax(1.6 * np.log(TRUE))
    everyone = np.ones(WORLD.races.n, dtype=bool)
    own, market = calibration_curve.band_calibration_errors(loud, TRUE, WORLD.win_share, everyone)
    assert own > market + 0.002


def test_true_probabilities_have_slope_one_and_next_to_no_error() -> None:
    slope = calibration_curve.calibration_slope(TRUE, WORLD.win_share, DATES)
    assert slope.low < 1 < slope.high
    assert slope.half_width < 0.06
    assert calibration_curve.calibration_error(TRUE, WORLD.win_share) < 0.01


@pytest.mark.parametrize(("power", "side"), [(1.6, "below"), (0.6, "above")])
def test_overconfident_probabilities_have_a_slope_below_one(power: float, side: str) -> None:
    p = WORLD.races.softmax(power * WORLD.strength)
    slope = calibration_curve.calibration_slope(p, WORLD.win_share, DATES)
    assert slope.high < 1 if side == "below" else slope.low > 1


def test_the_slope_is_that_of_a_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    x = np.log(TRUE / (1 - TRUE))[:, None]
    fitted = LogisticRegression(C=np.inf, tol=1e-10).fit(x, WORLD.win_share > 0)
    slope = calibration_curve.calibration_slope(TRUE, WORLD.win_share, DATES)
    assert slope.value == pytest.approx(float(fitted.coef_[0, 0]), abs=1e-4)


def test_the_slope_s_interval_is_student_s_with_a_day_less_than_there_are() -> None:
    first, eleventh = np.unique(DATES)[[0, 10]]
    ten = (first <= DATES) & (eleventh > DATES)
    widths = [
        calibration_curve.calibration_slope(TRUE[ten], WORLD.win_share[ten], DATES[ten], level)
        for level in (0.95, 0.5)
    ]
    assert widths[0].half_width / widths[1].half_width == pytest.approx(
        stats.t.ppf(0.975, 9) / stats.t.ppf(0.75, 9)
    )


def test_no_runners_are_in_no_bin() -> None:
    assert calibration_curve.equal_mass_bins(np.zeros(0), 20).tolist() == []


def test_probabilities_that_are_all_the_same_have_no_slope() -> None:
    same = np.full(WORLD.races.n, 0.1)
    assert np.isnan(calibration_curve.calibration_slope(same, WORLD.win_share, DATES).value)


@pytest.mark.few(1)
@pytest.mark.parametrize("doubt", [0.0, 1e-12, 1e-6, 1e-3])
def test_probabilities_that_know_every_winner_have_no_slope(doubt: float) -> None:
    p = np.where(WORLD.win_share > 0, 1 - doubt, doubt / 9)
    slope = calibration_curve.calibration_slope(p, WORLD.win_share, DATES)
    assert np.isnan([slope.value, slope.low, slope.high]).all()


@pytest.mark.slow
def test_the_slope_s_interval_holds_one_nineteen_times_in_twenty() -> None:
    world = simulate(900, [0.8, 0.4], seed=72)
    p = world.races.softmax(world.strength)
    dates = world.race_dates[world.races.index]
    held = 0
    for seed in range(300):
        won = winners(world.strength, world.races, 1000 + seed)
        slope = calibration_curve.calibration_slope(p, won, dates)
        held += slope.low <= 1 <= slope.high
    assert 0.91 <= held / 300 <= 0.985
