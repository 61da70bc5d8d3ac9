"""The runners of a period as arrays: what decides, what settles, and on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtest.cutoffs import Learned
from training.data.conditions import CONDITIONS
from training.judging.metrics import Predictions
from training.statistics.bootstrap import Days
from velo.arrays import Flags, Floats, Integers
from velo.racing import places, settlement
from velo.racing.courses import course, course_key


@dataclass(frozen=True, eq=False)
class Runners:
    """Starters of races with a complete book, one row each, races together.

    Attributes:
        given: predictions and prices; `settlement_odds` are those that a bet is paid at.
        facts: course, race_type and class_level, [rows].
        handicap: bool[rows].
        finish: official position, NaN without one.
        dates: the period's race days, in order.
        days: each row's day among them.
    """

    given: Predictions
    facts: pd.DataFrame
    handicap: Flags
    finish: Floats
    dates: npt.NDArray[Any]
    days: Days

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Runners:
        """Take them from predictions with their conditions.

        Raises:
            DataError: no race has a complete book, or a race has no winner.
        """
        given = Predictions.of(frame)
        if given.races.n < len(frame):
            frame = frame[frame["race_id"].isin(given.race_id[given.races.offsets])]
        first = given.races.first(given.dates)
        dates, of_race = np.unique(first, return_inverse=True)
        day = np.asarray(given.races.broadcast(of_race.astype(np.int64)))
        return cls(
            given,
            frame[["course", *CONDITIONS[:2]]].reset_index(drop=True),
            frame["handicap"].to_numpy(dtype=np.bool_),
            frame["finish"].to_numpy(dtype=np.float64),
            dates,
            Days(day, len(dates)),
        )

    def __len__(self) -> int:
        return self.given.races.n

    @cached_property
    def settleable(self) -> Flags:
        """Whether there is a price to settle at."""
        return np.isfinite(self.given.settlement_odds)

    @cached_property
    def win_payoff(self) -> Floats:
        """Profit of a point on the win before commission; NaN where unsettleable."""
        return settlement.profit(self.given.win_share, self.given.settlement_odds)

    @cached_property
    def each_way_payoff(self) -> Floats:
        """Profit of a point, half on the win and half on the place, before commission."""
        races = self.given.races
        ran = np.asarray(races.broadcast(races.sizes))
        paid, share = places.place_terms(ran, self.handicap)
        placed = places.place_share(self.finish, self._tied, paid)
        given = self.given
        return settlement.each_way_profit(given.win_share, placed, given.settlement_odds, share)

    def payoff(self, each_way: bool) -> Floats:
        """Profit of a point on each runner before commission."""
        return self.each_way_payoff if each_way else self.win_payoff

    @cached_property
    def courses(self) -> npt.NDArray[Any]:
        """Each row's course as one text a track, None where the name says nothing."""
        codes, names = pd.factorize(self.facts["course"])
        keys = [track_of(str(name)) for name in names]
        return np.array([*keys, None], dtype=object)[codes]

    def cutoff(self, learned: Sequence[Learned], share: float) -> Floats:
        """What the value of each runner must exceed to be of the best `share`, [rows].

        Raises:
            ModelError: a period's model brings no such cut-off.
        """
        starts = np.array([np.datetime64(each.since) for each in learned])
        span = np.searchsorted(starts, self.dates.astype("datetime64[D]"), side="right") - 1
        values = np.array([each.value(share) for each in learned])
        return np.asarray(values[span][self.days.index])

    @property
    def span(self) -> tuple[date, date]:
        """The first and last race day."""
        first, last = self.dates[[0, -1]].astype("datetime64[D]").tolist()
        return first, last

    @cached_property
    def _tied(self) -> Integers:
        """How many finished in each row's position; 1 where it has none."""
        known = np.isfinite(self.finish)
        most = int(self.finish[known].max(initial=0)) + 1
        cell = self.given.races.index * most + np.where(known, self.finish, 0).astype(np.int64)
        count = np.bincount(cell)[cell]
        return np.where(known, count, 1)


def track_of(name: str) -> str | None:
    """A course as one text, however it is written: `Kempton (AW)` and `kempton-aw` are one."""
    read = course(name)
    return None if read is None else course_key(read)
