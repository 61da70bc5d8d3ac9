"""The days that are bet never include a day of training."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from backtest.periods import Period, period
from velo.errors import DataError, InputError

TRAIN_END = date(2021, 1, 1)
LAST_DAY = date(2021, 12, 31)


def test_by_default_it_is_the_ninety_days_after_training():
    assert period(TRAIN_END, LAST_DAY) == Period(date(2021, 1, 1), date(2021, 3, 31))


def test_it_ends_with_the_data():
    assert period(TRAIN_END, date(2021, 1, 9)).last == date(2021, 1, 9)


def test_a_day_of_training_is_refused():
    with pytest.raises(DataError, match="trained on days before 2021-01-01"):
        period(TRAIN_END, LAST_DAY, first=date(2020, 12, 31))


def test_a_period_backwards_is_refused():
    with pytest.raises(InputError, match="swap"):
        period(TRAIN_END, LAST_DAY, date(2021, 3, 1), date(2021, 2, 1))


def test_a_period_after_the_data_is_refused():
    with pytest.raises(DataError, match="the data end on"):
        period(TRAIN_END, LAST_DAY, first=date(2022, 1, 1))


def test_both_ends_belong():
    dates = pd.Series(pd.to_datetime(["2021-02-28", "2021-03-01", "2021-03-31", "2021-04-01"]))
    inside = Period(date(2021, 3, 1), date(2021, 3, 31)).rows(dates)
    assert inside.tolist() == [False, True, True, False]
