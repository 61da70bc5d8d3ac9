"""Brute force over the 21 features, by the rules of feature-rules.md alone.

It scans lists and adds up, imports nothing of the platform, and exists to be held against it.
Where the page leaves room, the reading taken stands in the docstring of the rule it concerns.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from tests.oracle.starts import Priors, Run, Start, par_key, runs_of_race, same

__all__ = ["FEATURES", "KNOTS", "SWEET_SPOT", "Oracle", "Priors", "Start"]

FEATURES = (
    *("trainer_sr_14d", "trainer_sr_30d", "trainer_sr_90d"),
    *("jockey_sr_14d", "jockey_sr_30d", "jockey_sr_90d", "tj_combo_uplift"),
    *("class_drop", "classdrop_flag", "layoff_days", "layoff_penalty"),
    *("freshness_flag", "weight_delta", "or_delta"),
    *("course_going_iv", "draw_iv", "draw_bias_z"),
    *("form_ewma", "form_slope", "form_var", "ts_trend"),
)
Knots = tuple[tuple[float, float], ...]
KNOTS: Knots = ((0, 0.15), (15, 0.10), (30, 0.0), (60, 0.0), (120, 0.15), (240, 0.30))
SWEET_SPOT = (30, 60)


def slope(points: list[tuple[int, float]]) -> float:
    """Ordinary least squares slope through (x, y)."""
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    sxy = sum((x - x_mean) * (y - y_mean) for x, y in points)
    return sxy / sum((x - x_mean) ** 2 for x, _ in points)


def median(values: list[float]) -> float:
    """Middle value, or the mean of the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def level_by_prize(prize: float, prizes: list[float]) -> float:
    """Level 1 (richest) .. 7 against the six septile cut points, interpolated linearly.

    Exact fractions: a prize that equals a cut point belongs above it.
    """
    ordered = [Fraction(p) for p in sorted(prizes)]
    level = 7.0
    for j in range(1, 7):
        below, part = divmod(j * (len(ordered) - 1), 7)
        cut = ordered[below]
        if part:
            cut += (ordered[below + 1] - ordered[below]) * Fraction(part, 7)
        if prize >= cut:
            level -= 1
    return level


def interpolate(days: int, knots: Knots) -> float:
    """Piecewise linear through the knots, flat beyond the first and the last."""
    if days <= knots[0][0]:
        return knots[0][1]
    for (x0, y0), (x1, y1) in pairwise(knots):
        if days <= x1:
            return y0 + (y1 - y0) * (days - x0) / (x1 - x0)
    return knots[-1][1]


def impact_value(runs: Iterable[Run], k: float, b: float) -> float:
    """`(w + k*b) / (e + k)`, e the sum of 1/n over the runs."""
    wins = expected = 0.0
    for run in runs:
        wins += run.win
        expected += 1 / run.n
    return (wins + k * b) / (expected + k)


def minus(today: float | None, then: float | None) -> float | None:
    return None if today is None or then is None else today - then


