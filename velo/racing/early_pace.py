"""How far forward a horse is likely to lie early, less the mean of its race: the forecast `eh`.

It is linear in fourteen inputs, each less its mean over the race: what the horse did, where it
starts from, what its people usually do, and what is new today. The coefficients are a region's, by
year (`velo.racing.early_fit`). An early position is 0 for the leader and 1 for the last, so a
forecast below 0 is in front.

A past race's inputs and today's are made by one function, `inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from velo.arrays import Floats, Integers
from velo.racing.last_runs import less_usual

INPUTS = 14
RECENT = 6
"""Starts that a recent mean looks at."""
FADES = 0.8
"""What a start weighs of the one after it."""
MIDDLE, LEADS = 0.5, 0.08
"""Early position and share of races led of a horse of which nothing is known, worth one start."""
SPRINT = 1200.0
"""Metres up to which a race is a sprint."""
STYLE_DAYS = 700.0
STYLE_RIDES = 20.0
"""Time constant of a person's style, and the rides at 0 that it is shrunk by."""
USUAL_POUNDS = 123.0

FROM_STALL, FROM_DISTANCE, FROM_WEIGHT = (3, 4, 12), (7,), (13,)
"""Places of the inputs that are unknown where the stall, the distance or the weight is."""
ALWAYS = tuple(sorted({*range(INPUTS)} - {*FROM_STALL, *FROM_DISTANCE, *FROM_WEIGHT}))
PARTS: Mapping[str, tuple[int, ...]] = {
    "early_always": ALWAYS,
    "early_stall": FROM_STALL,
    "early_distance": FROM_DISTANCE,
    "early_weight": FROM_WEIGHT,
}
"""Ingredient of the forecast -> the inputs that it adds up: those that are unknown together."""


@dataclass(frozen=True)
class Styles:
    """What is known of some runners before their race, ``[n]`` each.

    Attributes:
        mean, led: recent means of early position and of having led.
        last, before_last: early positions of the last two starts, NaN where unknown.
        jockey, trainer: how much further back than usual their runners lie, shrunk.
        debut: whether it never ran.
        last_metres: of the last start, NaN on debut.
    """

    mean: Floats
    led: Floats
    last: Floats
    before_last: Floats
    jockey: Floats
    trainer: Floats
    debut: Floats
    last_metres: Floats


def inputs(
    styles: Styles, stall: Floats, metres: Floats, pounds: Floats, new_gear: Floats
) -> Floats:
    """The fourteen inputs of a forecast, ``[n, 14]``, before their race's mean is taken.

    Args:
        styles: what is known of the runners.
        stall: rank of the stall as a share of the field, NaN where there is none.
        metres, pounds: of today, NaN where unknown.
        new_gear: 1 where the source says that gear is worn for the first time.

    Returns:
        NaN where an input is not known.
    """
    from_middle, early = stall - 0.5, styles.mean - 0.5
    return np.column_stack(
        [
            styles.mean,
            np.where(np.isnan(styles.last), MIDDLE, styles.last),
            styles.led,
            from_middle,
            from_middle * early,
            styles.jockey,
            styles.trainer,
            less_usual(metres, styles.last_metres) / 200.0,
            styles.debut,
            new_gear,
            early * early,
            np.where(np.isnan(styles.before_last), MIDDLE, styles.before_last),
            np.where(metres <= SPRINT, from_middle, from_middle * 0.0),
            (pounds - USUAL_POUNDS) / 10.0,
        ]
    )


def centred(values: Floats, race: Integers) -> Floats:
    """Less the race's mean over the runners that have a value; 0 where a runner has none.

    Args:
        values: ``[n]``.
        race: number of each one's race, from 0.
    """
    known = np.isfinite(values)
    # Held to steps, so that the order of the runners does not show in the sum.
    steps = np.rint(np.where(known, values, 0.0) * 2.0**40)
    count = np.maximum(np.bincount(race, known), 1)
    means = np.bincount(race, steps) / 2.0**40 / count
    return np.where(known, values - means[race], 0.0)


def ingredients(values: Floats, coefficients: Floats) -> dict[str, Floats]:
    """What a forecast adds up once each part is less its race's mean: part -> ``[n]``.

    Args:
        values: `inputs`, ``[n, 14]``.
        coefficients: of each runner's region and year, ``[n, 14]``, NaN where there are none.
    """
    terms = values * coefficients
    return {part: terms[:, list(places)].sum(axis=1) for part, places in PARTS.items()}


def forecast(parts: Mapping[str, Floats], race: Integers) -> Floats:
    """Early positions less the race's mean, ``[n]``; NaN in a region without coefficients.

    Args:
        parts: `ingredients` of whole races.
        race: number of each runner's race, from 0.
    """
    total = np.add.reduce([centred(parts[part], race) for part in PARTS])
    return np.where(np.isnan(parts["early_always"]), np.nan, total)


