from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.simulated_races import fields, simulate, winners
from training.blending import calibration
from training.blending.calibration import Beta, Calibrator, Isotonic, Uncalibrated
from training.statistics import pool
from training.statistics.likelihood import log_loss_race
from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import ModelError

WORLD = simulate(4000, [0.9, 0.5], seed=61)
TRUE = WORLD.races.softmax(WORLD.strength)


def kinked(p: Floats, races: Races) -> Floats:
    """A market that backs outsiders under 8% as if they had three times less to lose."""
    return races.softmax(np.where(p < 0.08, np.log(0.08) + 0.3 * np.log(p / 0.08), np.log(p)))


def any_calibrator() -> st.SearchStrategy[Calibrator]:
    finite = st.floats(0.0, 4.0)
    rise = st.lists(st.tuples(st.floats(0.01, 2.0), finite), min_size=1, max_size=12)

    def joined(steps: list[tuple[float, float]]) -> Isotonic:
        x, y = (np.cumsum([step[side] for step in steps]) - 9.0 for side in (0, 1))
        return Isotonic(tuple(x.tolist()), tuple(y.tolist()))

    return st.one_of(
        st.just(Uncalibrated()),
        st.builds(Beta, finite, finite, st.floats(-5, 5)),
        rise.map(joined),
    )


@given(any_calibrator(), st.integers(0, 50), st.floats(0.1, 6.0))
def test_every_race_sums_to_one_and_keeps_its_order(
    calibrator: Calibrator, seed: int, spread: float
) -> None:
    races = fields(12, seed)
    p = races.softmax(spread * np.random.default_rng(seed).standard_normal(races.n))
    calibrated = calibrator.probabilities(p, races)
    np.testing.assert_allclose(races.sum(calibrated), 1.0, atol=1e-12)
    assert (calibrated > 0).all()
    order = np.lexsort((p, races.index))
    within = np.diff(races.index[order]) == 0
    assert (np.diff(calibrated[order])[within] >= -1e-15).all()


@given(any_calibrator(), st.integers(0, 50))
def test_a_race_without_a_market_stays_without_and_harms_no_other(
    calibrator: Calibrator, seed: int
) -> None:
    races = fields(4, seed)
    whole = races.softmax(np.random.default_rng(seed).standard_normal(races.n))
    missing = races.index == 2
    calibrated = calibrator.probabilities(np.where(missing, np.nan, whole), races)
    assert np.isnan(calibrated[missing]).all()
    np.testing.assert_array_equal(
        calibrated[~missing], calibrator.probabilities(whole, races)[~missing]
    )


@given(any_calibrator())
def test_a_calibrator_goes_through_json_to_the_bit(calibrator: Calibrator) -> None:
    assert calibration.from_dict(json.loads(json.dumps(calibrator.to_dict()))) == calibrator


@pytest.mark.parametrize("kind", ["isotonic", "beta"])
def test_a_fitted_calibrator_predicts_the_same_bits_after_json(kind: calibration.Kind) -> None:
    p = kinked(TRUE, WORLD.races)
    fitted = calibration.fit(kind, p, WORLD.win_share, WORLD.races)
    again = calibration.from_dict(json.loads(json.dumps(fitted.to_dict())))
    np.testing.assert_array_equal(
        fitted.probabilities(p, WORLD.races), again.probabilities(p, WORLD.races)
    )


def test_no_calibration_gives_back_the_very_probabilities() -> None:
    assert Uncalibrated().probabilities(TRUE, WORLD.races) is TRUE


@pytest.mark.parametrize("same", [Beta(1.0, 1.0, 0.0), Isotonic((-2.0,), (-2.0,))])
def test_the_neutral_calibrators_change_nothing(same: Calibrator) -> None:
    np.testing.assert_allclose(same.probabilities(TRUE, WORLD.races), TRUE, rtol=1e-9)


@pytest.mark.parametrize("kind", ["isotonic", "beta"])
def test_a_planted_kink_is_mended_beyond_what_an_exponent_can(kind: calibration.Kind) -> None:
    given_ = kinked(TRUE, WORLD.races)
    exponent = pool.fit([np.log(given_)], WORLD.win_share, WORLD.races, [1.0])
    powered = pool.probabilities([np.log(given_)], exponent.tolist(), WORLD.races)
    fitted = calibration.fit(kind, powered, WORLD.win_share, WORLD.races)
    fresh = winners(WORLD.strength, WORLD.races, 999)
    losses = [
        log_loss_race(p, fresh, WORLD.races)
        for p in (TRUE, fitted.probabilities(powered, WORLD.races), powered)
    ]
    assert losses[1] < losses[2]
    assert losses[1] - losses[0] < 0.6 * (losses[2] - losses[0])


