from __future__ import annotations

from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from training.data.folds import Plan, plan
from velo.errors import DataError
from velo.settings import Training

FIRST, LAST = date(2015, 1, 1), date(2019, 12, 31)


def test_the_first_year_is_history_only() -> None:
    laid = plan(FIRST, LAST, Training())
    assert laid.history_end == date(2016, 1, 1)
    assert all(fold.train_start == date(2016, 1, 1) for fold in laid.folds)


def test_the_holdout_is_the_last_days_of_the_data() -> None:
    laid = plan(FIRST, LAST, Training(holdout_days=90))
    assert laid.holdout_end == date(2020, 1, 1)
    assert laid.holdout_start == date(2019, 10, 3)
    assert laid.train_end == laid.holdout_start
    assert laid.holdout_days == 90


def test_a_named_train_end_puts_the_holdout_right_behind_it() -> None:
    laid = plan(FIRST, LAST, Training(), train_end=date(2018, 7, 1), holdout_days=30)
    assert (laid.holdout_start, laid.holdout_end) == (date(2018, 7, 1), date(2018, 7, 31))


def test_a_holdout_that_runs_past_the_data_is_refused() -> None:
    """What the data offer is said: the days that are left, and the last day to train to."""
    with pytest.raises(DataError, match="past the last race day 2019-12-31") as refusal:
        plan(FIRST, LAST, Training(), train_end=date(2019, 12, 1))
    assert "--holdout-days 31 or fewer, or --train-end 2019-10-03 or earlier" in str(refusal.value)
    assert plan(FIRST, LAST, Training(), date(2019, 12, 1), 31).holdout_end == date(2020, 1, 1)
    assert plan(FIRST, LAST, Training(), date(2019, 10, 3)).holdout_end == date(2020, 1, 1)


@pytest.mark.parametrize("days", [10**9, 10**30, 36_500])
def test_a_holdout_longer_than_the_data_is_refused(days: int) -> None:
    with pytest.raises(DataError, match="is longer than the data"):
        plan(FIRST, LAST, Training(), holdout_days=days)


@pytest.mark.parametrize("end", [date.max, date(2020, 1, 1)])
def test_a_train_end_behind_the_data_is_refused(end: date) -> None:
    with pytest.raises(DataError, match="leaves no day to judge"):
        plan(FIRST, LAST, Training(), train_end=end)


def test_a_train_end_before_all_data_is_refused() -> None:
    with pytest.raises(DataError, match="too few for 5 folds"):
        plan(FIRST, LAST, Training(), train_end=date.min)


def test_too_few_days_are_refused_with_the_mend() -> None:
    with pytest.raises(DataError, match=r"too few for 5 folds.*import more days"):
        plan(date(2015, 4, 26), date(2015, 5, 6), Training(), holdout_days=3)
    with pytest.raises(DataError, match=r"longer than the data.*import more days"):
        plan(date(2015, 4, 26), date(2015, 5, 6), Training())


@pytest.mark.parametrize("days", [0, -3])
def test_a_holdout_without_days_is_refused(days: int) -> None:
    with pytest.raises(DataError, match="at least one day"):
        plan(FIRST, LAST, Training(), holdout_days=days)


def test_an_embargo_leaves_days_between_train_and_test_and_before_the_holdout() -> None:
    laid = plan(FIRST, LAST, Training(embargo_days=3))
    for fold in laid.folds:
        assert fold.test_start - fold.train_end == timedelta(days=3)
    assert laid.holdout_start - laid.train_end == timedelta(days=3)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_the_first_test_begins_behind_the_share_of_the_days_that_is_set(share: float) -> None:
    laid = plan(FIRST, LAST, Training(first_test_share=share))
    days = (laid.train_end - laid.history_end).days
    assert (laid.folds[0].test_start - laid.history_end).days == ceil(share * days)


def test_early_stopping_has_the_last_share_of_a_fold_s_training_days() -> None:
    fold = plan(FIRST, LAST, Training()).folds[0]
    days = (fold.train_end - fold.train_start).days
    assert (fold.train_end - fold.stopping_start(0.15)).days == round(0.15 * days)


def test_cut_offs_come_from_as_many_days_as_the_holdout_has() -> None:
    laid = plan(FIRST, LAST, Training(holdout_days=90))
    assert (laid.train_end - laid.preceding_start).days == 90


def test_cut_offs_reach_back_no_further_than_there_are_predictions() -> None:
    laid = plan(FIRST, date(2017, 6, 30), Training(holdout_days=300))
    assert laid.preceding_start == laid.folds[0].test_start


def test_a_plan_is_written_with_plain_dates() -> None:
    plain = plan(FIRST, LAST, Training()).to_dict()
    assert plain["history_end"] == "2016-01-01"
    assert plain["folds"][0]["number"] == 1


@given(
    st.integers(60, 3000),
    st.integers(2, 8),
    st.floats(0.1, 0.8),
    st.integers(0, 10),
    st.integers(1, 120),
)
def test_no_day_is_seen_by_the_model_that_is_tested_on_it(
    days: int, folds: int, share: float, embargo: int, holdout: int
) -> None:
    training = Training(
        history_days=30,
        folds=folds,
        first_test_share=share,
        embargo_days=embargo,
        holdout_days=holdout,
    )
    try:
        laid: Plan = plan(FIRST, FIRST + timedelta(days=days), training)
    except DataError:
        assume(False)
    assert len(laid.folds) == folds
    for fold in laid.folds:
        assert fold.train_start < fold.train_end <= fold.test_start < fold.test_end
    for before, after in zip(laid.folds, laid.folds[1:], strict=False):
        assert before.test_end == after.test_start
    assert laid.folds[-1].test_end == laid.train_end <= laid.holdout_start < laid.holdout_end
