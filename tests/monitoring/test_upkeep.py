"""What is stale in a home, and what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from velo.monitoring.upkeep import Due, Facts, drift_lines, due, due_to_drift, exit_code, staleness
from velo.settings import Upkeep

TODAY = date(2024, 5, 4)
YESTERDAY = TODAY - timedelta(1)
FRESH = Facts(
    today=TODAY,
    results_to=YESTERDAY,
    build=3,
    applied=True,
    online=(TODAY, 3),
    models={
        "champion": {
            "version": "1",
            "verdict": "passed",
            "promotion": "promoted",
            "made": "2024-04-20",
        }
    },
)
NO_CHAMPION = replace(FRESH, models={"challenger": {"version": "1", "verdict": "refused"}})


def commands(facts: Facts) -> list[str]:
    return [each.command for each in due(facts, Upkeep(results_days=2, model_days=120))]


def test_nothing_is_due_in_a_home_that_knows_yesterday_and_serves_today() -> None:
    assert commands(FRESH) == []
    assert staleness(FRESH).model_days == 14


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        (Facts(TODAY), "velo ingest FILE"),
        (replace(FRESH, results_to=None), "velo ingest FILE"),
        (replace(FRESH, build=None), "velo build"),
        (replace(FRESH, unseen=2), "velo build"),
        (replace(FRESH, hashed=False), "velo build"),
        (replace(FRESH, elsewhere=("/old",), unseen=2), "velo backup FILE"),
        (replace(FRESH, applied=False), "feast -c feature_repo apply"),
        (replace(FRESH, undescribed="or_delta"), "feast -c feature_repo apply"),
        (replace(FRESH, models={}), "velo train"),
        (replace(FRESH, misnamed="no service 'x'"), "mend velo.toml"),
        (replace(NO_CHAMPION, models={"challenger": {"verdict": "passed"}}), "velo promote"),
        (replace(FRESH, online=None), "velo materialize --as-of 2024-05-04"),
        (replace(FRESH, online=(TODAY, 2)), "velo materialize --as-of 2024-05-04"),
        (replace(FRESH, online=(YESTERDAY, 3)), "velo materialize --as-of 2024-05-04"),
        (replace(FRESH, results_to=date(2024, 5, 1)), "velo ingest FILE"),
        (replace(FRESH, models={"champion": {"made": "2024-01-01"}}), "velo train"),
    ],
)
def test_what_is_missing_or_stale_is_due_with_its_command(facts: Facts, first: str) -> None:
    assert commands(facts)[0] == first


def test_the_build_is_behind_by_the_imports_it_has_not_seen() -> None:
    assert staleness(replace(FRESH, unseen=2)).build_behind == 2


def test_the_next_race_day_is_that_of_the_next_card() -> None:
    card = replace(FRESH, card_on=date(2024, 5, 6))
    assert commands(card) == ["velo materialize --as-of 2024-05-06"]
    assert commands(replace(card, online=(date(2024, 5, 6), 3))) == []


def test_with_todays_results_in_the_next_race_day_is_tomorrow() -> None:
    assert staleness(replace(FRESH, results_to=TODAY)).next_race_day == TODAY + timedelta(1)


def test_a_home_without_a_champion_may_be_of_any_age() -> None:
    old = replace(NO_CHAMPION, results_to=date(2017, 8, 5), online=None)
    assert commands(old) == []
    assert staleness(old).results_days == (TODAY - date(2017, 8, 5)).days


def test_a_clock_that_is_behind_the_results_makes_nothing_younger_than_new() -> None:
    wrong = replace(FRESH, today=date(2020, 1, 1))
    assert staleness(wrong).results_days == 0
    assert staleness(wrong).model_days == 0
    assert staleness(wrong).next_race_day == TODAY


def drifted(step: str = "nothing", *reasons: str, conclusive: bool = True) -> dict[str, Any]:
    """Drift as `velo drift --json` tells it."""
    return {
        "drifts": bool(reasons) if conclusive else None,
        "advice": {"step": step, "why": "; ".join(reasons)},
        "window": {"runners": 3000, "first": "2024-04-05", "last": "2024-05-04"},
        "drifting": list(reasons),
        "untold": [] if conclusive else ["not enough to tell 9 of 9 readings of features"],
    }


@pytest.mark.parametrize(
    ("step", "command"), [("retrain", "velo train"), ("investigate", "velo drift")]
)
def test_drift_makes_a_step_due_and_says_why(step: str, command: str) -> None:
    drift = drifted(step, "form has moved: PSI 0.31 over chance (limit 0.22)")
    todo = due_to_drift(drift, [])
    assert todo == [Due(command, "form has moved: PSI 0.31 over chance (limit 0.22)")]
    assert exit_code(todo, drift) == 1
    assert drift_lines(drift)[0].startswith("form has moved: PSI 0.31 over chance (limit 0.22)")


def test_a_step_that_is_due_already_is_due_once() -> None:
    old = [Due("velo train", "the champion is 130 days old")]
    assert due_to_drift(drifted("retrain", "the calibration slope is 0.8"), old) == []


def test_without_drift_or_without_a_champion_nothing_is_due() -> None:
    assert due_to_drift(drifted(), []) == due_to_drift(None, []) == []
    assert exit_code([], drifted()) == exit_code([], None) == 0
    assert drift_lines(None) == []
    assert drift_lines(drifted()) == ["none (3,000 runners, 2024-04-05 to 2024-05-04)"]


def test_a_young_journal_waits_and_is_no_fault() -> None:
    few = drifted(conclusive=False)
    assert due_to_drift(few, []) == []
    assert exit_code([], few) == 0
    assert drift_lines(few)[0].startswith("cannot be told yet")
    without = {"drifts": None, "wait": "the champion predicted no race"}
    assert exit_code([], without) == 0
    assert drift_lines(without) == ["could not tell: the champion predicted no race"]


def test_a_champion_that_cannot_be_read_could_not_be_told() -> None:
    broken = {"drifts": None, "error": "model is not the registered model"}
    assert exit_code([], broken) == 2
    assert exit_code([Due("velo build", "why")], broken) == 1


def test_many_that_drift_are_a_few_lines() -> None:
    drift = drifted("investigate", *(f"feature {n} has moved" for n in range(21)))
    assert len(drift_lines(drift)) == 5
    assert drift_lines(drift)[-1] == "and 17 more: velo drift"