@pytest.mark.parametrize("kind", ["isotonic", "beta"])
def test_calibrated_probabilities_are_left_near_where_they_are(kind: calibration.Kind) -> None:
    fitted = calibration.fit(kind, TRUE, WORLD.win_share, WORLD.races)
    moved = fitted.probabilities(TRUE, WORLD.races)
    assert np.abs(moved - TRUE).mean() < 0.01


@settings(max_examples=6, deadline=None)
@given(st.floats(0.4, 2.0), st.floats(0.4, 2.0), st.integers(0, 1000))
def test_beta_is_never_less_likely_than_nothing_on_the_races_it_was_fitted_on(
    a: float, b: float, seed: int
) -> None:
    world = simulate(300, [0.8], seed)
    bent = Beta(a, b, 0.0).probabilities(world.races.softmax(world.strength), world.races)
    fitted = calibration.fit("beta", bent, world.win_share, world.races)
    after = log_loss_race(fitted.probabilities(bent, world.races), world.win_share, world.races)
    assert after <= log_loss_race(bent, world.win_share, world.races) + 1e-12


def test_beta_stands_where_no_small_step_is_likelier() -> None:
    p = Beta(1.2, 0.7, 0.5).probabilities(TRUE, WORLD.races)
    fitted = calibration.fit("beta", p, WORLD.win_share, WORLD.races)
    assert isinstance(fitted, Beta)
    assert min(fitted.a, fitted.b) > 0.02
    best = log_loss_race(fitted.probabilities(p, WORLD.races), WORLD.win_share, WORLD.races)
    for a, b, c in np.vstack([np.eye(3), -np.eye(3)]) * 0.02:
        near = Beta(fitted.a + a, fitted.b + b, fitted.c + c).probabilities(p, WORLD.races)
        assert log_loss_race(near, WORLD.win_share, WORLD.races) >= best - 1e-6


def test_an_outsider_that_never_won_keeps_a_chance() -> None:
    races = Races.of(np.repeat(np.arange(200), 3))
    p = np.tile([0.7, 0.29, 0.01], 200)
    won = np.tile([1.0, 0.0, 0.0], 200)
    fitted = calibration.fit("isotonic", p, won, races)
    calibrated = fitted.probabilities(p, races)[:3]
    # .29 and .01 are one level, 0 wins of 60 expected: each keeps 1/61 of its own weight.
    assert calibrated[2] / calibrated[0] == pytest.approx((0.01 / 61) / (0.7 * 201 / 141))


def test_isotonic_levels_by_hand() -> None:
    """Runners of .1, .2, .3 won 1, 0 and 3 of 4: the first two are one level, 1 win of 1.2."""
    p = np.repeat([0.1, 0.2, 0.3], 4)
    won = np.array([1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0], dtype=np.float64)
    fitted = calibration.fit("isotonic", p, won, Races.of(np.arange(12)))
    assert isinstance(fitted, Isotonic)
    np.testing.assert_allclose(np.exp(fitted.log_p), [0.15, 0.3])
    np.testing.assert_allclose(np.exp(fitted.log_weight), [0.15 * 2 / 2.2, 0.3 * 4 / 2.2])


@pytest.mark.parametrize(
    "plain",
    [
        {"kind": "spline"},
        {"kind": "beta", "a": -0.1, "b": 1.0, "c": 0.0},
        {"kind": "beta", "a": float("nan"), "b": 1.0, "c": 0.0},
        {"kind": "isotonic", "log_p": [], "log_weight": []},
        {"kind": "isotonic", "log_p": [-2.0, -3.0], "log_weight": [-2.0, -1.0]},
        {"kind": "isotonic", "log_p": [-3.0, -2.0], "log_weight": [-1.0, -2.0]},
        {"kind": "isotonic", "log_p": [-3.0, -2.0], "log_weight": [-1.0]},
    ],
)
def test_what_could_turn_a_race_s_order_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="train again"):
        calibration.from_dict(plain)


def test_of_very_many_races_every_second_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    p = kinked(WORLD.races.softmax(WORLD.strength), WORLD.races)
    whole = calibration.fit("beta", p, WORLD.win_share, WORLD.races)
    monkeypatch.setattr(calibration, "MOST_RACES", 2000)
    half = calibration.fit("beta", p, WORLD.win_share, WORLD.races)
    assert half != whole
    losses = [
        log_loss_race(each.probabilities(p, WORLD.races), WORLD.win_share, WORLD.races)
        for each in (half, whole, Uncalibrated())
    ]
    assert losses[0] - losses[1] < 0.2 * (losses[2] - losses[1])
