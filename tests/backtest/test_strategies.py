"""Who a strategy backs, and with how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtest.cutoffs import Learned
from backtest.stakes import stake_shares
from backtest.strategies import selections
from tests.backtest.bettable import runners
from tests.training.cards import CARD as MODEL_CARD
from training.judging.selection import Cutoffs
from velo.errors import ModelError, SettingsError
from velo.settings import OddsBand, Stake, Strategy

MARCH = date(2021, 3, 1)
NONE = [Learned(MARCH, {10: 9.0, 20: 9.0, 30: 9.0})]
RACES = [([6.0, 1.5], 0), ([10.0, 1.5], 1), ([15.0, 1.5], 0), ([30.0, 1.5], 1)]
CARD = runners(
    RACES,
    [1, 1, 2, 40],
    course=np.repeat(["Kempton (AW)", "Ascot", "Kempton Park", "York"], 2),
    race_type=np.repeat(["Flat", "Flat", "Hurdle", "Chase"], 2),
    class_level=np.repeat([2.0, 4.0, 5.0, 0.25], 2),
    p=np.array([0.2, 0.8, 0.15, 0.85, 0.05, 0.95, 0.1, 0.9]),
)


def backed(strategy: Strategy) -> list[float]:
    """The decision prices of the runners that a strategy backs."""
    chosen = selections(CARD, OddsBand(), NONE, {"mine": strategy})["mine"].chosen
    return CARD.given.decision_odds[chosen].tolist()


def test_a_strategy_that_narrows_nothing_backs_the_whole_odds_band() -> None:
    assert backed(Strategy()) == [6.0, 10.0, 15.0]


def test_its_own_odds_take_the_place_of_the_band() -> None:
    assert backed(Strategy(odds_low=8, odds_high=40)) == [10.0, 15.0, 30.0]


def test_an_edge_must_be_exceeded() -> None:
    # Values .2, .5 and -.25.
    assert backed(Strategy(min_edge=0.25)) == [10.0]


def test_a_course_is_one_however_it_is_written_and_its_tracks_are_apart() -> None:
    assert backed(Strategy(courses=("kempton-aw",))) == [6.0]
    assert backed(Strategy(courses=("KEMPTON", "ascot"))) == [10.0, 15.0]


def test_race_types_and_classes_narrow_together() -> None:
    assert backed(Strategy(race_types=("flat",))) == [6.0, 10.0]
    assert backed(Strategy(race_types=("flat",), classes=(4, 5))) == [10.0]


def test_a_top_share_takes_the_cut_off_that_was_learned_for_it() -> None:
    learned = [Learned(MARCH, {15: 0.3, 10: 9.0, 20: 9.0, 30: 9.0})]
    selected = selections(CARD, OddsBand(), learned, {"mine": Strategy(top_share=0.15)})
    assert CARD.given.decision_odds[selected["mine"].chosen].tolist() == [10.0]


def test_each_model_of_a_walk_uses_its_own_cut_off_from_its_own_first_day() -> None:
    low, high = {10: 9.0, 20: -1.0, 30: 9.0}, {10: 9.0, 20: 9.0, 30: 9.0}
    walked = [Learned(MARCH, high), Learned(date(2021, 3, 2), low)]
    chosen = selections(CARD, OddsBand(), walked, {})["top20"].chosen
    assert CARD.given.decision_odds[chosen].tolist() == [15.0]


def test_a_share_that_an_older_model_never_learned_is_named_with_those_it_has() -> None:
    older = Learned.stored(replace(MODEL_CARD, cutoff_curve=()), MARCH)
    assert older.value(0.2) == 0.2
    with pytest.raises(ModelError, match=r"top_share 0\.15.*0\.1, 0\.2, 0\.3"):
        older.value(0.15)


def test_a_fits_cut_offs_come_by_the_percent() -> None:
    curve = tuple(np.linspace(0.5, -0.5, 99).tolist())
    learned = Learned.of(Cutoffs(curve[9], curve[19], curve[29], curve), MARCH)
    assert learned.value(0.1) == learned.named["top10"] == curve[9]
    assert learned.value(0.29) == curve[28]


def test_a_strategy_is_each_way_if_it_says_so() -> None:
    for each_way in (False, True):
        chosen = selections(CARD, OddsBand(), NONE, {"mine": Strategy(each_way=each_way)})["mine"]
        assert chosen.each_way is each_way


def test_a_strategy_whose_odds_leave_no_band_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"strategies\.mine: no price lies from 30 to 21"):
        backed(Strategy(odds_low=30))


def shares(plan: Stake, bank: float = 100.0, **columns: object) -> list[float]:
    """Shares of the bank on the first horse of each race, all of them backed."""
    card = runners([([5.0, 1.5], 0), ([3.0, 1.5], 1), ([5.0, 1.5], 1)], [1, 1, 2], **columns)
    backed = np.array([True, False] * 3)
    stakes = stake_shares(backed, card, plan, bank)
    assert (stakes[~backed] == 0).all()
    return stakes[backed].tolist()


def test_a_flat_point_is_a_hundredth_of_a_bank_of_a_hundred() -> None:
    assert shares(Stake()) == pytest.approx([0.01] * 3)


def test_level_stakes_win_the_same_whatever_the_price() -> None:
    assert shares(Stake(plan="level_to_win", points=2)) == pytest.approx([0.005, 0.01, 0.005])


def test_kelly_stakes_the_edge_over_the_odds_and_nothing_on_none() -> None:
    # p 0.4 at 5.0: (0.4 * 5 - 1) / 4 = .25, half of it; p .3 at 3.0 has no edge.
    p = np.array([0.4, 0.6, 0.3, 0.7, 0.2, 0.8])
    assert shares(Stake(plan="kelly", fraction=0.5), p=p) == pytest.approx([0.125, 0.0, 0.0])


def test_a_days_cap_cuts_all_its_bets_alike_and_leaves_other_days() -> None:
    plan = Stake(points=10, cap_day=0.1)
    assert shares(plan) == pytest.approx([0.05, 0.05, 0.1])


def test_a_bet_is_cut_before_its_day() -> None:
    plan = Stake(plan="level_to_win", points=20, cap_bet=0.05, cap_day=0.08)
    # Wanted .05, .10, .05: cut to .05 each, then the first day's .10 to .08.
    assert shares(plan) == pytest.approx([0.04, 0.04, 0.05])


def test_a_races_cap_holds_over_all_its_bets() -> None:
    card = runners([([5.0, 3.0], 0)], [1])
    stakes = stake_shares(np.array([True, True]), card, Stake(points=10, cap_race=0.05), 100.0)
    assert stakes.tolist() == pytest.approx([0.025, 0.025])


@given(
    st.sampled_from(["flat", "level_to_win", "kelly"]),
    *[st.floats(0.01, 1) for _ in range(4)],
    st.floats(0.5, 500),
)
def test_no_cap_is_ever_exceeded(
    plan: str, bet: float, race: float, day: float, fraction: float, points: float
) -> None:
    stake = Stake(
        plan=plan, points=points, fraction=fraction, cap_bet=bet, cap_race=race, cap_day=day
    )  # type: ignore[arg-type]
    stakes = stake_shares(np.ones(len(CARD), dtype=bool), CARD, stake, 100.0)
    given = CARD.given
    assert stakes.max() <= bet + 1e-12
    assert np.bincount(given.races.index, stakes).max() <= race + 1e-12
    assert np.bincount(CARD.days.index, stakes).max() <= day + 1e-12
