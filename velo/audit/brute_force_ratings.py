"""Ratings and speed figures by brute force: one plain pass over every start, from the first day on.

By the page of features alone, as `velo.audit.brute_force` does the 21. A pass looks at one start at
a time and keeps what was known before each.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median

import duckdb
import numpy as np
import pandas as pd

from velo.arrays import Floats, Integers
from velo.audit.brute_force import Value
from velo.audit.history import History
from velo.audit.price_facts import PriceFacts

KINDS = ("horse_id", "jockey_id", "trainer_id")
RANK = ((1.0, 0.08, 0.03), (0.0012, 0.0002, 0.0001), 0.85)
PRICE = ((1.2, 0.15, 0.05), (0.002, 0.0002, 0.0001), 0.35)
Rule = tuple[Sequence[float], Sequence[float], float]
Fields = list[list[int]]


class BruteForceRatings:
    """The features of ratings and of speed figures, of any start.

    Args:
        history: every start.
        facts: how each finished, and what the market thought of it.
        beaten: lengths behind the winner, as `read_beaten` gives them.
    """

    def __init__(self, history: History, facts: PriceFacts, beaten: Floats) -> None:
        self._h = history
        days = list(_days(history))
        margin = _margins(history, days, beaten) / 2.6
        self._rank = _rated(history, days, facts.ns, RANK)
        self._margin = _rated(history, days, margin, RANK)
        self._price = _rated(history, days, facts.lpc, PRICE)
        self._figure = _figures(history, days, facts)

    def features(self, i: int) -> dict[str, Value]:
        """All of the features of the start with this number, None where it has no value."""
        h = self._h
        past = np.flatnonzero(
            h.keys["horse_id"][: h.before(int(h.day[i]))] == h.keys["horse_id"][i]
        )
        recent = self._figure[past[-3:]]
        recent = recent[~np.isnan(recent)]
        return {
            "rating_margin": self._horse(self._margin, i),
            "rating_rank": self._horse(self._rank, i),
            "price_rating": self._horse(self._price, i),
            "rating_margin_trainer": _or_nothing(self._margin["trainer_id"][i]),
            "rating_rank_trainer": _or_nothing(self._rank["trainer_id"][i]),
            "price_rating_trainer": _or_nothing(self._price["trainer_id"][i]),
            "figure_best3": float(recent.max()) if len(recent) else None,
            "jockey_up": self._up("jockey_id", i, past),
            "new_stable_up": 0.0 if self._stayed(i, past) else self._up("trainer_id", i, past),
        }

    def _horse(self, rated: dict[str, Floats], i: int) -> float:
        """Its own mean before the day, else that of its field, 0 of a field that has none."""
        means = rated["horse_id"]
        if not math.isnan(means[i]):
            return float(means[i])
        field = means[self._h.race == self._h.race[i]]
        known = field[~np.isnan(field)]
        return float(known.mean()) if len(known) else 0.0

    def _up(self, kind: str, i: int, past: Integers) -> float:
        if not len(past):
            return 0.0
        before = self._rank[kind]
        return _or_nothing(before[i]) - _or_nothing(before[past[-1]])

    def _stayed(self, i: int, past: Integers) -> bool:
        """Whether it ran for today's trainer on the last day that it ran."""
        trainer, day = self._h.keys["trainer_id"], self._h.day
        last = past[day[past] == day[past[-1]]] if len(past) else past
        return trainer[i] >= 0 and bool((trainer[last] == trainer[i]).any())


def read_beaten(con: duckdb.DuckDBPyConnection, history: History) -> Floats:
    """Lengths behind the winner, in the order of a history; NaN where they are not known."""
    rows = con.execute("SELECT race_id, horse_id, beaten FROM results").df()
    keys = ["race_id", "horse_id"]
    ids = pd.DataFrame(history.ids)[keys]
    beaten = ids.merge(rows, on=keys, how="left", validate="one_to_one")["beaten"]
    return beaten.to_numpy(np.float64, na_value=np.nan)


def _days(history: History) -> Iterator[Fields]:
    """The starts of each day, race by race in the order of their ids."""
    first = [*history.first_of_race.tolist(), len(history.day)]
    races = [list(range(start, end)) for start, end in pairwise(first)]
    for _, fields in groupby(races, key=lambda field: int(history.day[field[0]])):
        yield sorted(fields, key=lambda field: int(history.ids["race_id"][field[0]]))


