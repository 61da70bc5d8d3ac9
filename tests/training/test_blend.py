from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.training.simulated_races import fields, simulate, winners
from training.blending import blend
from training.blending.blend import Blend
from training.statistics import pool
from training.statistics.bootstrap import Days, Resampling
from training.statistics.likelihood import log_loss_race
from training.statistics.races import Races
from velo.errors import DataError, ModelError


class Planted:
    """Results drawn from a pool of a model's and a market's probabilities."""

    def __init__(self, alpha: float, beta: float, races: int, seed: int) -> None:
        world = simulate(races, [0.7, 0.5, 0.6], seed)
        x = world.features
        self.races = world.races
        self.race_dates = world.race_dates
        self.log_model = self.races.log_softmax(0.7 * x[:, 0] + 0.5 * x[:, 1])
        self.market = self.races.softmax(0.5 * x[:, 1] + 0.6 * x[:, 2])
        truth = alpha * self.log_model + beta * np.log(self.market)
        self.win_share = winners(truth, self.races, seed + 9)


@settings(deadline=None, max_examples=8)
@given(st.floats(0, 1.2), st.floats(0.3, 1.2))
def test_planted_exponents_come_back(alpha: float, beta: float) -> None:
    world = Planted(alpha, beta, 6000, seed=41)
    fitted = blend.benter(world.log_model, world.market, world.win_share, world.races)
    assert fitted.alpha == pytest.approx(alpha, abs=0.1)
    assert fitted.beta == pytest.approx(beta, abs=0.1)
    assert fitted.alpha_share == pytest.approx(fitted.alpha / (fitted.alpha + fitted.beta))


def test_the_fit_is_the_optimum_that_a_general_search_finds() -> None:
    world = Planted(0.4, 0.8, 500, seed=42)
    fitted = blend.benter(world.log_model, world.market, world.win_share, world.races)

    def loss(weights: np.ndarray) -> float:
        score = weights[0] * world.log_model + weights[1] * np.log(world.market)
        return -float(world.win_share @ world.races.log_softmax(score))

    best = minimize(loss, [0.25, 0.75], method="BFGS", options={"gtol": 1e-7}).x
    assert [fitted.alpha, fitted.beta] == pytest.approx(best.tolist(), abs=1e-5)


@pytest.mark.parametrize("start", [0.0, 0.25, 1.0, 5.0, -3.0])
def test_the_warm_start_does_not_move_the_optimum(start: float) -> None:
    world = Planted(0.4, 0.8, 500, seed=42)
    reference = blend.benter(world.log_model, world.market, world.win_share, world.races)
    fitted = blend.benter(world.log_model, world.market, world.win_share, world.races, start)
    assert fitted.alpha == pytest.approx(reference.alpha, abs=1e-6)
    assert fitted.beta == pytest.approx(reference.beta, abs=1e-6)


def test_the_blend_is_never_less_likely_than_the_power_calibrated_market_it_was_fitted_beside() -> (
    None
):
    world = Planted(0.0, 0.9, 800, seed=43)
    both = blend.benter(world.log_model, world.market, world.win_share, world.races)
    power = blend.power_market(world.market, world.win_share, world.races)
    losses = [
        log_loss_race(
            fitted.probabilities(world.log_model, world.market, world.races),
            world.win_share,
            world.races,
        )
        for fitted in (both, power)
    ]
    assert losses[0] <= losses[1]


def test_the_power_calibrated_market_finds_the_market_s_own_exponent() -> None:
    world = Planted(0.0, 0.8, 6000, seed=44)
    power = blend.power_market(world.market, world.win_share, world.races)
    assert power.beta == pytest.approx(0.8, abs=0.06)
    assert power.alpha == 0
    assert power.alpha_share == 0


def test_residual_mode_has_a_gamma_and_no_alpha() -> None:
    world = Planted(0.5, 0.9, 4000, seed=45)
    fitted = blend.residual(world.log_model, world.market, world.win_share, world.races)
    assert fitted.gamma == pytest.approx(0.5, abs=0.1)
    assert fitted.alpha is None
    assert fitted.alpha_share is None
    spread = blend.intervals(
        fitted,
        world.log_model,
        world.market,
        world.win_share,
        world.races,
        world.race_dates,
        Resampling(500, 1),
    )
    assert spread.alpha_share is None
    assert spread.exponent.low > 0


def test_a_model_that_learned_nothing_has_no_weight() -> None:
    world = Planted(0.0, 0.9, 500, seed=46)
    silent = np.zeros(world.races.n)
    fitted = blend.residual(silent, world.market, world.win_share, world.races)
    assert fitted.gamma == 0
    spread = blend.intervals(
        fitted,
        silent,
        world.market,
        world.win_share,
        world.races,
        world.race_dates,
        Resampling(200, 1),
    )
    assert np.isnan(spread.exponent.low)
    assert spread.beta.low < 0.9 < spread.beta.high


