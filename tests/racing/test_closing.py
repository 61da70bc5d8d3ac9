"""What a race closed at: the de-vigged price of one kind over its whole field, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.closing import Close

NONE = float("nan")
BOOK = np.array([7.0, 2.0, 2.0, 1 / (1.15 - 1 / 7 - 1)])
"""7.0 in a book of 1.15."""


def closed(sp: object, bsp: object, *offsets: int) -> Close:
    return Close.of(np.array(bsp), np.array(sp), np.array(offsets or (0,)))


def test_odds_of_8_against_an_sp_of_7_in_a_book_of_115_are_worth_less_than_nothing() -> None:
    close = closed(BOOK, [NONE] * 4)
    value = close.value(np.full(4, 8.0), np.array(["evening"] * 4))
    assert value[0] == pytest.approx(8.0 * (1 / 7) / 1.15 - 1)
    assert value[0] == pytest.approx(-0.006, abs=0.0005)
    assert set(close.kind) == {"sp"}


def test_the_exchange_closes_a_race_where_it_priced_every_starter() -> None:
    close = closed([6.0, 3.0], [2.0, 2.0])
    assert close.kind.tolist() == ["bsp", "bsp"]
    assert close.chance.tolist() == [0.5, 0.5]


def test_one_starter_without_bsp_leaves_the_whole_race_to_the_starting_price() -> None:
    close = closed([2.0, 2.0, 4.0, 4.0], [2.0, NONE, 4.0, 4.0 / 3], 0, 2)
    assert close.kind.tolist() == ["sp", "sp", "bsp", "bsp"]
    assert close.chance.tolist() == [0.5, 0.5, 0.25, 0.75]


def test_a_race_that_lacks_a_price_of_either_kind_has_no_close() -> None:
    close = closed([2.0, NONE], [NONE, 2.0])
    assert close.kind.tolist() == ["", ""]
    assert np.isnan(close.chance).all()
    assert np.isnan(close.value(np.full(2, 9.0), np.array(["morning"] * 2))).all()
    assert not close.is_taken_at(np.array(["sp", "bsp"])).any()


def test_a_bet_at_the_closing_price_itself_has_no_closing_value() -> None:
    close = closed([2.0, 3.0], [NONE, NONE])
    kinds = np.array(["sp", "bsp"])
    value = close.value(np.array([2.0, 3.1]), kinds)
    assert np.isnan(value[0])
    assert np.isfinite(value[1])
    assert close.is_taken_at(kinds).tolist() == [True, False]


def test_a_bet_whose_deduction_is_unknown_has_no_closing_value() -> None:
    close = closed([2.0, 2.0], [NONE, NONE])
    value = close.value(np.array([NONE, 2.5]), np.array(["evening", "evening"]))
    assert np.isnan(value[0])
    assert value[1] == pytest.approx(0.25)


@given(st.lists(st.floats(1.01, 1000), min_size=2, max_size=20), st.floats(1, 3))
def test_a_margin_over_the_whole_book_is_no_value_to_anyone(
    odds: list[float], longer: float
) -> None:
    prices, nothing = np.array(odds), [NONE] * len(odds)
    one, other = closed(prices, nothing), closed(prices * longer, nothing)
    assert other.chance == pytest.approx(one.chance)
    at_fair_odds = other.value(1 / other.chance, np.array(["evening"] * len(odds)))
    assert at_fair_odds == pytest.approx(0, abs=1e-9)


def test_without_a_race_there_is_no_close() -> None:
    close = Close.of(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    assert len(close.kind) == 0
