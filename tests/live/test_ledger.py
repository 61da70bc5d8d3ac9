"""The ledger of small days by hand: who won, who did not run, and what that is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.live.predicted import DAY, backed, outcome, race, runner
from training.statistics.bootstrap import Resampling
from velo.live.figures import Figures, figures, spans
from velo.live.journal import PredictedRunner, Prediction
from velo.live.ledger import bets, counting, counts, runners
from velo.live.ledger_view import LedgerView, outcomes_of_nobody

COMMISSION = {"sp": 0.0, "bsp": 0.02}


def settled(made: list[Prediction], results: list[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(results) if results else outcomes_of_nobody()
    return bets(runners(counting(made), frame), COMMISSION)


def of_all(made: list[Prediction], results: list[Any]) -> Figures:
    frame = runners(counting(made), pd.DataFrame(results))
    return figures(frame, bets(frame, COMMISSION), spans(frame)[-1], Resampling(200, 1))


FOUR = [backed(1), backed(2), runner(3), runner(4)]


def test_a_winner_pays_its_odds_less_the_stake_and_a_loser_costs_it() -> None:
    results = [
        outcome(7, 1, finish=1.0, win_share=1.0, sp=6.0, bsp=8.0),
        *(outcome(7, n, bsp=5.0) for n in (2, 3, 4)),
    ]
    bet = settled([race(7, FOUR)], results)
    assert bet["profit_sp"].tolist() == [5.0, -1.0]
    assert bet["profit_bsp"].sum() == pytest.approx((7 - 1) * 0.98)
    assert bet["profit"].tolist() == [5.0, -1.0]


def test_a_dead_heat_pays_half_the_stake_at_full_odds() -> None:
    results = [outcome(7, n, finish=1.0, win_share=0.5) for n in (1, 3)] + [
        outcome(7, n) for n in (2, 4)
    ]
    assert settled([race(7, FOUR)], results)["profit"].tolist() == [2.0, -1.0]


def test_a_withdrawn_horse_and_a_void_race_are_returned_and_no_losses() -> None:
    results = [
        outcome(7, 1, status="withdrawn", finish=np.nan, ran=3, sp=np.nan),
        *(outcome(7, n, ran=3) for n in (2, 3)),
        outcome(7, 4, finish=1.0, win_share=1.0, ran=3),
        *(outcome(8, n, status="void", finish=np.nan, ran=0, sp=np.nan) for n in (1, 2, 3, 4)),
    ]
    bet = settled([race(7, FOUR), race(8, FOUR)], results)
    assert bet["outcome"].tolist() == ["withdrawn", "ran", "void", "void"]
    assert bet["profit"].tolist() == [0.0, -1.0, 0.0, 0.0]
    total = of_all([race(7, FOUR), race(8, FOUR)], results)
    assert (total.picks, total.returned, total.waiting, total.races) == (1, 3, 0, 1)
    assert total.calibration_races == 1


def test_a_runner_that_the_result_does_not_name_waits_and_is_no_loss() -> None:
    results = [outcome(7, n, ran=3, win_share=float(n == 2), finish=float(n)) for n in (2, 3, 4)]
    bet = settled([race(7, FOUR)], results)
    assert counts(bet) == {
        "ran": 1,
        "withdrawn": 0,
        "void": 0,
        "unmatched": 1,
        "unpriced": 0,
        "doubtful": 0,
        "open": 0,
    }
    total = of_all([race(7, FOUR)], results)
    assert (total.picks, total.waiting, total.calibration_races) == (1, 1, 0)


def test_a_race_with_two_winners_waits_for_its_correction() -> None:
    results = [outcome(7, n, doubt="two-winners") for n in (1, 2, 3, 4)]
    assert settled([race(7, FOUR)], results)["outcome"].tolist() == ["doubtful", "doubtful"]


def test_a_bet_without_a_price_to_settle_at_is_left_out_and_counted() -> None:
    results = [
        outcome(7, n, win_share=float(n == 1), sp=np.nan if n == 1 else 6.0) for n in (1, 2, 3, 4)
    ]
    assert settled([race(7, FOUR)], results)["outcome"].tolist() == ["unpriced", "ran"]


def test_the_whole_ledger_can_be_settled_at_the_other_price() -> None:
    results = [outcome(7, n, win_share=float(n == 1), sp=6.0, bsp=9.0) for n in (1, 2, 3, 4)]
    frame = runners(counting([race(7, FOUR)]), pd.DataFrame(results))
    at_sp, at_bsp = (bets(frame, COMMISSION, settled_at=kind) for kind in ("sp", "bsp"))
    assert at_sp["profit"].tolist() == at_bsp["profit_sp"].tolist()
    assert at_bsp["profit"].tolist() == at_sp["profit_bsp"].tolist()
    assert at_bsp["paid_odds"].tolist() == [9.0, 9.0]
    assert set(at_bsp["settlement"]) == {"bsp"}


def test_before_any_result_every_bet_is_open() -> None:
    assert settled([race(7, FOUR)], [])["outcome"].tolist() == ["open", "open"]


def test_the_last_revision_before_the_off_counts_and_one_after_it_never_beats_it() -> None:
    first = race(7, FOUR, revision=1)
    second = race(7, [runner(1), backed(2), *FOUR[2:]], revision=2)
    late = race(7, [backed(3), *FOUR[:2], FOUR[3]], revision=3, backfill=True)
    assert counting([late, first, second]) == [second]
    assert counting([late, first, second], backfilled=True) == [second]
    assert counting([late]) == []
    assert counting([late], backfilled=True) == [late]
    assert counting([replace(second, version="2"), first], version="1") == [first]


def closing(
    results: list[Any], *backers: PredictedRunner, kind: str = "evening", **changes: Any
) -> Figures:
    """Of one race of which some runners are backed, at 8.0 unless said otherwise."""
    others = [runner(horse) for horse in (1, 2, 3, 4) if horse not in {b.horse_id for b in backers}]
    return of_all([race(7, [*backers, *others], price_kind=kind, **changes)], results)


def in_a_book_of_115(**changes: Any) -> list[Any]:
    """Closing at 7.0, 2.0, 2.0 and what makes 1.15; the last of them wins."""
    odds = [7.0, 2.0, 2.0, 1 / (1.15 - 1 / 7 - 1)]
    return [
        outcome(7, n, win_share=float(n == 4), sp=sp, **changes) for n, sp in enumerate(odds, 1)
    ]


def test_what_was_taken_is_worth_its_odds_times_the_fair_chance_of_the_close() -> None:
    total = closing(in_a_book_of_115(), backed(1, odds=8.0))
    assert total.clv == pytest.approx(8 * (1 / 7) / 1.15 - 1)
    assert total.clv == pytest.approx(-0.006, abs=0.0005)
    assert (total.clv_bets, total.clv_days) == (1, 1)
    assert (total.clv_at_close, total.clv_unknown) == (0, 0)


def test_a_bet_at_the_closing_price_itself_is_counted_and_has_no_closing_value() -> None:
    total = closing(in_a_book_of_115(), backed(1, odds=8.0), kind="sp")
    assert total.clv is None
    assert (total.clv_bets, total.clv_at_close, total.clv_unknown) == (0, 1, 0)


def test_the_exchange_closes_a_race_only_if_it_priced_every_starter() -> None:
    whole = [each | {"bsp": 4.0} for each in in_a_book_of_115()]
    assert closing(whole, backed(1, odds=8.0)).clv == pytest.approx(8 / 4 - 1)
    part = [*whole[:3], whole[3] | {"bsp": np.nan}]
    assert closing(part, backed(1, odds=8.0)).clv == pytest.approx(8 * (1 / 7) / 1.15 - 1)


@pytest.mark.parametrize(
    "last",
    [
        {"sp": np.nan},  # a starter without a price
        {"flag": "runners-missing"},  # a starter that no row tells of
    ],
)
def test_a_close_that_is_not_whole_gives_no_value_and_is_counted(last: dict[str, Any]) -> None:
    *others, winner = in_a_book_of_115()
    flags = {name: value for name, value in last.items() if name == "flag"}
    results = [*(each | flags for each in others), winner | last]
    total = closing(results, backed(1, odds=8.0))
    assert total.clv is None
    assert (total.picks, total.clv_bets, total.clv_unknown) == (1, 0, 1)


def test_a_starter_that_was_not_predicted_closes_with_the_others() -> None:
    made = race(7, [backed(1, odds=8.0), runner(2), runner(3)], price_kind="evening")
    assert of_all([made], in_a_book_of_115()).clv == pytest.approx(8 * (1 / 7) / 1.15 - 1)


def test_the_odds_taken_are_less_by_what_a_withdrawal_deducts() -> None:
    one, two, three, _ = in_a_book_of_115(ran=3)
    gone = outcome(7, 4, status="withdrawn", finish=np.nan, sp=np.nan, ran=3)
    results = [one | {"sp": 4.0}, two | {"sp": 4.0, "win_share": 1.0}, three | {"sp": 2.0}, gone]
    # A horse at 4.0 that is withdrawn costs 25p in the pound of the winnings: 8.0 becomes 6.25.
    total = closing(results, backed(1, odds=8.0), runner(4, odds=4.0))
    assert total.clv == pytest.approx(6.25 / 4 - 1)
    lost = closing(results[:3], backed(1, odds=8.0), runner(4, odds=4.0))
    assert (lost.clv, lost.clv_unknown) == (None, 1)


def test_closing_value_has_its_interval_by_race_day() -> None:
    days = [DAY + timedelta(n) for n in range(12)]
    made = [
        race(n, [backed(1, odds=8.0 + n % 3), *FOUR[1:]], day=day, price_kind="evening")
        for n, day in enumerate(days)
    ]
    results = [
        outcome(n, horse, win_share=float(horse == 4), sp=4.0)
        for n in range(12)
        for horse in (1, 2, 3, 4)
    ]
    total = of_all(made, results)
    assert total.clv_days == 12
    assert total.clv_low < total.clv < total.clv_high
    few = of_all(made[:9], results)
    assert few.clv is not None
    assert (few.clv_low, few.clv_high) == (None, None)


def test_a_fixed_price_is_paid_as_it_was_taken_and_nothing_else_stands_for_it() -> None:
    results = [outcome(7, n, win_share=float(n == 1), sp=6.0, bsp=9.0) for n in (1, 2, 3, 4)]
    backer = [backed(1, odds=8.0), *FOUR[2:], runner(2)]
    fixed = settled([race(7, backer, price_kind="evening", settlement="evening")], results)
    assert fixed[["paid_odds", "profit", "outcome"]].iloc[0].tolist() == [8.0, 7.0, "ran"]
    other = settled([race(7, backer, price_kind="morning", settlement="evening")], results)
    assert other["outcome"].tolist() == ["unpriced"]


def test_the_ledger_says_at_which_prices_its_bets_were_taken_and_are_settled() -> None:
    made = [
        race(7, FOUR, price_kind="evening", decision="evening", settlement="bsp"),
        race(8, [backed(1), *FOUR[2:], runner(2)], price_kind="current", decision="evening"),
    ]
    results = [outcome(n, horse, bsp=4.0) for n in (7, 8) for horse in (1, 2, 3, 4)]
    frame = runners(counting(made), pd.DataFrame(results))
    book = LedgerView(frame, bets(frame, COMMISSION), 0)
    assert book.prices() == [
        {"taken": "evening", "decision": "evening", "settlement": "bsp", "bets": 2},
        {"taken": "current", "decision": "evening", "settlement": "sp", "bets": 1},
    ]
    assert book.price_lines() == [
        "2 bets taken at evening prices, settled at bsp",
        "1 bet taken at odds of no named kind (judged on evening), settled at sp",
    ]


def test_a_drawdown_is_taken_at_the_ends_of_days() -> None:
    days = [DAY + timedelta(n) for n in range(4)]
    made = [race(n, FOUR, day=day) for n, day in enumerate(days)]
    results = [
        outcome(n, horse, win_share=float(n in (0, 3) and horse == 1), finish=1.0)
        for n in range(4)
        for horse in (1, 2, 3, 4)
    ]
    total = of_all(made, results)
    assert total.profit == pytest.approx(4 - 2 - 2 + 4)
    assert total.max_drawdown == pytest.approx(4)
    assert total.strike_rate == pytest.approx(2 / 8)
    assert total.ae_raw == pytest.approx(2 / (8 / 6))
    assert total.impact_value == pytest.approx(2 / (8 / 4))


@pytest.mark.slow
@given(st.data())
def test_the_order_of_predictions_and_of_results_changes_nothing(data: st.DataObject) -> None:
    made = [
        race(
            n,
            [backed(h) if data.draw(st.booleans()) else runner(h) for h in (1, 2, 3, 4)],
            revision=revision,
        )
        for n in (7, 8)
        for revision in (1, 2)
    ]
    states = st.sampled_from(["finished", "withdrawn", "non-finisher"])
    results = [
        outcome(n, horse, status=data.draw(states), win_share=float(horse == 1))
        for n in (7, 8)
        for horse in (1, 2, 3, 4)
    ]
    usual = settled(made, results)
    mixed = settled(data.draw(st.permutations(made)), data.draw(st.permutations(results)))
    pd.testing.assert_frame_equal(usual, mixed)
    assert sum(counts(usual).values()) == len(usual)
    returned = usual["outcome"].isin(("withdrawn", "void"))
    assert (usual.loc[returned, "profit"] == 0).all()
    assert (usual["profit"].dropna() >= -usual["stake"][usual["profit"].notna()]).all()