class Oracle:
    """All 21 features of any race, from the races dated before it.

    Raises ValueError where one race_id stands for two races or a horse runs twice in one.
    """

    def __init__(
        self,
        starts: list[Start],
        priors: Priors,
        knots: Knots = KNOTS,
        sweet_spot: tuple[int, int] = SWEET_SPOT,
        min_prize_races: int = 200,
        min_par_races: int = 20,
    ) -> None:
        self.priors = priors
        self.knots = knots
        self.sweet_spot = sweet_spot
        self.min_prize_races = min_prize_races
        self.min_par_races = min_par_races
        self.races: dict[str, list[Run]] = {}
        self.level_of_race: dict[str, float | None] = {}
        self.index: dict[Hashable, list[Run]] = {}

        rows: dict[str, list[Start]] = {}
        for s in sorted(starts, key=lambda s: (s.date, s.order)):
            rows.setdefault(s.race_id, []).append(s)
        for race_id, race in rows.items():
            if len({(s.date, s.order, s.course) for s in race}) > 1:
                raise ValueError(f"race_id {race_id} stands for two races")
            if len({s.horse for s in race}) < len(race):
                raise ValueError(f"race {race_id} has a horse twice")
            self.races[race_id] = runs_of_race(race)
            for run in self.races[race_id]:
                for key in self._keys(run):
                    self.index.setdefault(key, []).append(run)

    @staticmethod
    def _keys(run: Run) -> list[Hashable]:
        """What a run is looked up by. Someone unknown is nobody, and has no history."""
        s = run.start
        keys: list[Hashable] = [("horse", s.horse)]
        if s.trainer is not None:
            keys.append(("trainer", s.trainer))
        if s.jockey is not None:
            keys.append(("jockey", s.jockey))
        if s.trainer is not None and s.jockey is not None:
            keys.append(("pair", s.trainer, s.jockey))
        if run.third is not None:
            keys.append(("draw", s.course, run.third))
        return keys

    def _before(self, key: Hashable, day: date, days: int | None = None) -> list[Run]:
        """Runs under a key in [day - days, day), oldest first; the whole career by default."""
        runs = [r for r in self.index.get(key, []) if r.date < day]
        return runs if days is None else [r for r in runs if r.date >= day - timedelta(days)]

    def features(self, race_id: str) -> dict[str, dict[str, float | None]]:
        """Horse -> feature -> value or None, for the starters of the race."""
        out: dict[str, dict[str, float | None]] = {}
        for run in self.races[race_id]:
            s = run.start
            values = {**self._velocity(s), **self._class_and_layoff(s)}
            values |= {"course_going_iv": self._course_going_iv(s)}
            values |= {**self._draw(s, run.third), **self._form(s)}
            out[s.horse] = {name: values[name] for name in FEATURES}
        return out

    # 1. Trainer / jockey velocity

    def _strike_rate(self, key: Hashable, day: date, n: int, k0: float, k1: float) -> float:
        """Window [D-n, D) shrunk to the career before D-n, itself shrunk to p0."""
        window = self._before(key, day, n)
        career = self._before(key, day - timedelta(n))
        m = (sum(r.win for r in career) + k0 * self.priors.p0) / (len(career) + k0)
        return (sum(r.win for r in window) + k1 * m) / (len(window) + k1)

    def _velocity(self, s: Start) -> dict[str, float | None]:
        p = self.priors
        rates: dict[str, float] = {}
        for n in (14, 30, 90):
            rates[f"trainer_sr_{n}d"] = self._strike_rate(
                ("trainer", s.trainer), s.date, n, p.k0_trainer, p.k1_trainer
            )
            rates[f"jockey_sr_{n}d"] = self._strike_rate(
                ("jockey", s.jockey), s.date, n, p.k0_jockey, p.k1_jockey
            )
        pair = self._before(("pair", s.trainer, s.jockey), s.date, 365)
        uplift = 0.0
        if pair:
            e = (rates["trainer_sr_90d"] + rates["jockey_sr_90d"]) / 2
            uplift = (sum(r.win for r in pair) + p.k2 * e) / (len(pair) + p.k2) - e
        return {**rates, "tj_combo_uplift": max(-0.3, min(0.3, uplift))}

    # 2. Class drop and layoff

    def level(self, s: Start) -> float | None:
        """The declared level, else by the prize among the region's races that ran in a year.

        Every race with a prize counts once, also one with a declared class. None where the
        region or the prize is unknown, or the year holds too few races.
        """
        if s.race_level is not None:
            return s.race_level
        if s.prize is None or s.region is None:
            return None
        if s.race_id not in self.level_of_race:
            prizes = []
            for runs in self.races.values():
                if not runs:
                    continue
                other = runs[0].start
                in_year = s.date - timedelta(365) <= other.date < s.date
                if in_year and other.region == s.region and other.prize is not None:
                    prizes.append(other.prize)
            enough = len(prizes) >= self.min_prize_races
            self.level_of_race[s.race_id] = level_by_prize(s.prize, prizes) if enough else None
        return self.level_of_race[s.race_id]

    def _class_and_layoff(self, s: Start) -> dict[str, float | None]:
        """All None before the first start; a difference is None where either side is."""
        career = self._before(("horse", s.horse), s.date)
        if not career:
            return dict.fromkeys(FEATURES[7:14])
        last = career[-1].start
        drop = minus(self.level(s), self.level(last))
        layoff = (s.date - last.date).days
        return {
            "class_drop": drop,
            "classdrop_flag": None if drop is None else float(drop >= 1),
            "layoff_days": float(layoff),
            "layoff_penalty": interpolate(layoff, self.knots),
            "freshness_flag": float(self.sweet_spot[0] <= layoff <= self.sweet_spot[1]),
            "weight_delta": minus(s.pounds, last.pounds),
            "or_delta": minus(s.official_rating, last.official_rating),
        }

    # 3. Going, course and draw bias

    def _course_going_iv(self, s: Start) -> float:
        """Geometric mean; an unknown going today has no history, so its part is 1."""
        career = self._before(("horse", s.horse), s.date)
        on_going = [r for r in career if same(r.start.going_group, s.going_group)]
        at_course = [r for r in career if r.start.course == s.course]
        k = self.priors.k_horse
        return math.sqrt(impact_value(on_going, k, 1.0) * impact_value(at_course, k, 1.0))

    def _draw(self, s: Start, third: int | None) -> dict[str, float | None]:
        """Without a stall 1 and 0. An unknown surface, band or going makes an unseen cell."""
        if third is None:
            return {"draw_iv": 1.0, "draw_bias_z": 0.0}
        at_course = self._before(("draw", s.course, third), s.date)
        at_distance = [
            r
            for r in at_course
            if same(r.start.surface, s.surface) and same(r.start.distance_band, s.distance_band)
        ]
        cell = [r for r in at_distance if same(r.start.going_group, s.going_group)]
        k = self.priors.k_draw
        iv = 1.0
        for runs in (at_course, at_distance, cell):
            iv = impact_value(runs, k, iv)

        wins = expected = variance = 0.0
        recent = [r for r in cell if r.date >= s.date - timedelta(180)]
        for race_id in dict.fromkeys(r.start.race_id for r in recent):
            stallmates = [r for r in recent if r.start.race_id == race_id]
            share = len(stallmates) / stallmates[0].n
            wins += sum(r.win for r in stallmates)
            expected += share
            variance += share * (1 - share)
        z = (wins - expected) / math.sqrt(variance) if variance > 0 else 0.0
        return {"draw_iv": iv, "draw_bias_z": z}

    # 4. Form curves

    def _form(self, s: Start) -> dict[str, float | None]:
        last_five = self._before(("horse", s.horse), s.date)[-5:]
        m = len(last_five)
        percentiles = [r.percentile for r in last_five]
        weights = [0.6 ** (m - x) for x in range(1, m + 1)]
        ewma = 0.5
        if m:
            ewma = sum(w * p for w, p in zip(weights, percentiles, strict=True)) / sum(weights)
        variance = None
        if m >= 2:
            mean = sum(percentiles) / m
            squares = sum((p - mean) ** 2 for p in percentiles)  # (m - 1) * s2
            k = self.priors.k_form
            variance = (squares + k * self.priors.v0) / ((m - 1) + k)
        return {
            "form_ewma": ewma,
            "form_slope": slope(list(enumerate(percentiles))) if m >= 3 else None,
            "form_var": variance,
            "ts_trend": self._ts_trend([r.start for r in last_five]),
        }

    def _ts_trend(self, last_five: list[Start]) -> float | None:
        """x is the run's place among the last five, so a missing rating leaves a gap."""
        for source in (lambda s: s.ts, lambda s: s.rpr, self.own_figure):
            ratings = [source(s) for s in last_five]
            points = [(x, rating) for x, rating in enumerate(ratings) if rating is not None]
            if len(points) >= 3:
                return slope(points)
        return None

    def own_figure(self, s: Start) -> float | None:
        """`1000*(par - secs)/par`, par over the races before that race's date.

        A race gives one value, its winner's seconds; dead-heaters share theirs.
        """
        if s.seconds is None or None in par_key(s):
            return None
        values = []
        for runs in self.races.values():
            if runs and runs[0].date < s.date and par_key(runs[0].start) == par_key(s):
                times = [r.start.seconds for r in runs if r.win and r.start.seconds is not None]
                if times:
                    values.append(min(times))
        if len(values) < self.min_par_races:
            return None
        par = median(values)
        return 1000 * (par - s.seconds) / par
