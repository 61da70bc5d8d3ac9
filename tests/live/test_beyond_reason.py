"""Live odds that cannot be a market's, by the bounds that ingest holds results to."""

from __future__ import annotations

import numpy as np
import pytest

from velo.live.beyond_reason import books_beyond_reason
from velo.live.pricing import beyond_reason

NAN = float("nan")


def wrong(*odds: float) -> dict[int, str]:
    return books_beyond_reason(np.full(len(odds), 7), np.array(odds))


@pytest.mark.parametrize(
    "odds", [(2.5, 4.0, 6.0, 6.0), (1.05, 15.0, 101.0), (1001.0, 1.01), (NAN, NAN), (1.5, NAN, 1.5)]
)
def test_a_market_and_a_race_that_lacks_odds_are_nothing_to_decline(odds: tuple[float]) -> None:
    assert wrong(*odds) == {}


@pytest.mark.parametrize(
    ("odds", "why"),
    [
        ((1.00001, 10.0, 10.0, 1.1), "book of 2.11"),
        ((25.0, 4.0, 6.0, 6.0), "book of 0.623"),
        ((40.0, 60.0), "book of 0.0417"),
        ((1e6, 1.02), "odds of 1e+06"),
        ((1e6, NAN), "odds of 1e+06"),
        ((0.00001, 10.0), "odds of 1e-05"),
    ],
)
def test_a_slip_of_the_pen_is_named(odds: tuple[float, ...], why: str) -> None:
    assert why in wrong(*odds)[7]


def test_each_race_has_its_own_book() -> None:
    races, odds = np.array([7, 8, 7, 8]), np.array([2.0, 20.0, 2.0, 20.0])
    assert books_beyond_reason(races, odds).keys() == {8}


def test_the_odds_of_coupled_entries_are_one_bets_and_make_no_book() -> None:
    rows = [{"race_id": 7, "number": 1, "number_letter": letter} for letter in (None, "A")]
    assert beyond_reason(rows, np.array([30.0, 30.0])) == {}
    alone = [row | {"number": number} for number, row in enumerate(rows, 1)]
    assert beyond_reason(alone, np.array([30.0, 30.0])).keys() == {7}
