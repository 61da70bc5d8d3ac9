"""The days that are bet (evaluation.md, Backtest)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from velo.errors import DataError, InputError

DEFAULT_DAYS = 90


@dataclass(frozen=True)
class Period:
    """First and last day, both bet."""

    first: date
    last: date

    def rows(self, dates: pd.Series[pd.Timestamp]) -> pd.Series[bool]:
        """Which of the dates lie in the period."""
        return dates.between(pd.Timestamp(self.first), pd.Timestamp(self.last))


def period(
    train_end: date, last_day: date, first: date | None = None, last: date | None = None
) -> Period:
    """The days asked for, by default the 90 after training or what the data hold of them.

    Args:
        train_end: the day after the last day that the model was trained on.
        last_day: the last race day of the data.
        first, last: what was asked for.

    Raises:
        InputError: the first day is after the last.
        DataError: the model was trained on a day of the period, or no data reach into it.
    """
    start = train_end if first is None else first
    end = start + timedelta(days=DEFAULT_DAYS - 1) if last is None else last
    if start < train_end:
        raise DataError(
            f"the model was trained on days before {train_end}; begin the period there or later, "
            f"walk the recipe forward with --walk-forward, or train one with --train-end {start}"
        )
    return _within(start, end, last_day)


def walked_period(
    train_end: date, last_day: date, first: date | None = None, last: date | None = None
) -> Period:
    """The days of a walk-forward: those asked for, by default all after the model's training.

    A walk may begin before that: each of its models is trained on the days before its own.

    Raises:
        InputError: the first day is after the last.
        DataError: no data reach into it.
    """
    return _within(first or train_end, last or last_day, last_day)


def _within(start: date, end: date, last_day: date) -> Period:
    if start > last_day:
        raise DataError(f"the data end on {last_day}, before the period begins on {start}")
    if start > end:
        raise InputError(f"the period's first day {start} is after its last {end}; swap them")
    return Period(start, min(end, last_day))
