from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.simulated_races import simulate, winners
from training.model import temperature

WORLD = simulate(3000, [0.9, -0.6], seed=31)


@settings(deadline=None, max_examples=25)
@given(st.floats(0.01, 100))
def test_a_planted_temperature_is_found_whatever_the_score_s_scale(planted: float) -> None:
    score = planted * WORLD.strength
    assert temperature.fit(score, WORLD.win_share, WORLD.races) == pytest.approx(planted, rel=0.08)


@settings(deadline=None, max_examples=25)
@given(st.floats(0.01, 100))
def test_scaling_the_score_scales_the_temperature(scale: float) -> None:
    one = temperature.fit(WORLD.strength, WORLD.win_share, WORLD.races)
    scaled = temperature.fit(scale * WORLD.strength, WORLD.win_share, WORLD.races)
    assert scaled == pytest.approx(scale * one, rel=1e-4)


@pytest.mark.parametrize("score", [-WORLD.strength, np.zeros(WORLD.races.n)])
def test_scores_that_say_nothing_or_the_wrong_thing_make_every_runner_equal(
    score: np.ndarray,
) -> None:
    fitted = temperature.fit(score, WORLD.win_share, WORLD.races)
    p = np.exp(temperature.log_probabilities(score, fitted, WORLD.races))
    np.testing.assert_allclose(p, WORLD.races.uniform(), rtol=1e-4)


def test_scores_that_name_every_winner_are_held_to_a_finite_temperature() -> None:
    sure = winners(WORLD.strength, WORLD.races, seed=1)
    fitted = temperature.fit(sure, sure, WORLD.races)
    assert 0 < fitted < 0.2
