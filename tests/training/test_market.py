from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.simulated_races import fields, simulate
from training.blending import blend, market_chances
from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import DataError

WORLD = simulate(3000, [0.5], seed=51)
FAIR = WORLD.races.softmax(WORLD.strength)


@pytest.mark.parametrize(
    ("method", "favourite"), [("proportional", 0.625), ("shin", 19 / 30), ("power", 0.6379214)]
)
def test_each_method_takes_the_margin_of_two_runners_out_by_its_own_rule(
    method: market_chances.Method, favourite: float
) -> None:
    """At 1.5 and 2.5, a book of 1 1/15. Proportional: each over the book. Shin, of two: half
    of the margin off each. Power: to the 1.1087th."""
    p = market_chances.probabilities(np.array([1.5, 2.5]), Races.of(np.array([1, 1])), method)
    assert p == pytest.approx([favourite, 1 - favourite], abs=1e-6)


def test_a_proportional_margin_is_taken_out_exactly() -> None:
    p = market_chances.probabilities(1 / (1.15 * FAIR), WORLD.races, "proportional")
    np.testing.assert_allclose(p, FAIR)


def test_a_race_with_a_missing_price_has_no_market_and_the_next_has() -> None:
    races = Races.of(np.array([1, 1, 2, 2]))
    p = market_chances.probabilities(np.array([2.0, np.nan, 2.0, 2.0]), races, "shin")
    assert np.isnan(p[:2]).all()
    np.testing.assert_allclose(p[2:], 0.5)


@pytest.mark.parametrize("method", ["power", "proportional"])
def test_auto_finds_the_method_that_the_margin_was_laid_on_by(
    method: market_chances.Method,
) -> None:
    world = simulate(12_000, [0.9], seed=52)
    fair = world.races.softmax(world.strength)
    margins = np.random.default_rng(1).uniform(0.0, 0.5, len(world.races))
    laid = world.races.broadcast(margins)
    book = fair ** (1 - laid) if method == "power" else np.minimum(fair * (1 + laid), 0.99)
    odds = 1 / book
    odds[world.races.index == 7] = np.nan
    assert market_chances.choose(odds, world.win_share, world.races) == method


@given(
    st.sampled_from(market_chances.METHODS),
    st.floats(0.5, 1.8),
    st.floats(0.2, 4.0),
    st.integers(0, 99),
)
def test_every_method_sums_to_one_on_books_below_one_too(
    method: market_chances.Method, book: float, spread: float, seed: int
) -> None:
    races = fields(20, seed)
    fair = races.softmax(spread * np.random.default_rng(seed).standard_normal(races.n))
    odds = np.maximum(1 / (book * fair), 1.01)
    p = market_chances.probabilities(odds, races, method)
    np.testing.assert_allclose(races.sum(p), 1.0, atol=1e-9)
    assert (p > 0).all()


def test_auto_is_judged_on_races_that_the_exponent_was_not_fitted_on() -> None:
    """Other results in the last block change none of the exponents."""
    world = simulate(400, [0.8], seed=53)
    odds = 1 / (1.15 * world.races.softmax(world.strength))
    last = world.races.index >= 300
    even = world.races.uniform()
    seen: list[float] = []
    fit = blend.power_market

    def watched(p: Floats, won: Floats, races: Races) -> blend.Blend:
        seen.append(fit(p, won, races).beta)
        return fit(p, won, races)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blend, "power_market", watched)
        market_chances.choose(odds, world.win_share, world.races)
        market_chances.choose(odds, np.where(last, even, world.win_share), world.races)
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]


@pytest.mark.parametrize("method", market_chances.METHODS)
def test_auto_is_judged_on_the_races_after_those_of_the_exponent_and_on_no_others(
    method: market_chances.Method,
) -> None:
    """The second to fourth quarters, each by the exponent of the quarters before it."""
    world = simulate(402, [0.8], seed=54)
    odds = 1 / (1.15 * world.races.softmax(0.7 * world.strength))
    p = market_chances.probabilities(odds, world.races, method)
    quarter = world.races.broadcast(np.arange(402) * 4 // 402)
    expected = 0.0
    for number in (1, 2, 3):
        known, judged = quarter < number, quarter == number
        before, inside = (Races.of(world.races.index[rows]) for rows in (known, judged))
        power = blend.power_market(p[known], world.win_share[known], before)
        chance = power.probabilities(None, p[judged], inside)
        expected += np.log(chance[world.win_share[judged] == 1]).sum()
    value = market_chances._likelihood(odds, world.win_share, world.races, method)
    assert value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("odds", [np.nan, 1.0, 0.5, np.inf])
def test_auto_passes_over_a_race_whose_book_is_none(odds: float) -> None:
    world = simulate(40, [0.8], seed=55)
    book = 1 / (1.15 * world.races.softmax(world.strength))
    book[world.races.index == 3] = odds
    rows, whole = world.races.keep(np.arange(40) != 3)
    method = market_chances.choose(book, world.win_share, world.races)
    assert method == market_chances.choose(book[rows], world.win_share[rows], whole)


def test_auto_without_a_complete_book_is_refused() -> None:
    races = Races.of(np.array([1, 1]))
    with pytest.raises(DataError, match="no race has a complete book"):
        market_chances.choose(np.array([2.0, np.nan]), np.array([1.0, 0.0]), races)