@pytest.mark.slow
def test_intervals_from_one_step_are_near_those_from_full_refits() -> None:
    world = Planted(0.4, 0.8, 2000, seed=47)
    columns = [world.log_model, blend.log_probability(world.market)]
    fitted = blend.benter(world.log_model, world.market, world.win_share, world.races)
    quick = blend.intervals(
        fitted,
        world.log_model,
        world.market,
        world.win_share,
        world.races,
        world.race_dates,
        Resampling(4000, 3),
    )
    days = Days.of(world.race_dates)
    rng = np.random.default_rng(3)
    refits = []
    for _ in range(200):
        drawn = np.sort(rng.integers(0, days.count, days.count))
        rows = np.concatenate([np.flatnonzero(days.index[world.races.index] == d) for d in drawn])
        copy = np.repeat(np.arange(days.count), np.bincount(days.index[world.races.index])[drawn])
        again = Races.of(world.races.index[rows] + copy * len(world.races))
        refits.append(
            pool.fit([c[rows] for c in columns], world.win_share[rows], again, [0.4, 0.8])
        )
    low, high = np.quantile(np.array(refits), [0.025, 0.975], axis=0)
    for ends, estimate in zip(np.array([low, high]).T, (quick.exponent, quick.beta), strict=True):
        width = ends[1] - ends[0]
        assert abs(estimate.low - ends[0]) < 0.15 * width
        assert abs(estimate.high - ends[1]) < 0.15 * width


def test_a_single_draw_by_one_step_is_within_a_hundredth_of_the_width_of_its_full_refit() -> None:
    world = Planted(0.4, 0.8, 4000, seed=48)
    columns = [world.log_model, blend.log_probability(world.market)]
    fitted = pool.fit(columns, world.win_share, world.races, [0.25, 0.75])
    curvature = pool.Curvature.at(columns, fitted, world.win_share, world.races)
    day = Days.of(world.race_dates)
    rng = np.random.default_rng(5)
    off, steps = [], []
    for _ in range(40):
        drawn = rng.integers(0, day.count, day.count)
        times = np.bincount(drawn, minlength=day.count)[day.index]
        step = np.linalg.solve(
            (times[:, None, None] * curvature.information).sum(axis=0), times @ curvature.gradient
        )
        rows = np.repeat(np.arange(len(world.races)), times)
        sizes = world.races.sizes[rows]
        starts = np.repeat(world.races.offsets[rows] - (np.cumsum(sizes) - sizes), sizes)
        picked = starts + np.arange(sizes.sum())
        again = Races.of(np.repeat(np.arange(len(rows)), sizes))
        refit = pool.fit([c[picked] for c in columns], world.win_share[picked], again, fitted)
        off.append(refit - (fitted + step))
        steps.append(step)
    width = 4 * np.std(steps, axis=0)
    assert (np.abs(off).max(axis=0) < 0.05 * width).all()
    assert (np.sqrt(np.mean(np.square(off), axis=0)) < 0.01 * width).all()


@pytest.mark.slow
def test_the_interval_of_alpha_covers_the_planted_value_nineteen_times_in_twenty() -> None:
    held = 0
    for seed in range(150):
        world = Planted(0.4, 0.8, 1000, seed=100 + 13 * seed)
        fitted = blend.benter(world.log_model, world.market, world.win_share, world.races)
        spread = blend.intervals(
            fitted,
            world.log_model,
            world.market,
            world.win_share,
            world.races,
            world.race_dates,
            Resampling(500, seed),
        )
        held += spread.exponent.low <= 0.4 <= spread.exponent.high
    assert 0.89 <= held / 150 <= 0.99


def test_a_race_without_a_complete_book_cannot_be_fitted_on() -> None:
    world = Planted(0.4, 0.8, 20, seed=49)
    market = world.market.copy()
    market[3] = np.nan
    with pytest.raises(DataError, match="complete books only"):
        blend.benter(world.log_model, market, world.win_share, world.races)


def test_a_race_without_a_complete_book_is_blended_to_nothing_and_harms_no_other() -> None:
    world = Planted(0.4, 0.8, 20, seed=49)
    market = world.market.copy()
    market[world.races.index == 2] = np.nan
    p = Blend("benter", 0.4, 0.8).probabilities(world.log_model, market, world.races)
    assert np.isnan(p[world.races.index == 2]).all()
    np.testing.assert_allclose(np.delete(world.races.sum(p), 2), 1.0)


def test_a_blend_without_the_model_s_scores_is_refused() -> None:
    races = fields(3, 1)
    with pytest.raises(ModelError, match="benter blend needs"):
        Blend("benter", 0.4, 0.8).probabilities(None, races.uniform(), races)


def test_a_blend_goes_through_json_unchanged() -> None:
    for fitted in (Blend("benter", 0.4, 0.8), Blend("residual", 0.9, 1.0)):
        assert Blend.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted
