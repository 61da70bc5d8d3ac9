"""The priors know the days before the first test day, and nothing of any later one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from tests.offline.built_world import build_tables, record
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from training.data import priors
from training.data.folds import plan
from velo.home import Home
from velo.offline.spine import Spine
from velo.settings import Priors, Training

STARTS = random_starts(seed=77, races=240)
DAYS = sorted({start.date for start in STARTS})
PLAN = plan(
    DAYS[0], DAYS[-1], Training(folds=2, history_days=0, first_test_share=0.6, holdout_days=90)
)
FIRST_TEST = PLAN.folds[0].test_start


def fitted(home: Home, starts: Sequence[Start], unfitted: Priors = Priors()) -> Priors:  # noqa: B008
    record(home, list(starts))
    build_tables(home)
    return priors.fit(Spine(home), FIRST_TEST, unfitted)


def with_other_winners(first: date, end: date) -> list[Start]:
    """The starts with their finishing positions dealt anew on the days in [first, end)."""
    rng = Random(5)
    starts: list[Start] = []
    for race in sorted({start.race_id for start in STARTS}):
        field = [start for start in STARTS if start.race_id == race and start.started]
        ends = [(start.finished, start.position) for start in field]
        if field and first <= field[0].date < end:
            rng.shuffle(ends)
        starts += [
            replace(start, finished=finished, position=position)
            for start, (finished, position) in zip(field, ends, strict=True)
        ]
    return starts


@pytest.fixture
def as_they_were(home: Home) -> Priors:
    return fitted(home, [start for start in STARTS if start.started])


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("first", "end"),
    [
        *((fold.test_start, fold.test_end) for fold in PLAN.folds),
        (PLAN.holdout_start, PLAN.holdout_end),
        (FIRST_TEST, PLAN.holdout_end),
    ],
    ids=["first fold", "second fold", "holdout", "all of them"],
)
def test_other_results_on_the_days_that_judge_do_not_move_them(
    home: Home, as_they_were: Priors, first: date, end: date
) -> None:
    assert fitted(home, with_other_winners(first, end)) == as_they_were


def test_other_results_on_the_days_before_do(home: Home, as_they_were: Priors) -> None:
    last = FIRST_TEST - timedelta(days=1)
    changed = fitted(home, with_other_winners(DAYS[0], last))
    assert changed != as_they_were


def test_what_nothing_was_fitted_for_is_as_it_is_set(home: Home) -> None:
    """Form is never fitted; where no stall is known, neither are the strengths of the draw."""
    without_stalls = [replace(start, draw=None) for start in STARTS if start.started]
    given = Priors(form_k=7, draw_k=11, draw_distance_k=12, draw_course_k=13, p0=0.5, horse_k=1e9)
    priors = fitted(home, without_stalls, given)
    assert (priors.form_k, priors.draw_k, priors.draw_distance_k, priors.draw_course_k) == (
        7,
        11,
        12,
        13,
    )
    assert priors.p0 != given.p0
    assert priors.horse_k != given.horse_k
