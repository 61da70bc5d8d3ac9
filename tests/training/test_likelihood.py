from __future__ import annotations

import numpy as np
import pytest

from tests.training.simulated_races import simulate
from training.statistics import likelihood
from training.statistics.bootstrap import Resampling
from training.statistics.races import Races

WORLD = simulate(800, [0.8, 0.4], seed=61)
BETTER = WORLD.races.softmax(WORLD.strength)
WORSE = WORLD.races.softmax(0.5 * WORLD.strength)


def test_log_loss_is_minus_the_mean_log_probability_of_the_winners() -> None:
    races = Races.of(np.array([1, 1, 2, 2, 2]))
    p, won = np.array([0.5, 0.5, 0.2, 0.3, 0.5]), np.array([1.0, 0, 0, 0, 1])
    assert likelihood.log_loss_race(p, won, races) == pytest.approx(np.log(2))


def test_of_no_race_there_is_no_log_loss() -> None:
    """A fold may have no race with a whole book at the decision price."""
    nothing = np.zeros(0)
    assert np.isnan(likelihood.log_loss_race(nothing, nothing, Races.of(np.zeros(0, np.int64))))


def test_equal_chances_have_an_r2_of_nothing() -> None:
    assert likelihood.r2(WORLD.races.uniform(), WORLD.win_share, WORLD.races) == 0


def test_r2_by_hand() -> None:
    races = Races.of(np.array([1, 1]))
    r2 = likelihood.r2(np.array([0.8, 0.2]), np.array([1.0, 0.0]), races)
    assert r2 == pytest.approx(1 - np.log(0.8) / np.log(0.5))


def test_delta_r2_is_the_gain_over_the_opponent_and_changes_sign_with_it() -> None:
    gain = likelihood.delta_r2(BETTER, WORSE, WORLD.win_share, WORLD.races)
    assert gain > 0
    assert likelihood.delta_r2(WORSE, BETTER, WORLD.win_share, WORLD.races) == -gain


def test_the_gain_per_race_is_the_difference_of_the_log_losses() -> None:
    gain = likelihood.delta_ll(
        BETTER, WORSE, WORLD.win_share, WORLD.races, WORLD.race_dates, Resampling(500, 1)
    )
    losses = [likelihood.log_loss_race(p, WORLD.win_share, WORLD.races) for p in (WORSE, BETTER)]
    assert gain.value == pytest.approx(losses[0] - losses[1])
    assert 0 < gain.low < gain.value < gain.high


def test_every_earlier_look_at_the_holdout_widens_the_interval() -> None:
    widths = [
        likelihood.delta_ll(
            BETTER,
            WORSE,
            WORLD.win_share,
            WORLD.races,
            WORLD.race_dates,
            Resampling(2000, 1),
            looks,
        ).half_width
        for looks in (0, 1, 4, 19)
    ]
    assert widths == sorted(widths)
    # Levels .95 and .975: 2.24/1.96 of a normal interval.
    assert widths[1] / widths[0] == pytest.approx(2.24 / 1.96, rel=0.06)


def test_who_says_nothing_of_looks_had_none() -> None:
    given = BETTER, WORSE, WORLD.win_share, WORLD.races, WORLD.race_dates, Resampling(500, 1)
    assert likelihood.delta_ll(*given) == likelihood.delta_ll(*given, 0)


def test_a_blend_that_is_the_market_gains_nothing_and_has_no_interval() -> None:
    gain = likelihood.delta_ll(
        WORSE, WORSE, WORLD.win_share, WORLD.races, WORLD.race_dates, Resampling(200, 1)
    )
    assert gain.value == 0
    assert np.isnan(gain.low)
