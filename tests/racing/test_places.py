"""The place terms that bookmakers publish as standard, and each-way bets worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from velo.racing.places import place_share, place_terms
from velo.racing.settlement import each_way_profit, with_returns

TERMS = [
    # runners, handicap, places, share of the odds
    (1, False, 0, 0.0),
    (4, False, 0, 0.0),
    (4, True, 0, 0.0),
    (5, False, 2, 0.25),
    (7, True, 2, 0.25),
    (8, False, 3, 0.20),
    (11, True, 3, 0.20),
    (12, True, 3, 0.25),
    (12, False, 3, 0.20),
    (15, True, 3, 0.25),
    (16, True, 4, 0.25),
    (24, True, 4, 0.25),
    (24, False, 3, 0.20),
]


@pytest.mark.parametrize(("ran", "handicap", "places", "share"), TERMS)
def test_the_terms_go_by_the_horses_that_ran(
    ran: int, handicap: bool, places: int, share: float
) -> None:
    paid, part = place_terms(np.array([ran]), np.array([handicap]))
    assert (paid[0], part[0]) == (places, share)


DEAD_HEATS = [
    # position, horses in it, places, share of the place stake that is paid
    (1, 1, 3, 1.0),
    (3, 1, 3, 1.0),
    (4, 1, 3, 0.0),
    (3, 2, 3, 0.5),  # two for the last place
    (3, 3, 3, 1 / 3),
    (2, 2, 3, 1.0),  # second and third both pay
    (2, 3, 3, 2 / 3),  # three for two places
    (1, 2, 2, 1.0),
    (1, 3, 2, 2 / 3),
    (1, 1, 0, 0.0),
    (np.nan, 1, 3, 0.0),  # pulled up, fell
]


@pytest.mark.parametrize(("finish", "tied", "places", "share"), DEAD_HEATS)
def test_a_dead_heat_shares_the_places_that_are_left(
    finish: float, tied: int, places: int, share: float
) -> None:
    shares = place_share(np.array([finish]), np.array([tied]), np.array([places]))
    assert shares[0] == pytest.approx(share)


def each_way(win: float, placed: float, odds: float, terms: float, stake: float) -> float:
    one = (np.array([x]) for x in (win, placed, odds, terms))
    return float(each_way_profit(*one, stake)[0])


def test_twenty_pounds_each_way_at_seven_to_four_placed_lose_five_sixty_two() -> None:
    # A bookmaker's example: £10 and £10 at 7/4, 1/4 the odds: a place returns £14.38.
    assert each_way(0.0, 1.0, 2.75, 0.25, 20.0) == pytest.approx(14.375 - 20)


def test_the_same_as_a_winner_returns_forty_one_eighty_eight() -> None:
    assert each_way(1.0, 1.0, 2.75, 0.25, 20.0) == pytest.approx(41.875 - 20)


def test_a_rule_4_deduction_is_taken_from_both_parts() -> None:
    # £10 and £10 at 7/4, a fifth, 35p in the pound: 65% of 17.50 and 3.50 is £13.65.
    assert each_way(1.0, 1.0, 1 + 1.75 * 0.65, 0.20, 20.0) == pytest.approx(13.65)


def test_where_no_places_are_paid_all_of_it_is_on_the_win() -> None:
    assert each_way(1.0, 0.0, 3.0, 0.0, 2.0) == pytest.approx(4.0)


def test_a_returned_bet_neither_wins_nor_loses_even_without_a_price() -> None:
    gross = np.array([np.nan, -1.0, 4.0])
    assert with_returns(gross, np.array([True, False, True])).tolist() == [0.0, -1.0, 0.0]
