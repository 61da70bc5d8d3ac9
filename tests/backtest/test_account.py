"""Settlement, bank and drawdown of an account."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtest.account import COLUMNS, Account
from tests.backtest.bettable import runners


def account(profits: list[float], days: list[int], bank: float = 100.0, **terms: bool) -> Account:
    """Bets of one point that win or lose `profits`, each in a race of its own."""
    races = [([max(profit + 1, 1.01), 50.0], 0 if profit > 0 else 1) for profit in profits]
    card = runners(races, days)
    shares = np.zeros(len(card))
    shares[::2] = 1 / bank
    return Account.settle(shares, card, 0.0, bank, **terms)


def test_the_drawdown_is_the_deepest_fall_from_the_highest_point() -> None:
    # 5, 4, 3, 7, 6: falls of 2 and 1.
    assert account([5, -1, -1, 4, -1], [1, 2, 3, 4, 5]).max_drawdown() == pytest.approx(2.0)


def test_a_losing_start_falls_from_the_opening_bank() -> None:
    assert account([-1, -1, 3], [1, 2, 3]).max_drawdown() == pytest.approx(2.0)


def test_losses_and_wins_of_one_day_are_netted() -> None:
    assert account([-1, -1, 5], [1, 1, 1]).max_drawdown() == 0.0


def test_a_bank_of_fixed_points_adds_up() -> None:
    assert account([5, -1, -1], [1, 2, 3]).bank.tolist() == pytest.approx([105, 104, 103])


def test_a_compounding_bank_stakes_each_day_on_that_mornings_bank() -> None:
    # A tenth of the bank each day: 100 -> 150 (4.9 to 1 wins 5 points of 10) and so on.
    won = account([5, -1, 5], [1, 2, 3], bank=10.0, compounding=True)
    assert won.bank.tolist() == pytest.approx([15.0, 13.5, 20.25])
    assert won.stake.tolist() == pytest.approx([1.0, 1.5, 1.35])


def test_all_bets_of_a_day_are_set_on_the_bank_of_its_morning() -> None:
    both = account([5, -1], [1, 1], bank=10.0, compounding=True)
    assert both.stake.tolist() == pytest.approx([1.0, 1.0])


def test_no_bet_leaves_the_bank_as_it_was() -> None:
    card = runners([([3.0, 3.0], 0)], [1])
    empty = Account.settle(np.zeros(2), card, 0.0, 100.0)
    assert len(empty) == 0
    assert empty.max_drawdown() == 0.0
    assert empty.totals(card).sum() == 0.0


def test_a_bet_that_cannot_be_settled_is_counted_and_counts_in_nothing_else() -> None:
    card = runners([([np.nan, 2.0], 0), ([5.0, 2.0], 0)], [1, 1])
    account = Account.settle(np.array([0.01, 0, 0.01, 0]), card, 0.0, 100.0)
    assert (len(account), account.unsettled) == (1, 1)
    assert account.totals(card).sum(axis=0)[COLUMNS.index("staked")] == pytest.approx(1.0)


@given(
    st.lists(
        st.tuples(st.sampled_from([-1.0, 1.0, 4.0, 9.0]), st.integers(0, 30)),
        min_size=1,
        max_size=60,
    )
)
def test_the_drawdown_lies_between_nought_and_the_stakes(bets: list[tuple[float, int]]) -> None:
    profits, days = zip(*sorted(bets, key=lambda bet: bet[1]), strict=True)
    made = account(list(profits), list(days))
    assert -1e-9 <= made.max_drawdown() <= len(made) + 1e-9
    assert made.bank[-1] == pytest.approx(100 + sum(profits))
