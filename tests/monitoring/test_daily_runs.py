"""The ledger's days as MLflow runs, in a real store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from tests.live.predicted import DAY, backed, outcome, race, runner
from training.record import mlflow_store
from training.statistics.bootstrap import Resampling
from velo.home import Home
from velo.live.figures import figures
from velo.live.journal import Prediction
from velo.live.ledger import bets, counting, runners
from velo.live.ledger_view import LedgerView
from velo.monitoring.daily_runs import DAY as DAY_TAG
from velo.monitoring.daily_runs import EXPERIMENT, Recorded, digests, record_days
from velo.settings import Settings, Training

SETTINGS = Settings(training=Training(bootstrap_draws=200))
FIELD = [backed(1), backed(2), runner(3), runner(4)]
DAYS = [DAY + timedelta(n) for n in range(4)]


def ledger(winners: Sequence[int | None]) -> LedgerView:
    """A race a day, won by the horse of that number; None where there is no result yet."""
    made: list[Prediction] = [race(n, FIELD, day=DAYS[n]) for n in range(len(winners))]
    outcomes: list[Any] = [
        outcome(n, horse, win_share=float(horse == winner), finish=1.0 if horse == winner else 3.0)
        for n, winner in enumerate(winners)
        if winner is not None
        for horse in (1, 2, 3, 4)
    ]
    frame = runners(counting(made), pd.DataFrame(outcomes))
    return LedgerView(frame, bets(frame, SETTINGS.prices.commission), 0)


def runs(home: Home) -> dict[str, Any]:
    store = mlflow_store.client(home)
    experiment = store.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    return {run.info.run_name: run for run in store.search_runs([experiment.experiment_id])}


def test_a_run_bears_the_figures_of_its_day_and_of_the_days_to_it(home: Home) -> None:
    book = ledger([1, 3, 3, 2])
    assert record_days(home, SETTINGS, book) == Recorded(4, 0, 0)
    by_day = runs(home)
    assert sorted(by_day) == [day.isoformat() for day in DAYS]
    third = by_day[DAYS[2].isoformat()]
    assert third.info.status == "FINISHED"
    assert third.data.metrics["day/profit"] == -2.0
    assert third.data.metrics["all/profit"] == 4.0 - 2.0 - 2.0
    assert third.data.metrics["last_7/picks"] == 6
    assert "day/roi_low" not in third.data.metrics
    want = figures(
        book.runners, book.bets, ("all", DAYS[0], DAYS[2]), Resampling(200, SETTINGS.training.seed)
    )
    for name in (
        "roi",
        "roi_low",
        "roi_high",
        "ae_raw",
        "impact_value",
        "daily_sharpe",
        "calibration_error",
        "ll_gain",
        "max_drawdown",
    ):
        value = getattr(want, name)
        if value is not None:
            assert third.data.metrics[f"all/{name}"] == pytest.approx(value), name
    assert third.data.tags["velo.champion"] == "1"
    assert third.data.tags["velo.prices"] == "taken sp; settled sp"


def test_the_same_again_writes_nothing_and_a_new_day_only_itself(home: Home) -> None:
    record_days(home, SETTINGS, ledger([1, 3, None]))
    before = runs(home)
    assert record_days(home, SETTINGS, ledger([1, 3, None])) == Recorded(0, 2, 0)
    assert record_days(home, SETTINGS, ledger([1, 3, 2])) == Recorded(1, 2, 0)
    after = runs(home)
    assert {name: after[name].info.run_id for name in before} == {
        name: run.info.run_id for name, run in before.items()
    }
    assert sorted(after) == [day.isoformat() for day in DAYS[:3]]


def test_a_corrected_result_updates_its_days_run_and_those_after_it(home: Home) -> None:
    record_days(home, SETTINGS, ledger([3, 3, 1]))
    before = runs(home)
    assert record_days(home, SETTINGS, ledger([3, 2, 1])) == Recorded(2, 1, 0)
    after = runs(home)
    second, third = (day.isoformat() for day in DAYS[1:3])
    assert after[second].info.run_id == before[second].info.run_id
    assert after[second].data.metrics["day/profit"] == 4.0
    assert after[third].data.metrics["all/profit"] == -2.0 + 4.0 + 4.0


def test_a_figure_that_is_not_known_any_more_is_in_no_run(home: Home) -> None:
    record_days(home, SETTINGS, ledger([1, 3]))
    void = ledger([1, 3])
    second = void.bets["day"] == DAYS[1]
    void.bets.loc[second, "outcome"] = "void"
    record_days(home, SETTINGS, void)
    assert "day/roi" not in runs(home)[DAYS[1].isoformat()].data.metrics
    assert len(runs(home)) == 2


def test_a_day_whose_results_were_taken_back_has_no_run(home: Home) -> None:
    record_days(home, SETTINGS, ledger([1, 3, 2]))
    assert record_days(home, SETTINGS, ledger([1, 3, None])).removed == 1
    assert DAYS[2].isoformat() not in runs(home)


def test_a_run_that_was_left_half_written_is_written_again(home: Home) -> None:
    store = mlflow_store.client(home)
    record_days(home, SETTINGS, ledger([1]))
    run = runs(home)[DAYS[0].isoformat()]
    store.delete_tag(run.info.run_id, "velo.digest")
    assert record_days(home, SETTINGS, ledger([1])) == Recorded(1, 0, 0)
    assert runs(home)[DAYS[0].isoformat()].data.tags[DAY_TAG] == DAYS[0].isoformat()


def test_a_days_digest_knows_the_past_and_no_later_day() -> None:
    short, long = digests(ledger([1, 3]), SETTINGS), digests(ledger([1, 3, 2]), SETTINGS)
    assert {day: long[day] for day in short} == short
    other = digests(ledger([2, 3, 2]), SETTINGS)
    assert all(other[day] != long[day] for day in long)
    assert isinstance(date.fromisoformat(min(long)), date)
