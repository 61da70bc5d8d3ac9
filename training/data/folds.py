"""Walk-forward plan by date: history, expanding folds, holdout (evaluation.md, Folds).

Every pair of dates here is half-open: the first day belongs, the second does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

from velo.errors import DataError
from velo.settings import Training

SHORTEST_TEST = 7
SHORTEST_TRAIN = 28


@dataclass(frozen=True)
class Fold:
    """One step of the walk: fit on [train_start, train_end), test on [test_start, test_end)."""

    number: int
    train_start: date
    train_end: date
    test_start: date
    test_end: date

    def stopping_start(self, share: float) -> date:
        """First day of the last `share` of the training days, at least one, kept for stopping."""
        days = (self.train_end - self.train_start).days
        return self.train_end - timedelta(days=max(1, round(days * share)))


@dataclass(frozen=True)
class Plan:
    """Which days are history, training, tests and holdout.

    Attributes:
        history_end: the first day that may be trained on; features before it are too young.
        folds: the walk; their tests tile the later part of [history_end, train_end).
        train_end: the day after the last training day.
        holdout_start, holdout_end: the days that judge, [start, end).
    """

    history_end: date
    folds: tuple[Fold, ...]
    train_end: date
    holdout_start: date
    holdout_end: date

    @property
    def holdout_days(self) -> int:
        """Calendar days of the holdout."""
        return (self.holdout_end - self.holdout_start).days

    @property
    def holdout(self) -> tuple[date, date]:
        """First and last day of the holdout, both included."""
        return self.holdout_start, self.holdout_end - timedelta(days=1)

    @property
    def preceding_start(self) -> date:
        """First day of the period before the holdout, of its length, that has predictions.

        The cut-offs of Top10 to Top30 are taken over [preceding_start, train_end).
        """
        return max(self.folds[0].test_start, self.train_end - timedelta(days=self.holdout_days))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: every date as YYYY-MM-DD."""
        plain: dict[str, Any] = _iso(asdict(self))
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Plan:
        """Read what `to_dict` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        folds = tuple(Fold(**_dates(fold)) for fold in plain["folds"])
        return cls(**{**_dates(plain), "folds": folds})


def plan(
    first_day: date,
    last_day: date,
    training: Training,
    train_end: date | None = None,
    holdout_days: int | None = None,
) -> Plan:
    """Lay out the walk over data from `first_day` to `last_day`, both included.

    Args:
        first_day: the first race day of the data.
        last_day: the last race day of the data.
        training: lengths and number of folds.
        train_end: the first day that is not trained on; by default what leaves the holdout at
            the end of the data.
        holdout_days: beats the settings' own.

    Raises:
        DataError: the data are too short for this plan.
    """
    embargo = timedelta(days=training.embargo_days)
    wanted = training.holdout_days if holdout_days is None else holdout_days
    if wanted < 1:
        raise DataError("a holdout needs at least one day; set --holdout-days to 1 or more")
    if wanted > (last_day - first_day).days:
        raise DataError(
            f"a holdout of {wanted} days is longer than the data, {first_day} to {last_day}; "
            "import more days or set fewer --holdout-days"
        )
    length = timedelta(days=wanted)
    data_end = last_day + timedelta(days=1)
    history_end = first_day + timedelta(days=training.history_days)
    if train_end is None:
        train_end = data_end - length - embargo
    if train_end > last_day:
        raise DataError(
            f"--train-end {train_end} leaves no day to judge: the last race day is {last_day}; "
            f"give {data_end - length - embargo} or earlier"
        )
    holdout_start = train_end + embargo
    holdout_end = holdout_start + length
    if holdout_end > data_end:
        raise DataError(_too_long(length, holdout_start, data_end, embargo))
    folds = _folds(history_end, train_end, embargo, training)
    return Plan(history_end, folds, train_end, holdout_start, holdout_end)


def _too_long(length: timedelta, start: date, data_end: date, embargo: timedelta) -> str:
    """A holdout that runs past the data, and what the data offer in its place."""
    left = (data_end - start).days
    within = f"--holdout-days {left} or fewer, or " if left > 0 else ""
    return (
        f"a holdout of {length.days} days from {start} runs past the last race day "
        f"{data_end - timedelta(days=1)}; give {within}--train-end "
        f"{data_end - length - embargo} or earlier"
    )


def plan_ahead(first_day: date, last_day: date, training: Training, ahead: int) -> Plan:
    """Lay out the walk through the last day; the holdout lies ahead and holds no race yet.

    Args:
        first_day, last_day: race days of the data, both included.
        training: lengths and number of folds.
        ahead: days ahead; as many before them set the cut-offs.

    Raises:
        DataError: the data are too short for this plan.
    """
    embargo = timedelta(days=training.embargo_days)
    history_end = first_day + timedelta(days=training.history_days)
    train_end = last_day + timedelta(days=1)
    folds = _folds(history_end, train_end, embargo, training)
    start = train_end + embargo
    return Plan(history_end, folds, train_end, start, start + timedelta(days=ahead))


def _folds(start: date, end: date, embargo: timedelta, training: Training) -> tuple[Fold, ...]:
    days = (end - start).days
    before = max(0, ceil(days * training.first_test_share))
    tested = days - before
    needed = training.folds * SHORTEST_TEST
    if tested < needed or before - embargo.days < SHORTEST_TRAIN:
        raise DataError(
            f"{max(days, 0)} training days from {start} to {end} are too few for "
            f"{training.folds} folds of at least {SHORTEST_TEST} test days after "
            f"{SHORTEST_TRAIN} days; import more days or lower training.folds, "
            "training.history_days or --holdout-days"
        )
    edges = [
        start + timedelta(days=before + tested * k // training.folds)
        for k in range(training.folds + 1)
    ]
    return tuple(
        Fold(number, start, test_start - embargo, test_start, test_end)
        for number, (test_start, test_end) in enumerate(pairwise(edges), start=1)
    )


def _dates(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if isinstance(value, str) else value
        for name, value in plain.items()
    }


def _iso(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _iso(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_iso(item) for item in value]
    return value
