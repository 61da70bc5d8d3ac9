"""Ratings of horses, jockeys and trainers that move with every day's races.

A filter over days. Each horse, jockey and trainer has a rating, known with a mean and a variance.
A race shows the sum of a runner's three ratings, plus what is common to the race, plus noise. All
races of a day are judged by the ratings from before the day, so that none sees another of the day.

What the filter follows may be the order of finishing, the margins or the prices: any number by
which the runners of one race compare, higher for the better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from velo.arrays import Flags, Floats, Integers

KINDS = ("horse_id", "jockey_id", "trainer_id")
"""The kinds of entity, by their keys, in the order of the variances."""

PARTS = {"jockey_before": "jockey_id", "trainer_before": "trainer_id"}
"""What a horse's row says of the people of its last start, and their keys."""


@dataclass(frozen=True)
class RatingFilter:
    """Ratings as Gaussian beliefs, of the horse, the jockey and the trainer in this order.

    Attributes:
        prior: variance of a rating of which nothing is known.
        drift: by how much a day's rest raises a variance, to the prior's at most.
        noise: variance of one performance around the sum of the three ratings.
    """

    prior: tuple[float, float, float]
    drift: tuple[float, float, float]
    noise: float

    keys: ClassVar = tuple((kind,) for kind in KINDS)
    """Each row is of one key: the others' columns are null."""

    state: ClassVar = ("mean", "variance")
    """What a later day needs to know of a key."""

    def advance(self, runs: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
        """Rate every runner's horse, jockey and trainer after each day of races.

        Args:
            runs: one row a starter, sorted by `known`, the day on which its race is known, then
                by race and horse: `race_id`, `horse_id`, `jockey_id`, `trainer_id` (Int64, null
                for nobody), `nth_of_day` (the horse's start of the day) and `performance`
                (float64, NaN where it is not known).
            state: the newest row of each key from before these days, with its `known`.

        Returns:
            One row a key and day that it ran, sorted by day, kind and key: `known`, the three
            keys, `mean` and `variance` after the day; of a horse also the means of its last
            start's jockey and trainer as they stood before that start, 0 for one that was never
            seen or is not named.
        """
        days = _RatedDays.of(runs)
        sides = [
            _Side.of(runs[kind], state, days, variance)
            for kind, variance in zip(KINDS, self.prior, strict=True)
        ]
        for day in days:
            self._rate(day, sides)
        last = sides[0].last_rows(runs["nth_of_day"].to_numpy(np.int64))
        people = dict(zip(PARTS, sides[1:], strict=True))
        dates = np.concatenate([side.day for side in sides])
        columns = {
            "known": pd.Series(dates.astype("datetime64[D]").astype("datetime64[s]")),
            **{kind: pd.Series(_ids_of(kind, sides)) for kind in KINDS},
            "mean": pd.Series(np.concatenate([side.after for side in sides])),
            "variance": pd.Series(np.concatenate([side.spread for side in sides])),
            **{
                name: pd.Series(side.before_of(last)).reindex(np.arange(len(dates)))
                for name, side in people.items()
            },
        }
        return pd.DataFrame(columns).iloc[np.argsort(dates, kind="stable")].reset_index(drop=True)

    def _rate(self, day: _RatedDay, sides: list[_Side]) -> None:
        """One day: beliefs before it, what each race says, beliefs after it."""
        horses, *people = (
            side.belief(day, drift) for side, drift in zip(sides, self.drift, strict=True)
        )
        beliefs = [horses.with_newcomers(_field_means(day, horses)), *people]
        spread = np.add.reduce([each.variances for each in beliefs])
        beyond = day.performance - np.add.reduce([each.means for each in beliefs])
        weight = day.known / (spread + self.noise)
        total = np.bincount(day.race, weight, day.races)
        common = np.bincount(day.race, weight * beyond, day.races) / np.where(total > 0, total, 1)
        surprise = beyond - common[day.race]
        for side, belief in zip(sides, beliefs, strict=True):
            precision = day.known / (spread - belief.variances + self.noise)
            side.learn(day, belief, precision, surprise)


@dataclass(frozen=True)
class _RatedDay:
    """The starters of one day's races.

    Attributes:
        number: days since 1970.
        place: which of the days.
        rows: where its starters stand among all.
        race: number of each starter's race, from 0.
        races: how many there are.
        performance: 0 where it is not known.
        known: 1 or 0, whether it is.
    """

    number: int
    place: int
    rows: slice
    race: Integers
    races: int
    performance: Floats
    known: Floats


@dataclass(frozen=True)
class _RatedDays:
    """All days, cut out of the starters' columns."""

    number: Integers
    race: Integers
    performance: Floats
    firsts: Integers

    @classmethod
    def of(cls, runs: pd.DataFrame) -> _RatedDays:
        number = day_numbers(runs["known"])
        races = runs["race_id"].to_numpy(np.int64)
        begins = np.r_[True, (races[1:] != races[:-1]) | (number[1:] != number[:-1])][: len(runs)]
        firsts = np.flatnonzero(np.r_[True, number[1:] != number[:-1]][: len(runs)])
        return cls(
            number,
            np.cumsum(begins) - 1,
            runs["performance"].to_numpy(np.float64),
            np.r_[firsts, len(runs)],
        )

    def __iter__(self) -> Iterator[_RatedDay]:
        known = np.isfinite(self.performance)
        performance = np.where(known, self.performance, 0.0)
        weights = known.astype(np.float64)
        for place in range(len(self.firsts) - 1):
            rows = slice(self.firsts[place], self.firsts[place + 1])
            race = self.race[rows] - self.race[rows.start]
            yield _RatedDay(
                int(self.number[rows.start]),
                place,
                rows,
                race,
                int(race[-1]) + 1,
                performance[rows],
                weights[rows],
            )


@dataclass(frozen=True)
class _Belief:
    """What is believed before a day of those of one kind who run in it.

    Attributes:
        pairs: where their days stand among all of the kind's.
        of_row: for each starter which of them is its, one past the last for nobody.
        first: the row of each one's first start of the day.
        new: of whom nothing is known yet.
        mean, variance: of each.
    """

    pairs: slice
    of_row: Integers
    first: Integers
    new: Flags
    mean: Floats
    variance: Floats

    @property
    def means(self) -> Floats:
        """Of each starter's, 0 for nobody's."""
        return np.append(self.mean, 0.0)[self.of_row]

    @cached_property
    def variances(self) -> Floats:
        """Of each starter's, 0 for nobody's."""
        return np.append(self.variance, 0.0)[self.of_row]

    def with_newcomers(self, means: Floats) -> _Belief:
        """The same where a newcomer is taken to be as the field of its first start."""
        return replace(self, mean=np.where(self.new, means[self.first], self.mean))


def _field_means(day: _RatedDay, horses: _Belief) -> Floats:
    """For each starter the mean of its field's horses that are known, 0 where none is."""
    known = np.append(~horses.new, False)[horses.of_row]
    total = np.bincount(day.race, horses.means * known, day.races)
    count = np.bincount(day.race, known, day.races)
    means: Floats = total / np.maximum(count, 1)
    return means[day.race]


@dataclass(frozen=True)
class _Side:
    """The ratings of one kind of entity: as they stand, and as they stood around each day.

    A pair is an entity and a day on which it ran; pairs are sorted by day and key.

    Attributes:
        kind: the name of the key.
        prior: variance of a rating of which nothing is known.
        ids: of the entities.
        mean, variance, seen: as they stand, and the day of that; a mean is NaN before the first.
        row_pair: the pair of each row, -1 for nobody.
        entity, day, first: of each pair: who, when, and the row of the day's first start.
        begins: where the pairs of each day begin.
        before, after, spread: of each pair: means around the day, variances after it.
    """

    kind: str
    prior: float
    ids: Integers
    mean: Floats
    variance: Floats
    seen: Integers
    row_pair: Integers
    entity: Integers
    day: Integers
    first: Integers
    begins: Integers
    before: Floats
    after: Floats
    spread: Floats

    @classmethod
    def of(cls, key: pd.Series[int], state: pd.DataFrame, days: _RatedDays, prior: float) -> _Side:
        code, ids = pd.factorize(key, sort=True)
        rows = np.flatnonzero(code >= 0)
        place = np.repeat(np.arange(len(days.firsts) - 1), np.diff(days.firsts))
        many = len(ids) + 1
        pairs, first, pair = np.unique(
            place[rows] * many + code[rows], return_index=True, return_inverse=True
        )
        row_pair = np.full(len(key), -1)
        row_pair[rows] = pair
        of_day = pairs // many
        kind = str(key.name)
        known = state[state[kind].notna()]
        entity = pd.Index(ids).get_indexer(pd.Index(known[kind]))
        known, entity = known[entity >= 0], entity[entity >= 0]
        side = cls(
            kind,
            prior,
            np.asarray(ids, dtype=np.int64),
            np.full(len(ids), np.nan),
            np.full(len(ids), prior),
            np.zeros(len(ids), dtype=np.int64),
            row_pair,
            pairs % many,
            days.number[days.firsts[of_day]],
            rows[first],
            np.searchsorted(of_day, np.arange(len(days.firsts))),
            *(np.zeros(len(pairs)) for _ in range(3)),
        )
        side.mean[entity] = known["mean"].to_numpy(np.float64)
        side.variance[entity] = known["variance"].to_numpy(np.float64)
        side.seen[entity] = day_numbers(known["known"])
        return side

    def belief(self, day: _RatedDay, drift: float) -> _Belief:
        """What is believed before a day; a newcomer's mean is 0."""
        pairs = slice(self.begins[day.place], self.begins[day.place + 1])
        entity = self.entity[pairs]
        pair = self.row_pair[day.rows]
        mean = self.mean[entity]
        new = np.isnan(mean)
        rested = self.variance[entity] + drift * (day.number - self.seen[entity])
        return _Belief(
            pairs,
            np.where(pair < 0, len(entity), pair - pairs.start),
            self.first[pairs] - day.rows.start,
            new,
            np.where(new, 0.0, mean),
            np.where(new, self.prior, np.minimum(rested, self.prior)),
        )

    def learn(self, day: _RatedDay, belief: _Belief, precision: Floats, surprise: Floats) -> None:
        """Move the beliefs by what the day's starts showed."""
        many = len(belief.mean)
        weight = np.bincount(belief.of_row, precision, many + 1)[:many]
        moved = np.bincount(belief.of_row, precision * surprise, many + 1)[:many]
        variance = 1 / (1 / belief.variance + weight)
        mean = belief.mean + variance * moved
        entity = self.entity[belief.pairs]
        self.mean[entity], self.variance[entity], self.seen[entity] = mean, variance, day.number
        self.before[belief.pairs] = belief.mean
        self.after[belief.pairs], self.spread[belief.pairs] = mean, variance

    def last_rows(self, nth: Integers) -> Integers:
        """For each pair the row of its last start of the day."""
        rows = np.lexsort((nth, self.row_pair))
        last = np.r_[self.row_pair[rows][1:] != self.row_pair[rows][:-1], True][: len(rows)]
        chosen: Integers = rows[last & (self.row_pair[rows] >= 0)]
        return chosen

    def before_of(self, rows: Integers) -> Floats:
        """Means before the day of the entities of some rows, 0 for nobody's."""
        return np.append(self.before, 0.0)[self.row_pair[rows]]


def _ids_of(kind: str, sides: list[_Side]) -> pd.api.extensions.ExtensionArray:
    """The column of a key over the rows of all kinds: null in the others' rows."""
    others = [np.full(len(side.day), side.kind != kind) for side in sides]
    ids = [side.ids[side.entity] for side in sides]
    return pd.arrays.IntegerArray(np.concatenate(ids), np.concatenate(others))


def day_numbers(days: pd.Series[Any]) -> Integers:
    """Days since 1970."""
    return days.to_numpy("datetime64[D]").astype(np.int64)
