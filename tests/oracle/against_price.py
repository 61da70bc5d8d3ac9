"""Brute force over families 6 and 8: every earlier run is looked at, by the page alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np

from tests.oracle.features import Oracle, minus
from tests.oracle.starts import Run, Start

Value = float | None
DEFAULT = (0.4721, -0.0166, 0.0051)
PRICES = (
    *("jockey_vs_price", "jockey_ae_60d"),
    *("trainer_vs_price", "trainer_vs_price_60d", "trainer_ae_60d"),
    *("trainer_track_vs_price", "jockey_class_vs_price"),
    *("sire_surface_vs_price", "rest_starts_vs_price"),
)


PACE = ("early_mean", "style_draw", "lone_leader", "front_pressure")
RUNS = (
    *("liked_and_beaten", "surprise_distance", "surprise_class"),
    *("spread", "top3_rate", "won_last"),
    *("weight_vs_usual", "mark_vs_best", "gear_off", "distance_change"),
    *("jockey_left", "jockey_chose"),
)


@dataclass(frozen=True)
class Priced:
    """A run, its normal score, and what the market made of it; None where it had no price."""

    run: Run
    ns: float
    lpc: Value
    chance: Value
    powers: tuple[float, float, float] | None
    sur: Value = None

    @property
    def start(self) -> Start:
        return self.run.start


class AgainstPrice:
    """Features of any race, from the races dated before it.

    Args:
        judge: who holds the races.
        odds: (race, horse) -> decimal odds.
        sires: horse -> sire.
        early: (race, horse) -> early position, 0 the leader to 1 the last.
    """

    def __init__(
        self,
        judge: Oracle,
        odds: Mapping[tuple[str, str], float],
        sires: Mapping[str, str],
        early: Mapping[tuple[str, str], float],
    ) -> None:
        self._early = early
        self._judge, self._sires = judge, sires
        self._curves: dict[tuple[str | None, date], tuple[float, ...]] = {}
        unvalued = [each for race in judge.races.values() for each in priced(race, odds)]
        self._runs = [self._valued(each, unvalued) for each in unvalued]
        self._runs.sort(key=lambda each: (each.start.date, each.start.order, each.start.race_id))

    def _valued(self, each: Priced, runs: list[Priced]) -> Priced:
        if each.powers is None:
            return each
        ens = float(np.dot(self._curve(runs, each.start), each.powers))
        return Priced(each.run, each.ns, each.lpc, each.chance, each.powers, each.ns - ens)

    def _curve(self, runs: list[Priced], start: Start) -> tuple[float, ...]:
        new_year = date(start.date.year, 1, 1)
        key = (start.region, new_year)
        if key not in self._curves:
            before = [
                each
                for each in runs
                if each.start.region == start.region and each.start.date < new_year
            ]
            days = [each.start.date for each in before]
            self._curves[key] = DEFAULT
            if days and min(days) + timedelta(365) <= new_year:
                fitted = [each for each in before if each.powers is not None]
                powers = np.array([each.powers for each in fitted])
                scores = np.array([each.ns for each in fitted])
                self._curves[key] = tuple(np.linalg.lstsq(powers, scores)[0])
        return self._curves[key]

    def prices(self, start: Start) -> dict[str, Value]:
        """The nine features that read decayed sums."""
        level, rested = self._level(start), self._cell(start)

        def of(same: Callable[[Start], bool], known: bool = True) -> list[Priced]:
            if not known:
                return []
            return [
                each
                for each in self._runs
                if each.start.date < start.date and each.sur is not None and same(each.start)
            ]

        jockey = of(lambda s: s.jockey == start.jockey, start.jockey is not None)
        trainer = of(lambda s: s.trainer == start.trainer, start.trainer is not None)
        track = [
            each
            for each in trainer
            if start.surface is not None
            and (each.start.course, each.start.surface) == (start.course, start.surface)
        ]
        classed = [
            each for each in jockey if level is not None and self._level(each.start) == level
        ]
        bred = of(
            lambda s: (
                self._sires[s.horse] == self._sires[start.horse] and s.surface == start.surface
            ),
            start.surface is not None,
        )
        like = of(lambda s: s.region == start.region and self._cell(s) == rested)
        return dict(
            zip(
                PRICES,
                (
                    score(jockey, start.date, 365, 160),
                    ae(jockey, start.date),
                    score(trainer, start.date, 365, 160),
                    score(trainer, start.date, 60, 80),
                    ae(trainer, start.date),
                    score(track, start.date, 1000, 42),
                    score(classed, start.date, 1000, 42),
                    score(bred, start.date, 1000, 42),
                    score(like, start.date, 1000, 85),
                ),
                strict=True,
            )
        )

    def runs(self, start: Start) -> dict[str, Value]:
        """The ten features of the horse's last starts."""
        newest = self.past(start)[::-1]
        level = self._judge.level(start)
        ns = [each.ns for each in newest[:8]]
        mean = sum(ns) / len(ns) if ns else 0.0
        liking = recent([each.lpc for each in newest], 6, 0.85)
        finishes = recent([each.ns for each in newest], 6, 0.85)
        usual = recent([each.start.pounds for each in newest], 5, 0.9)
        marks = [mark for each in newest[:10] if (mark := each.start.official_rating) is not None]
        mark, last = start.official_rating, newest[0].start if newest else None
        near = [
            each
            for each in newest[:10]
            if start.distance_key is not None
            and each.start.distance_key is not None
            and abs(each.start.distance_key - start.distance_key) <= 100
        ]
        classed = [
            each
            for each in newest[:10]
            if level is not None and self._judge.level(each.start) == level
        ]
        change = 0.0
        if last and last.distance_key is not None and start.distance_key is not None:
            change = (start.distance_key - last.distance_key) / 200
        return dict(
            zip(
                RUNS,
                (
                    0.0 if liking is None or finishes is None else liking - 1.1 * finishes,
                    surprise(near),
                    surprise(classed),
                    (sum((x - mean) ** 2 for x in ns) + 4 * 0.6) / (len(ns) + 4),
                    recent(
                        [
                            float(
                                bool(
                                    r.start.finished and r.start.position and r.start.position <= 3
                                )
                            )
                            for r in newest
                        ],
                        10,
                        0.95,
                        3,
                        0.25,
                    ),
                    float(bool(last and last.finished and last.position == 1)),
                    0.0 if usual is None else minus(start.pounds, usual),
                    minus(mark, max(marks)) if marks else None,
                    0.0,
                    change,
                    *self._riders(start),
                ),
                strict=True,
            )
        )

    def pace(self, start: Start) -> dict[str, Value]:
        """The four features of the horse's own early positions."""
        early, _ = self._style(start)
        field = [run.start for run in self._judge.races[start.race_id]]
        styles = [self._style(each) for each in field]
        stalls = sorted(each.draw for each in field if each.draw is not None)
        place = None
        if start.draw is not None and len(field) > 1:
            place = stalls.index(start.draw) / (len(field) - 1)
        alone = early < 0.3 and sum(one < 0.3 for one, _ in styles) == 1
        pressure = (0.5 - early) * (sum(lead for _, lead in styles) - 1)
        draw = None if place is None else (early - 0.5) * (place - 0.5)
        return dict(zip(PACE, (early, draw, float(alone), pressure), strict=True))

    def _style(self, start: Start) -> tuple[float, float]:
        """Early mean and lead rate."""
        past = [self._early.get((r.start.race_id, r.start.horse)) for r in self.past(start)[::-1]]
        early = recent(past, 6, 0.8, 1, 0.5)
        led = [None if each is None else float(each == 0) for each in past]
        return early or 0.0, recent(led, 6, 0.8, 1, 0.08) or 0.0

    def _riders(self, start: Start) -> tuple[float, float]:
        """Whether its last jockey rides a rival, and how many rivals its jockey rode last."""

        def last(each: Start) -> str | None:
            past = self.past(each)
            return past[-1].start.jockey if past else None

        field = [run.start for run in self._judge.races[start.race_id]]
        left = last(start) not in (None, start.jockey) and any(
            rival.jockey == last(start) for rival in field
        )
        chosen = [
            rival
            for rival in field
            if start.jockey is not None
            and last(rival) == start.jockey
            and rival.jockey != start.jockey
        ]
        return float(left), float(min(2, len(chosen)))

    def past(self, start: Start) -> list[Priced]:
        """The horse's earlier runs, oldest first."""
        return [
            each
            for each in self._runs
            if each.start.horse == start.horse and each.start.date < start.date
        ]

    def _level(self, start: Start) -> int | None:
        level = self._judge.level(start)
        return None if level is None else min(7, max(0, round(level)))

    def _cell(self, start: Start) -> tuple[int, int]:
        days = [each.start.date for each in self.past(start)]
        if not days:
            return (0, 0)
        rest, starts = (start.date - max(days)).days, len(days)
        return (
            1 + sum(rest > bound for bound in (10, 21, 35, 60)),
            sum(starts > bound for bound in (0, 3, 10, 25)),
        )


