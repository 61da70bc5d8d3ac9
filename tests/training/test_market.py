from __future__ import annotations

import numpy as np
import pytest

from tests.training.simulated_races import simulate
from training import market
from training.races import Races
from velo.errors import DataError

WORLD = simulate(3000, [0.5], seed=51)
FAIR = WORLD.races.softmax(WORLD.strength)


@pytest.mark.parametrize("method", market.METHODS)
def test_every_method_gives_probabilities_that_sum_to_one(method: market.Method) -> None:
    p = market.probabilities(1 / (1.15 * FAIR), WORLD.races, method)
    np.testing.assert_allclose(WORLD.races.sum(p), 1.0)


def test_a_proportional_margin_is_taken_out_exactly() -> None:
    p = market.probabilities(1 / (1.15 * FAIR), WORLD.races, "proportional")
    np.testing.assert_allclose(p, FAIR)


def test_a_race_with_a_missing_price_has_no_market_and_the_next_has() -> None:
    races = Races.of(np.array([1, 1, 2, 2]))
    p = market.probabilities(np.array([2.0, np.nan, 2.0, 2.0]), races, "shin")
    assert np.isnan(p[:2]).all()
    np.testing.assert_allclose(p[2:], 0.5)


@pytest.mark.parametrize("method", ["power", "proportional"])
def test_auto_finds_the_method_that_the_margin_was_laid_on_by(method: market.Method) -> None:
    world = simulate(12_000, [0.9], seed=52)
    fair = world.races.softmax(world.strength)
    margins = np.random.default_rng(1).uniform(0.0, 0.5, len(world.races))
    laid = world.races.broadcast(margins)
    book = fair ** (1 - laid) if method == "power" else np.minimum(fair * (1 + laid), 0.99)
    odds = 1 / book
    odds[world.races.index == 7] = np.nan
    assert market.choose(odds, world.win_share, world.races) == method


def test_auto_without_a_complete_book_is_refused() -> None:
    races = Races.of(np.array([1, 1]))
    with pytest.raises(DataError, match="no race has a complete book"):
        market.choose(np.array([2.0, np.nan]), np.array([1.0, 0.0]), races)