def _rated(history: History, days: list[Fields], y: Floats, rule: Rule) -> dict[str, Floats]:
    """Kind -> the mean of each start's horse, jockey or trainer before its day, NaN of none."""
    keys = {kind: history.keys[kind].tolist() for kind in KINDS}
    before = {kind: np.full(len(y), np.nan) for kind in KINDS}
    stood: dict[tuple[str, int], tuple[float, float, int]] = {}
    prior, drift = (dict(zip(KINDS, values, strict=True)) for values in rule[:2])
    noise = rule[2]
    for fields in days:
        day = int(history.day[fields[0][0]])
        belief: dict[tuple[str, int], tuple[float, float]] = {}
        for field in fields:
            horses = [stood.get(("horse_id", keys["horse_id"][i])) for i in field]
            known = [each[0] for each in horses if each]
            usual = sum(known) / len(known) if known else 0.0
            for kind in KINDS:
                for i in field:
                    who = (kind, keys[kind][i])
                    if who in stood:
                        mean, variance, last = stood[who]
                        before[kind][i] = mean
                        rested = min(variance + drift[kind] * (day - last), prior[kind])
                        belief[who] = (mean, rested)
                    elif who[1] >= 0:
                        newcomer = usual if kind == "horse_id" else 0.0
                        belief.setdefault(who, (newcomer, prior[kind]))
        shift = dict.fromkeys(belief, (0.0, 0.0))
        for field in fields:
            judged = []
            for i in field:
                if not math.isnan(y[i]):
                    people = [(kind, keys[kind][i]) for kind in KINDS if keys[kind][i] >= 0]
                    spread = sum(belief[who][1] for who in people)
                    beyond = y[i] - sum(belief[who][0] for who in people)
                    judged.append((people, spread, beyond))
            weight = sum(1 / (spread + noise) for _, spread, _ in judged)
            level = sum(b / (spread + noise) for _, spread, b in judged) / weight if judged else 0.0
            for people, spread, beyond in judged:
                for who in people:
                    rest = spread - belief[who][1] + noise
                    precision, pull = shift[who]
                    shift[who] = (precision + 1 / rest, pull + (beyond - level) / rest)
        for who, (precision, pull) in shift.items():
            mean, variance = belief[who]
            variance = 1 / (1 / variance + precision)
            stood[who] = (mean + variance * pull, variance, day)
    return before


def _margins(history: History, days: list[Fields], beaten: Floats) -> Floats:
    """Compressed lengths ahead of the winner: of the winner by how much it won, 6 at most."""
    margins = np.full(len(beaten), np.nan)
    finish, metres = history.facts["finish"], history.facts["distance_m"]
    for field in (field for fields in days for field in fields):
        second = [beaten[i] for i in field if finish[i] > 1 and not math.isnan(beaten[i])]
        for i in field:
            behind = float(beaten[i])
            if math.isnan(finish[i]):
                behind = 25.0
            elif finish[i] == 1:
                behind = -min(min(second), 6.0) if second else math.nan
            scale = 3 * math.sqrt((1400.0 if math.isnan(metres[i]) else metres[i]) / 1400)
            margins[i] = -math.copysign(3 * math.log1p(abs(behind) / scale), behind)
    return margins


def _figures(history: History, days: list[Fields], facts: PriceFacts) -> Floats:
    """Each start's speed figure, NaN where it has none."""
    seconds, finish = history.facts["seconds"], history.facts["finish"]
    course, surface = history.keys["course_id"], history.keys["surface"]
    metres, horse = history.facts["distance_m"], history.keys["horse_id"].tolist()
    figures = np.full(len(seconds), np.nan)
    ability: dict[int, tuple[float, int]] = {}
    par: dict[tuple[object, ...], tuple[float, int]] = {}
    for fields in days:
        cells, levels, apart = [], [], []
        for field in fields:
            one = field[0]
            cell = (int(course[one]), str(facts.code[one]), int(surface[one]), float(metres[one]))
            whole = cell[0] >= 0 and cell[2] >= 0 and not math.isnan(cell[3])
            first = [
                1000 * math.log(seconds[i]) + ability.get(horse[i], (0.0, 0))[0]
                for i in field
                if seconds[i] > 0 and finish[i] <= max(4, len(field) / 2)
            ]
            level = sum(first) / len(first) if first and whole else math.nan
            cells.append(cell)
            levels.append(level)
            apart.append(level - par[cell][0] if cell in par else math.nan)
        variants = [_variant(cell, cells, apart) for cell in cells]
        steps: list[tuple[int, float]] = []
        for field, cell, variant in zip(fields, cells, variants, strict=True):
            for i in field:
                if cell in par and seconds[i] > 0 and not math.isnan(finish[i]):
                    known, count = ability.get(horse[i], (0.0, 0))
                    own = par[cell][0] + variant - 1000 * math.log(seconds[i])
                    figures[i] = max(own, known - 60)
                    step = min(max(figures[i] - known, -25.0), 15.0)
                    steps.append((horse[i], step / min(count + 2, 5)))
        for who, step in steps:
            known, count = ability.get(who, (0.0, 0))
            ability[who] = (known + step, count + 1)
        for cell, level, variant in zip(cells, levels, variants, strict=True):
            if not math.isnan(level):
                known, races = par.get(cell, (level, 0))
                races = min(races + 1, 60)
                moved = (level - variant - known) / races if races > 1 else 0.0
                par[cell] = (known + moved, races)
    return figures


def _variant(
    cell: tuple[object, ...], cells: Sequence[tuple[object, ...]], apart: Sequence[float]
) -> float:
    """Of a day on the track of a cell."""
    here = [d for c, d in zip(cells, apart, strict=True) if c[:3] == cell[:3] and d == d]
    if not here:
        return 0.0
    middle = median(here)
    return sum(min(max(d - middle, -8.0), 8.0) + middle for d in here) / (len(here) + 0.3)


def _or_nothing(mean: float) -> float:
    return 0.0 if math.isnan(mean) else float(mean)