def shrunk_style(late: Floats, rides: Floats) -> Floats:
    """A person's style: the mean of `late` over `rides`, towards 0; 0 where nothing is known."""
    return np.nan_to_num(late) / (np.nan_to_num(rides) + STYLE_RIDES)


@dataclass(frozen=True)
class EarlyInputs:
    """The inputs of every start's forecast, day by day, and what people's styles are after it."""

    keys: ClassVar = (("horse_id",), ("jockey_id",), ("trainer_id",))
    """A row is of a horse's start, or of a person's day: the others' columns are null."""

    state: ClassVar = (
        *(f"early_{nth}" for nth in range(1, RECENT + 1)),
        "last_metres",
        "late",
        "rides",
    )
    """What a later day needs to know."""

    def advance(self, runs: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
        """The inputs of each start as of its day, and what is known after it.

        Args:
            runs: one row a starter, sorted by `known`, the day on which its race is known, then
                by race and horse: `race_id`, `horse_id`, `jockey_id`, `trainer_id`, `nth_of_day`,
                `early_position`, `draw_position`, `distance_m`, `pounds`, `new_gear`.
            state: the newest row of each key from before these days.

        Returns:
            One row a start: `known`, `horse_id`, `nth_of_day`, `x_1` to `x_14`, each input less
            its race's mean, `early`, the early position less the race's mean (NaN where unknown),
            and of the horse after the day `early_1` to `early_6` and `last_metres`. One row a
            jockey and a trainer and day: `late` and `rides`, decayed to the day.
        """
        sheet = _Sheet.of(runs, state)
        for first, end in sheet.days:
            sheet.live(slice(first, end))
        return sheet.rows(runs)


@dataclass
class _People:
    """The styles of the jockeys, or of the trainers, as they stand.

    Attributes:
        code: number of each start's person, -1 for nobody.
        ids: of the people.
        late, rides: decayed sums as of `day`.
        moved: person, day, `late` and `rides` of each day on which they moved.
    """

    code: Integers
    ids: Integers
    late: Floats
    rides: Floats
    day: Floats
    moved: list[tuple[Integers, Integers, Floats, Floats]] = field(default_factory=list)

    @classmethod
    def of(cls, key: pd.Series[int], state: pd.DataFrame) -> _People:
        code, ids = pd.factorize(key, sort=True)
        people = cls(np.asarray(code), np.asarray(ids, np.int64), *np.zeros((3, len(ids) + 1)))
        known = state[state[str(key.name)].notna()]
        place = pd.Index(people.ids).get_indexer(pd.Index(known[str(key.name)]))
        known, place = known[place >= 0], place[place >= 0]
        people.late[place] = known["late"].to_numpy(np.float64)
        people.rides[place] = known["rides"].to_numpy(np.float64)
        people.day[place] = _days(known["known"])
        return people

    def styles(self, rows: slice, day: int) -> Floats:
        """Of each start's person before the day; the last place is nobody's."""
        code = self.code[rows]
        fade = np.exp((self.day[code] - day) / STYLE_DAYS)
        return np.where(
            code < 0, 0.0, shrunk_style(self.late[code] * fade, self.rides[code] * fade)
        )

    def learn(self, rows: slice, day: int, late: Floats) -> None:
        """Move the styles by the starts of a day of which `late` is known."""
        code = self.code[rows]
        told = (code >= 0) & np.isfinite(late)
        who, place = np.unique(code[told], return_inverse=True)
        if not len(who):
            return
        fade = np.exp((self.day[who] - day) / STYLE_DAYS)
        self.late[who] = self.late[who] * fade + np.bincount(place, late[told], len(who))
        self.rides[who] = self.rides[who] * fade + np.bincount(place, minlength=len(who))
        self.day[who] = day
        self.moved.append((who, np.full(len(who), day), self.late[who], self.rides[who]))

    def rows(self, key: str) -> pd.DataFrame:
        """One a person and day."""
        columns = [np.concatenate(each) for each in zip(*self.moved, strict=True)] or [[]] * 4
        who, day, late, rides = columns
        known = pd.Series(np.asarray(day, "datetime64[D]").astype("datetime64[s]"))
        ids = pd.array(self.ids[np.asarray(who, np.int64)], dtype="Int64")
        return pd.DataFrame({"known": known, key: ids, "late": late, "rides": rides})


@dataclass
class _Sheet:
    """The starts' columns as numbers, and the horses as they stand."""

    days: list[tuple[int, int]]
    day: Integers
    race: Integers
    nth: Integers
    horse: Integers
    horses: Integers
    early: Floats
    last_metres: Floats
    ran: Floats
    people: dict[str, _People]
    facts: dict[str, Floats]
    inputs: Floats
    early_after: Floats
    metres_after: Floats

    @classmethod
    def of(cls, runs: pd.DataFrame, state: pd.DataFrame) -> _Sheet:
        day, race = _days(runs["known"]), runs["race_id"].to_numpy(np.int64)
        turns = np.flatnonzero(np.r_[True, day[1:] != day[:-1]][: len(runs)])
        begins = np.r_[True, (race[1:] != race[:-1]) | (day[1:] != day[:-1])][: len(runs)]
        horse, ids = pd.factorize(runs["horse_id"], sort=True)
        names = ("early_position", "draw_position", "distance_m", "pounds", "new_gear")
        sheet = cls(
            list(pairwise([*turns.tolist(), len(runs)])),
            day,
            np.cumsum(begins) - 1,
            runs["nth_of_day"].to_numpy(np.int64),
            np.asarray(horse),
            np.asarray(ids, dtype=np.int64),
            np.full((len(ids), RECENT), np.nan),
            np.full(len(ids), np.nan),
            np.zeros(len(ids)),
            {key: _People.of(runs[key], state) for key in ("jockey_id", "trainer_id")},
            {name: runs[name].to_numpy(np.float64, na_value=np.nan) for name in names},
            np.full((len(runs), INPUTS), np.nan),
            np.full((len(runs), RECENT), np.nan),
            np.full(len(runs), np.nan),
        )
        known = state[state["horse_id"].notna()]
        place = pd.Index(sheet.horses).get_indexer(pd.Index(known["horse_id"]))
        known, place = known[place >= 0], place[place >= 0]
        recent = list(EarlyInputs.state[:RECENT])
        sheet.early[place] = known[recent].to_numpy(np.float64, na_value=np.nan)
        sheet.last_metres[place] = known["last_metres"].to_numpy(np.float64, na_value=np.nan)
        sheet.ran[place] = 1.0
        return sheet

    def live(self, rows: slice) -> None:
        """One day: what its starters are expected to do, then what they did."""
        day, horse = int(self.day[rows.start]), self.horse[rows]
        facts = {name: column[rows] for name, column in self.facts.items()}
        early = self.early[horse]
        mean = _recent_mean(early, MIDDLE)
        jockey, trainer = (people.styles(rows, day) for people in self.people.values())
        styles = Styles(
            mean,
            _recent_mean(np.where(np.isnan(early), np.nan, early == 0.0), LEADS),
            early[:, 0],
            early[:, 1],
            jockey,
            trainer,
            1.0 - self.ran[horse],
            self.last_metres[horse],
        )
        self.inputs[rows] = inputs(
            styles, facts["draw_position"], facts["distance_m"], facts["pounds"], facts["new_gear"]
        )
        for people in self.people.values():
            people.learn(rows, day, facts["early_position"] - mean)
        for nth in np.unique(self.nth[rows]):
            of_nth = self.nth[rows] == nth
            ran = horse[of_nth]
            self.early[ran, 1:] = self.early[ran, :-1]
            self.early[ran, 0] = facts["early_position"][of_nth]
            self.last_metres[ran] = facts["distance_m"][of_nth]
            self.ran[ran] = 1.0
        self.early_after[rows], self.metres_after[rows] = self.early[horse], self.last_metres[horse]

    def rows(self, runs: pd.DataFrame) -> pd.DataFrame:
        """Those of the starts, then those of the people."""
        position = self.facts["early_position"]
        early = np.where(np.isnan(position), np.nan, centred(position, self.race))
        starts = runs[["known", "horse_id", "nth_of_day"]].assign(
            **{f"x_{j + 1}": centred(self.inputs[:, j], self.race) for j in range(INPUTS)},
            early=early,
            **{f"early_{k + 1}": self.early_after[:, k] for k in range(RECENT)},
            last_metres=self.metres_after,
        )
        people = [each.rows(key) for key, each in self.people.items()]
        rows = pd.concat([starts, *(each for each in people if len(each))], ignore_index=True)
        absent = {"late": np.nan, "rides": np.nan}
        absent |= {key: pd.array([pd.NA] * len(rows), "Int64") for key in self.people}
        return rows.assign(**{name: absent[name] for name in absent.keys() - {*rows.columns}})


def _recent_mean(values: Floats, base: float) -> Floats:
    """Over the last starts, ``[n, RECENT]`` and the most recent first, with one start at `base`."""
    weights = FADES ** np.arange(RECENT) * ~np.isnan(values)
    return ((weights * np.nan_to_num(values)).sum(axis=1) + base) / (weights.sum(axis=1) + 1.0)


def _days(known: pd.Series[Any]) -> Integers:
    """Days since 1970."""
    return known.to_numpy("datetime64[D]").astype(np.int64)
