"""The inputs of every start's forecast (`velo.racing.early_pace`), day by day from the first on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from velo.arrays import Floats, Integers
from velo.racing.early_pace import (
    INPUTS,
    LEADS,
    MIDDLE,
    RECENT,
    STYLE_DAYS,
    Styles,
    centred,
    inputs,
    recent_mean,
    shrunk_style,
)


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
        sheet = _EarlyDays.of(runs, state)
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
        valued = (code >= 0) & np.isfinite(late)
        who, place = np.unique(code[valued], return_inverse=True)
        if not len(who):
            return
        fade = np.exp((self.day[who] - day) / STYLE_DAYS)
        self.late[who] = self.late[who] * fade + np.bincount(place, late[valued], len(who))
        self.rides[who] = self.rides[who] * fade + np.bincount(place, minlength=len(who))
        self.day[who] = day
        self.moved.append((who, np.full(len(who), day), self.late[who], self.rides[who]))

    def rows(self, key: str) -> pd.DataFrame:
        """One a person and day."""
        nobody = (np.zeros(0, np.int64),) * 2 + (np.zeros(0),) * 2
        moved = zip(nobody, *self.moved, strict=True)
        who, day, late, rides = (np.concatenate(each) for each in moved)
        known = pd.Series(np.asarray(day, "datetime64[D]").astype("datetime64[s]"))
        ids = pd.array(self.ids[np.asarray(who, np.int64)], dtype="Int64")
        return pd.DataFrame({"known": known, key: ids, "late": late, "rides": rides})


@dataclass
class _EarlyDays:
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
    def of(cls, runs: pd.DataFrame, state: pd.DataFrame) -> _EarlyDays:
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
        mean = recent_mean(early, MIDDLE)
        jockey, trainer = (people.styles(rows, day) for people in self.people.values())
        styles = Styles(
            mean,
            recent_mean(np.where(np.isnan(early), np.nan, early == 0.0), LEADS),
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
        absent: dict[str, Any] = {"late": np.nan, "rides": np.nan}
        absent |= {key: pd.array([pd.NA] * len(rows), "Int64") for key in self.people}
        return rows.assign(**{name: absent[name] for name in absent.keys() - {*rows.columns}})


def _days(known: pd.Series[Any]) -> Integers:
    """Days since 1970."""
    return known.to_numpy("datetime64[D]").astype(np.int64)
