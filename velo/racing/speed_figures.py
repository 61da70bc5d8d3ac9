"""Speed figures of the platform's own: a time against the par, after what the day was like.

A figure is in points of 1000 * ln(seconds): ten points are one per cent of the time. Three things
make a race's time: how fast its course usually is (the par of its cell: course, code, surface and
metres), how fast the track was that day (the variant), and who ran. Each is learnt from the other
two as the days go by. All races of a day are judged by the pars and abilities from before the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from velo.arrays import Flags, Floats, Integers

CELL = ("course_id", "race_code", "surface", "distance_m")
TRACK = ("course_id", "race_code", "surface")


@dataclass(frozen=True)
class SpeedFigures:
    """Pars, variants, and the abilities of horses in points of a figure.

    Attributes:
        least: so many of the first home speak for a race's time, or half the field if that is more.
        apart: points by which one race may differ from the day's median and still count in full.
        nothing: races' worth of no variant that a day is drawn to.
        worst: a figure so many points below the horse's ability is cut there.
        down, up: points by which one figure may move an ability, before it is shared out.
        starts: so many at most share a figure's weight, the first one with two of no figure.
        races: so many at most share a race's weight in a par.
    """

    least: int = 4
    apart: float = 8.0
    nothing: float = 0.3
    worst: float = 60.0
    down: float = 25.0
    up: float = 15.0
    starts: int = 5
    races: int = 60

    keys: ClassVar = (("horse_id",), CELL)
    """Rows are of a horse or of a cell: the other's columns are null."""

    state: ClassVar = ("ability", "figures", "par", "races_timed")
    """What a later day needs to know."""

    def advance(self, runs: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
        """A figure for each start, abilities and pars after each day.

        Args:
            runs: one row a starter, sorted by `known`, the day on which its race is known, then
                by race and horse: `race_id`, `horse_id`, `nth_of_day`, the columns of a cell,
                `finish` (NaN for a non-finisher), `field_size` and `seconds`.
            state: the newest row of each horse and cell from before these days.

        Returns:
            One row a start: `known`, `horse_id`, `nth_of_day`, `figure` (NaN without a time or a
            par), and of the horse after the day `ability` and `figures`, how many it has. One row
            a cell and day that its races were timed: `par` and `races_timed`, at most `races`.
        """
        sheet = _Sheet.of(runs, state, self.least)
        for first, end in sheet.days:
            self._time(sheet, slice(first, end))
        return sheet.rows(runs)

    def _time(self, sheet: _Sheet, rows: slice) -> None:
        """One day: levels of its races, variants of its tracks, figures of its starts."""
        horse, race = sheet.horse[rows], sheet.race[rows] - sheet.race[rows.start]
        time, ability = sheet.time[rows], sheet.ability[sheet.horse[rows]]
        first = np.flatnonzero(np.r_[True, race[1:] != race[:-1]])
        cell, track = sheet.cell[rows][first], sheet.track[rows][first]
        front = sheet.front[rows]
        count = np.bincount(race, front, len(first))
        total = np.bincount(race, np.where(front, time + ability, 0.0), len(first))
        with np.errstate(invalid="ignore"):
            level = np.where(cell >= 0, total / count, np.nan)
        par = sheet.par[cell]
        variant = self._variants(track, level - par)
        figure = (par + variant)[race] - time
        figure = np.where(sheet.finished[rows], figure, np.nan)
        rated = np.isfinite(figure)
        figure = np.where(rated, np.maximum(figure, ability - self.worst), np.nan)
        sheet.figure[rows] = figure
        step = np.clip(figure[rated] - ability[rated], -self.down, self.up)
        share = np.minimum(sheet.figures[horse[rated]] + 2, self.starts)
        np.add.at(sheet.ability, horse[rated], step / share)
        np.add.at(sheet.figures, horse[rated], 1.0)
        sheet.ability_after[rows] = sheet.ability[horse]
        sheet.figures_after[rows] = sheet.figures[horse]
        self._learn_pars(sheet, rows.start + first, cell, level, variant)

    def _variants(self, track: Integers, apart: Floats) -> Floats:
        """Of each race its track's, in points: above 0 the day was slow."""
        variant = np.zeros(len(track))
        timed = np.isfinite(apart)
        for each in np.unique(track[timed]):
            here = timed & (track == each)
            median = float(np.median(apart[here]))
            moved = np.clip(apart[here] - median, -self.apart, self.apart) + median
            variant[track == each] = moved.sum() / (here.sum() + self.nothing)
        return variant

    def _learn_pars(
        self, sheet: _Sheet, rows: Integers, cell: Integers, level: Floats, variant: Floats
    ) -> None:
        """Move the pars by what a day's races were timed at; a cell's first level is its par."""
        for row, each, timed, slow in zip(rows, cell, level, variant, strict=True):
            if not np.isfinite(timed):
                continue
            count = min(sheet.races_timed[each] + 1, self.races)
            sheet.races_timed[each] = count
            if count == 1:
                sheet.par[each] = timed
            else:
                sheet.par[each] += (timed - slow - sheet.par[each]) / count
            sheet.timed.append((int(row), int(each), sheet.par[each], count))


@dataclass
class _Sheet:
    """The starts' columns as numbers, and pars and abilities as they stand.

    `days` has the first row of each day and the one past its last. Horses, cells and tracks are
    numbered in the order of their keys; a race of no cell has -1, which is the place of no par.
    `front` are the starts that speak for the time of their race.
    """

    days: list[tuple[int, int]]
    race: Integers
    horse: Integers
    horses: Integers
    cell: Integers
    cells: pd.DataFrame
    track: Integers
    time: Floats
    finished: Flags
    front: Flags
    ability: Floats
    figures: Floats
    par: Floats
    races_timed: Floats
    figure: Floats
    ability_after: Floats
    figures_after: Floats
    timed: list[tuple[int, int, float, float]]

    @classmethod
    def of(cls, runs: pd.DataFrame, state: pd.DataFrame, least: int) -> _Sheet:
        known = runs["known"].to_numpy("datetime64[D]").astype(np.int64)
        races = runs["race_id"].to_numpy(np.int64)
        turns = np.flatnonzero(np.r_[True, known[1:] != known[:-1]][: len(runs)])
        begins = np.r_[True, (races[1:] != races[:-1]) | (known[1:] != known[:-1])][: len(runs)]
        horse, horses = pd.factorize(runs["horse_id"], sort=True)
        cell, cells = _numbered(runs, CELL)
        track, _ = _numbered(runs, TRACK)
        seconds = runs["seconds"].to_numpy(np.float64, na_value=np.nan)
        finish = runs["finish"].to_numpy(np.float64, na_value=np.nan)
        field_size = runs["field_size"].to_numpy(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            time = np.where(seconds > 0, 1000.0 * np.log(seconds), np.nan)
        sheet = cls(
            list(pairwise([*turns.tolist(), len(runs)])),
            np.cumsum(begins) - 1,
            horse,
            np.asarray(horses, dtype=np.int64),
            cell,
            cells,
            track,
            time,
            np.isfinite(finish),
            np.isfinite(time) & (finish <= np.maximum(least, field_size / 2)),
            np.zeros(len(horses)),
            np.zeros(len(horses)),
            np.full(len(cells) + 1, np.nan),
            np.zeros(len(cells) + 1),
            np.full(len(runs), np.nan),
            np.full(len(runs), np.nan),
            np.full(len(runs), np.nan),
            [],
        )
        sheet.take_up(state)
        return sheet

    def take_up(self, state: pd.DataFrame) -> None:
        """Begin from what stood before the days."""
        horses = state[state["horse_id"].notna()]
        place = pd.Index(self.horses).get_indexer(pd.Index(horses["horse_id"]))
        horses, place = horses[place >= 0], place[place >= 0]
        self.ability[place] = horses["ability"].to_numpy(np.float64)
        self.figures[place] = horses["figures"].to_numpy(np.float64)
        cells = state[state["par"].notna()]
        keys = pd.MultiIndex.from_frame(self.cells[list(CELL)])
        place = keys.get_indexer(pd.MultiIndex.from_frame(cells[list(CELL)]))
        cells, place = cells[place >= 0], place[place >= 0]
        self.par[place] = cells["par"].to_numpy(np.float64)
        self.races_timed[place] = cells["races_timed"].to_numpy(np.float64)

    def rows(self, runs: pd.DataFrame) -> pd.DataFrame:
        """Rows of the starts, then of the cells, day by day."""
        row, cell, par, count = np.array(self.timed, dtype=np.float64).reshape(-1, 4).T
        cells = self.cells.iloc[cell.astype(np.int64)].assign(
            known=runs["known"].to_numpy()[row.astype(np.int64)], par=par, races_timed=count
        )
        # Of a day's races in one cell the last has the par after all of them.
        cells = cells[~cells.duplicated([*CELL, "known"], keep="last")].reset_index(drop=True)
        starts = runs[["known", "horse_id", "nth_of_day"]].assign(
            figure=self.figure, ability=self.ability_after, figures=self.figures_after
        )
        rows = starts.reindex(np.arange(len(starts) + len(cells)))
        cells.index += len(starts)
        rows.loc[cells.index, "known"] = cells["known"]
        return rows.assign(**{name: cells[name] for name in (*CELL, "par", "races_timed")})


def _numbered(runs: pd.DataFrame, key: tuple[str, ...]) -> tuple[Integers, pd.DataFrame]:
    """Each row's number of its key, -1 where a part of it is null; the keys in order."""
    distinct = runs[list(key)].dropna().drop_duplicates().sort_values(list(key))
    distinct = distinct.reset_index(drop=True)
    number: Any = runs[list(key)].merge(
        distinct.assign(number=np.arange(len(distinct))), on=list(key), how="left"
    )["number"]
    return number.fillna(-1).to_numpy(np.int64), distinct
