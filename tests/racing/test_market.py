from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.errors import InputError
from velo.racing.market import DEVIG, overround, power, proportional, shin

Devig = Callable[[Any, Any], np.ndarray]

METHODS = pytest.mark.parametrize("devig", list(DEVIG.values()), ids=list(DEVIG))


def books(
    races: int, seed: int, low: float = 1.02, high: float = 1.4
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(2, 20, races)
    offsets = np.cumsum(lengths) - lengths
    chances = rng.gamma(0.8, size=lengths.sum()) + 1e-3
    chances /= np.repeat(np.add.reduceat(chances, offsets), lengths)
    book = np.repeat(rng.uniform(low, high, races), lengths)
    return np.maximum(1 / (chances * book), 1.001), offsets


def test_a_book_is_the_sum_of_its_implied_probabilities() -> None:
    # evens, 2/1, 3/1: 1/2 + 1/3 + 1/4
    assert overround([2.0, 3.0, 4.0, 2.0, 2.0], [0, 3]) == pytest.approx([13 / 12, 1.0])


def test_proportional_takes_the_same_share_from_every_runner() -> None:
    assert proportional([2.0, 3.0, 4.0], [0]) == pytest.approx([6 / 13, 4 / 13, 3 / 13])


def test_power_raises_every_implied_probability_to_one_power() -> None:
    odds = np.array([1.8, 3.0, 6.0])
    p = power(odds, [0])
    exponents = np.log(p) / np.log(1 / odds)
    assert exponents == pytest.approx([exponents[0]] * 3)
    assert exponents[0] > 1


def test_shin_agrees_with_the_shin_package() -> None:
    shin_package = pytest.importorskip("shin", reason="it has no wheel for this Python")
    odds, offsets = books(500, seed=5)
    ours = shin(odds, offsets)
    for book, p in zip(np.split(odds, offsets[1:]), np.split(ours, offsets[1:]), strict=True):
        if (1 / book).sum() <= 1:
            continue
        theirs = shin_package.calculate_implied_probabilities(book.tolist())
        assert p == pytest.approx(theirs, abs=1e-8)


def test_shin_and_power_take_more_margin_from_the_outsider() -> None:
    odds = np.array([1.5, 3.5, 20.0])
    even = proportional(odds, [0])
    for devig in (shin, power):
        assert devig(odds, [0])[2] < even[2]
        assert devig(odds, [0])[0] > even[0]


@METHODS
@given(st.lists(st.lists(st.floats(1.001, 1000), min_size=1, max_size=24), min_size=1, max_size=6))
def test_probabilities_sum_to_one_and_keep_the_order_of_the_prices(
    devig: Devig, races: list[list[float]]
) -> None:
    odds = np.concatenate([np.array(race) for race in races])
    lengths = np.array([len(race) for race in races])
    offsets = np.cumsum(lengths) - lengths
    p = devig(odds, offsets)
    assert np.all((p >= 0) & (p <= 1))
    assert np.add.reduceat(p, offsets) == pytest.approx(np.ones(len(races)), abs=1e-9)
    for race, chances in zip(races, np.split(p, offsets[1:]), strict=True):
        assert np.all(np.diff(chances[np.argsort(race)]) <= 1e-12)


@METHODS
def test_a_book_below_one_is_made_proportional(devig: Devig) -> None:
    odds = [2.1, 2.1, 50.0]
    assert devig(odds, [0]) == pytest.approx(proportional(odds, [0]))


@METHODS
def test_a_fair_book_is_left_as_it_is(devig: Devig) -> None:
    assert devig([2.0, 4.0, 4.0], [0]) == pytest.approx([0.5, 0.25, 0.25])


@METHODS
@pytest.mark.parametrize("missing", [np.nan, np.inf, 1.0, 0.0])
def test_a_race_with_a_missing_price_is_missing_and_its_neighbours_are_not(
    devig: Devig, missing: float
) -> None:
    odds = [2.0, 2.0, 3.0, missing, 3.0, 1.5, 2.5]
    p = devig(odds, [0, 2, 5])
    assert np.isnan(p[2:5]).all()
    assert p[:2] == pytest.approx([0.5, 0.5])
    assert p[5:].sum() == pytest.approx(1.0)
    assert np.isnan(overround(odds, [0, 2, 5])[1])


@METHODS
def test_a_race_is_judged_by_itself(devig: Devig) -> None:
    odds, offsets = books(50, seed=2)
    together = devig(odds, offsets)
    alone = [devig(book, [0]) for book in np.split(odds, offsets[1:])]
    assert together == pytest.approx(np.concatenate(alone), abs=1e-12)


@METHODS
def test_no_races_have_no_probabilities(devig: Devig) -> None:
    assert devig([], []).size == 0


@pytest.mark.parametrize("offsets", [[1], [0, 2, 2], [0, 3], [2, 0], []])
def test_offsets_that_are_not_the_beginnings_of_races_are_refused(offsets: list[int]) -> None:
    with pytest.raises(InputError, match="offsets"):
        proportional([2.0, 2.0, 3.0], offsets)


@METHODS
@pytest.mark.slow
def test_two_hundred_thousand_races_take_seconds(devig: Devig) -> None:
    odds, offsets = books(200_000, seed=1)
    begun = time.perf_counter()
    devig(odds, offsets)
    assert time.perf_counter() - begun < 6
