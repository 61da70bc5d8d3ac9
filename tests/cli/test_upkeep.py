"""What is stale in a home, and what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from velo.cli.upkeep import Facts, due, staleness
from velo.settings import Upkeep

TODAY = date(2024, 5, 4)
YESTERDAY = TODAY - timedelta(1)
FRESH = Facts(
    today=TODAY,
    results_to=YESTERDAY,
    build=3,
    applied=True,
    online=(TODAY, 3),
    models={"champion": {"version": "1", "verdict": "passed", "promotion": "promoted",
                         "made": "2024-04-20"}},
)  # fmt: skip
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
        (replace(FRESH, applied=False), "feast -c feature_repo apply"),
        (replace(FRESH, models={}), "velo train"),
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