def priced(race: list[Run], odds: Mapping[tuple[str, str], float]) -> list[Priced]:
    """A race's runs; a field with a price missing has none."""
    book = [odds.get((run.start.race_id, run.start.horse)) for run in race]
    known = [each for each in book if each is not None]
    logs = [-math.log(each) for each in known]
    whole = len(known) == len(race)
    runs = []
    for place, run in enumerate(race):
        finish = run.start.position if run.start.finished and run.start.position else run.n
        ns = NormalDist().inv_cdf((run.n - min(finish, run.n) + 0.5) / run.n)
        if not whole:
            runs.append(Priced(run, ns, None, None, None))
            continue
        x = [each - sum(logs) / len(logs) for each in logs]
        powers = tuple(
            x[place] ** power - sum(each**power for each in x) / len(x) for power in (1, 2, 3)
        )
        chance = (1 / known[place]) / sum(1 / each for each in known)
        runs.append(Priced(run, ns, x[place], chance, powers))  # type: ignore[arg-type]
    return runs


def recent(facts: list[Value], most: int, g: float, k0: float = 0.0, base: float = 0.0) -> Value:
    """The page's recent mean; None where nothing is known and nothing is assumed."""
    known = [(g**k, fact) for k, fact in enumerate(facts[:most]) if fact is not None]
    weight = sum(each for each, _ in known) + k0
    return (sum(each * fact for each, fact in known) + k0 * base) / weight if weight else None


def surprise(runs: list[Priced]) -> float:
    weighted = [each.sur for each in runs if each.sur is not None]
    return sum(weighted) / (len(weighted) + 3)


def weights(runs: list[Priced], day: date, tau: float) -> list[float]:
    return [math.exp(-(day - each.start.date).days / tau) for each in runs]


def score(runs: list[Priced], day: date, tau: float, strength: float) -> float:
    """`S(sur) / (S(1) + strength)`."""
    weighted = list(zip(weights(runs, day, tau), runs, strict=True))
    total = sum(weight * (each.sur or 0.0) for weight, each in weighted)
    return total / (sum(weight for weight, _ in weighted) + strength)


def ae(runs: list[Priced], day: date) -> float:
    """`S(win - chance) / (S(chance) + 10)` of 60 days."""
    weighted = list(zip(weights(runs, day, 60), runs, strict=True))
    more = sum(weight * (each.run.win - (each.chance or 0.0)) for weight, each in weighted)
    return more / (sum(weight * (each.chance or 0.0) for weight, each in weighted) + 10)
