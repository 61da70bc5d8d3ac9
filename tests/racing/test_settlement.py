from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.settlement import commission, each_way_profit, profit, settle, unsettleable


def settled(
    win_share: list[float], odds: list[float], market: list[int], rate: float
) -> list[float]:
    return settle(np.array(win_share), np.array(odds), np.array(market), rate).tolist()


def test_a_point_on_a_five_to_one_winner_wins_five() -> None:
    assert profit(np.array([1.0]), np.array([6.0])).tolist() == [5.0]


def test_a_loser_loses_its_point() -> None:
    assert profit(np.array([0.0]), np.array([6.0])).tolist() == [-1.0]


def test_a_dead_heat_pays_half_the_stake_at_full_odds() -> None:
    assert profit(np.array([0.5]), np.array([6.0])).tolist() == [2.0]


def test_a_dead_heat_at_odds_on_loses_money() -> None:
    assert profit(np.array([0.5]), np.array([1.5])).tolist() == [-0.25]


def test_a_rule_four_deduction_is_taken_from_the_winnings_not_the_stake() -> None:
    assert profit(np.array([1.0]), np.array([5.0]), deduction=0.25).tolist() == [3.0]
    assert profit(np.array([0.0]), np.array([5.0]), deduction=0.25).tolist() == [-1.0]


def test_commission_is_on_the_race_s_net_winnings() -> None:
    # +4 and -1 in one race: 2% of the net 3 is 0.06.
    assert settled([1, 0], [5, 8], [1, 1], 0.02) == pytest.approx([4 - 0.06, -1])


def test_a_losing_race_pays_no_commission_though_one_bet_won() -> None:
    assert settled([1, 0, 0], [2.5, 8, 8], [1, 1, 1], 0.02) == pytest.approx([1.5, -1, -1])


def test_races_do_not_net_against_each_other() -> None:
    assert settled([1, 0], [5, 8], [1, 2], 0.02) == pytest.approx([4 - 0.08, -1])


def test_two_dead_heaters_bear_commission_in_proportion_to_what_each_won() -> None:
    # +2 and +4 in one race: 0.02 * 6 = .12, a third and two thirds of it.
    assert settled([0.5, 0.5], [6, 10], [1, 1], 0.02) == pytest.approx([2 - 0.04, 4 - 0.08])


def test_a_bet_without_a_price_to_settle_at_is_nan_and_counted() -> None:
    odds = np.array([np.nan, 3.0])
    result = settle(np.array([1.0, 1.0]), odds, np.array([1, 1]), 0.02)
    assert np.isnan(result[0])
    assert result[1] == pytest.approx(2 - 0.04)
    assert unsettleable(odds) == 1


def test_no_bets_settle_to_nothing() -> None:
    assert settled([], [], [], 0.02) == []


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.floats(1.01, 100), st.integers(0, 3)),
        min_size=1,
        max_size=30,
    ),
    st.floats(0, 0.1),
)
def test_commission_in_all_is_the_rate_on_each_race_s_positive_net(
    bets: list[tuple[float, float, int]], rate: float
) -> None:
    share, odds, market = (np.array(column) for column in zip(*bets, strict=True))
    gross = profit(share, odds)
    charged = commission(gross, market, rate)
    expected = sum(max(0.0, gross[market == race].sum()) for race in set(market.tolist())) * rate
    assert (charged >= 0).all()
    assert charged.sum() == pytest.approx(expected)


@given(st.floats(0.1, 50), st.floats(1.01, 50))
def test_profit_scales_with_the_stake(stake: float, odds: float) -> None:
    one = profit(np.array([1.0]), np.array([odds]))
    assert profit(np.array([1.0]), np.array([odds]), stake) == pytest.approx(one * stake)


@pytest.mark.parametrize(
    ("won", "placed", "terms", "points"),
    [
        (0.0, 1.0, 0.2, 0.5),  # half a point lost, half a point paid at 2/1
        (1.0, 1.0, 0.2, 6.0),
        (0.0, 0.0, 0.2, -1.0),
        (1.0, 0.0, 0.0, 10.0),  # no places: all of it on the win
        (0.0, 0.0, 0.0, -1.0),
    ],
)
def test_an_each_way_point_at_ten_to_one_a_fifth_the_odds(
    won: float, placed: float, terms: float, points: float
) -> None:
    facts = (np.array([x]) for x in (won, placed, 11.0, terms))
    assert each_way_profit(*facts).tolist() == pytest.approx([points])
