"""Rule 4, the reduction factor and what they leave of a price, as the rules work them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing import reduction_factor, rule_4
from velo.racing.odds import decimal_odds
from velo.racing.withdrawals import law_of, paid_odds

ONE = np.array([0])

SCALE = {
    # Tattersalls' Committee, Rules on Betting, Rule 4(c): both ends of each line.
    90: ("1/20", "1/10", "1/9"),
    85: ("2/17", "1/8", "2/11"),
    80: ("1/5", "2/9", "1/4"),
    75: ("2/7", "3/10"),
    70: ("1/3", "4/11", "2/5"),
    65: ("4/9", "1/2", "8/15"),
    60: ("4/7", "8/13"),
    55: ("4/6", "8/11", "4/5"),
    50: ("5/6", "10/11", "20/21"),
    45: ("Evens", "11/10", "6/5"),
    40: ("5/4", "11/8", "6/4"),
    35: ("13/8", "7/4"),
    30: ("15/8", "2/1", "9/4"),
    25: ("5/2", "11/4", "3/1"),
    20: ("10/3", "7/2", "4/1"),
    15: ("9/2", "5/1", "11/2"),
    10: ("6/1", "15/2", "9/1"),
    5: ("10/1", "12/1", "14/1"),
    0: ("29/2", "15/1", "16/1", "33/1", "100/1"),
}


@pytest.mark.parametrize(
    ("odds", "pence"), [(odds, pence) for pence, line in SCALE.items() for odds in line]
)
def test_the_deduction_is_the_scales(odds: str, pence: int) -> None:
    price = decimal_odds(odds)
    assert price is not None
    both = rule_4.deduction(np.array([price, round(price, 2)]))
    assert both.tolist() == [pence / 100, pence / 100]


def test_ten_pounds_at_eight_to_one_return_seventy_after_a_three_to_one_withdrawal() -> None:
    paid = paid_odds(np.array([9.0]), ONE, 1, np.array([4.0]), ONE, "rule 4")
    assert 10 * paid[0] == pytest.approx(70)


def test_two_withdrawals_add_up() -> None:
    # 3/1 and 5/1: 25p and 15p.
    total = rule_4.total_deduction(np.array([4.0, 6.0]), np.array([0, 0]), 1)
    assert total.tolist() == pytest.approx([0.40])


def test_ninety_pence_is_the_most_that_all_withdrawals_take() -> None:
    total = rule_4.total_deduction(np.array([1.5, 1.5]), np.array([0, 0]), 2)
    assert total.tolist() == pytest.approx([0.90, 0.0])


def test_an_unknown_price_makes_its_own_race_unsettleable_and_no_other() -> None:
    odds, race = np.array([5.0, 1.2, 5.0, 1.2]), np.array([0, 0, 1, 1])
    paid = paid_odds(odds, race, 2, np.array([np.nan, 4.0]), np.array([0, 0]), "rule 4")
    assert np.isnan(paid[:2]).all()
    assert paid[2:].tolist() == [5.0, 1.2]


def test_a_bookmakers_book_under_one_lacks_a_horse_that_nobody_named() -> None:
    odds, race = np.array([4.0, 4.0]), np.array([0, 0])
    paid = paid_odds(odds, race, 1, np.array([]), np.array([], dtype=int), "rule 4")
    assert np.isnan(paid).all()


@pytest.mark.parametrize(("odds", "whole"), [(2.0 + 1e-9, True), (2.0 + 1e-5, False), (2.1, False)])
def test_a_bookmakers_book_may_add_up_to_a_hair_less_than_one_and_no_more(
    odds: float, whole: bool
) -> None:
    paid = paid_odds(
        np.array([odds, odds]), np.array([0, 0]), 1, np.array([]), np.array([], dtype=int), "rule 4"
    )
    assert (paid == odds).all() == whole


def test_a_book_under_one_is_as_it_should_be_where_the_source_names_who_is_gone() -> None:
    odds, race = np.array([4.0, 4.0, 2.0, 2.0]), np.array([0, 0, 1, 1])
    paid = paid_odds(odds, race, 2, np.array([4.0]), np.array([0]), "rule 4")
    # 3/1: 25p in the pound of what is won.
    assert paid.tolist() == pytest.approx([3.25, 3.25, 2.0, 2.0])


def test_a_price_of_the_exchange_is_cut_by_its_own_races_book() -> None:
    """One at 2.0 left a book of 1/2 in the first race, one at 5.0 a book of 4/5 in the second."""
    odds, race = np.array([4.0, 4.0, 2.5, 2.5]), np.array([0, 0, 1, 1])
    paid = paid_odds(odds, race, 3, np.array([2.0, 5.0]), np.array([0, 1]), "reduction factor")
    assert paid.tolist() == pytest.approx([2.0, 2.0, 2.0, 2.0])


def test_starting_prices_bear_nothing() -> None:
    assert law_of("sp", ("bsp",)) == law_of("bsp", ("bsp",)) == "none"
    odds = np.array([9.0])
    assert paid_odds(odds, ONE, 1, np.array([2.0]), ONE, "none").tolist() == [9.0]


def test_early_prices_are_the_bookmakers_unless_the_settings_say_the_exchanges() -> None:
    assert law_of("morning", ("bsp", "wap")) == "rule 4"
    assert law_of("wap", ("bsp", "wap")) == "reduction factor"


@pytest.mark.parametrize(
    ("price", "factors", "paid"),
    [
        (8.0, [0.25], 6.0),  # Betfair, Exchange Rules, Non-Runner Rule
        (8.6, [0.162], 8.6 * 0.838),  # Betfair's own example: 8.6 less 1.39
        (8.0, [0.024], 8.0),  # under 2.5% nothing is cut
        (8.0, [0.025], 7.8),
        (10.0, [0.25, 0.45], 10 * 0.75 * 0.55),  # one after the other
        (1.2, [0.5], 1.01),  # never under the exchange's shortest price
    ],
)
def test_an_exchange_price_is_cut_stake_and_all(
    price: float, factors: list[float], paid: float
) -> None:
    race = np.zeros(len(factors), dtype=int)
    kept = reduction_factor.price_kept(np.array(factors), race, 1)
    assert reduction_factor.reduced(np.array([price]), kept)[0] == pytest.approx(paid)


def test_without_the_exchanges_factor_it_is_the_horses_share_of_the_book() -> None:
    # Two at 4.0 ran, one at 2.0 did not: half of the book.
    factors = reduction_factor.factors_of_prices(np.array([2.0]), ONE, np.array([0.5]))
    assert factors.tolist() == pytest.approx([0.5])


def test_the_second_to_leave_is_weighed_against_those_that_were_left() -> None:
    # Of a book of 1, shares .5 and .25: half, then half of the half that was left.
    factors = reduction_factor.factors_of_prices(
        np.array([4.0, 2.0]), np.array([0, 0]), np.array([0.25])
    )
    assert factors.tolist() == pytest.approx([0.5, 0.5])


def test_races_do_not_weigh_on_each_other() -> None:
    factors = reduction_factor.factors_of_prices(
        np.array([2.0, 5.0, np.nan]), np.array([2, 0, 1]), np.array([0.8, 1.0, 0.5])
    )
    assert factors[:2].tolist() == pytest.approx([0.5, 0.2])
    assert np.isnan(factors[2])


@given(st.lists(st.floats(1.05, 200), min_size=1, max_size=6), st.floats(0.05, 0.9))
def test_withdrawals_leave_the_price_the_share_of_the_book_that_is_left(
    gone: list[float], left: float
) -> None:
    """As long as no factor is too small to be applied, the order they leave in does not matter."""
    odds = np.array(gone)
    race = np.zeros(len(odds), dtype=int)
    factors = reduction_factor.factors_of_prices(odds, race, np.array([left]))
    everyone = left + (1 / odds).sum()
    assert np.prod(1 - factors) == pytest.approx(left / everyone)


@given(st.lists(st.floats(1.02, 300), min_size=1, max_size=5), st.floats(1.02, 300))
def test_no_withdrawal_ever_raises_a_price_or_takes_a_stake(
    gone: list[float], price: float
) -> None:
    odds = np.array([price, 1.01])
    race, none = np.array([0, 0]), np.zeros(len(gone), dtype=int)
    for law in ("rule 4", "reduction factor"):
        paid = paid_odds(odds, race, 1, np.array(gone), none, law)  # type: ignore[arg-type]
        assert (paid <= odds + 1e-12).all()
        assert (paid >= 1.0).all()
