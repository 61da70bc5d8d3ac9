"""Drawdown and settlement of an account."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtest.account import Account


def account(profits: list[float], days: list[int]) -> Account:
    """Bets of one point that win or lose `profits`."""
    odds = np.array([max(profit + 1, 1.01) for profit in profits])
    won = np.array([float(profit > 0) for profit in profits])
    count = len(profits)
    return Account.settle(
        np.ones(count),
        won,
        odds,
        1 / odds,
        np.arange(count),
        np.array(days, dtype="datetime64[D]"),
        commission=0.0,
    )


def test_the_drawdown_is_the_deepest_fall_from_the_highest_point():
    # 5, 4, 3, 7, 6: falls of 2 and 1.
    assert account([5, -1, -1, 4, -1], [1, 2, 3, 4, 5]).max_drawdown() == pytest.approx(2.0)


def test_a_losing_start_falls_from_nought():
    assert account([-1, -1, 3], [1, 2, 3]).max_drawdown() == pytest.approx(2.0)


def test_losses_and_wins_of_one_day_are_netted():
    assert account([-1, -1, 5], [1, 1, 1]).max_drawdown() == 0.0


def test_bets_are_put_in_order_of_their_date():
    shuffled = account([-1, 5, -1], [3, 1, 2])
    assert shuffled.path()[1].tolist() == pytest.approx([5, 4, 3])


def test_no_bet_is_no_drawdown_and_no_figure():
    empty = account([], [])
    assert empty.max_drawdown() == 0.0
    assert np.isnan(empty.roi(100, 1).value)


@given(
    st.lists(
        st.tuples(st.sampled_from([-1.0, 1.0, 4.0, 9.0]), st.integers(0, 30)),
        min_size=1,
        max_size=60,
    )
)
def test_the_drawdown_lies_between_nought_and_the_stakes(bets):
    profits, days = zip(*bets, strict=True)
    made = account(list(profits), list(days))
    assert 0 <= made.max_drawdown() <= len(made)
    assert made.path()[1][-1] == pytest.approx(sum(profits))
