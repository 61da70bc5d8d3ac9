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
from velo.live.journal import Prediction
from velo.live.ledger import bets, counting, counts, runners
from velo.live.ledger_view import outcomes_of_nobody

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


def test_closing_line_value_compares_what_was_taken_with_what_it_closed_at() -> None:
    taken = race(7, [backed(1, odds=9.0), *FOUR[1:]], price_kind="morning")
    results = [outcome(7, n, win_share=float(n == 4), sp=6.0) for n in (1, 2, 3, 4)]
    total = of_all([taken], results)
    assert total.clv == pytest.approx((9 / 6 - 1 + 0) / 2)
    assert of_all([race(7, FOUR)], results).clv is None


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
