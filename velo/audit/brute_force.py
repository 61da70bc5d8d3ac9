"""The 21 features of one start by brute force: every earlier start is looked at, and added up.

By feature-rules.md alone, for the audit: it shares no line with the offline tables, the views or
the rules behind them, so that a mistake there shows. Where the page leaves room, the reading taken
stands in the docstring of the rule.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np

from velo.arrays import Floats, Integers
from velo.audit.history import History
from velo.settings import Settings

Value = float | None
YEAR, HALF_YEAR = 365, 180


class BruteForce:
    """Features of any start of a history.

    Args:
        history: every start.
        settings: windows, priors, layoff curve.
    """

    def __init__(self, history: History, settings: Settings) -> None:
        self._h = history
        self._windows = settings.windows
        self._priors = settings.priors
        self._layoff = settings.layoff

    def features(self, i: int) -> dict[str, Value]:
        """All of the features of the start with this number, None where it has no value."""
        h = self._h
        day = int(h.day[i])
        past = h.before(day)
        horse = self._same("horse_id", i, past)
        return {
            **self._velocity(i, day, past),
            **self._class_and_layoff(i, day, horse),
            "course_going_iv": self._course_going_iv(i, horse),
            **self._draw(i, day, past),
            **self._form(horse),
        }

    def _same(self, key: str, i: int, past: int) -> Integers:
        """Earlier starts of the same horse, trainer ...; somebody unknown has none."""
        column = self._h.keys[key]
        if column[i] < 0:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(column[:past] == column[i])

    def _of(self, starts: Integers, key: str, i: int) -> Integers:
        """Those of them that have the same key as start i, and one at all."""
        column = self._h.keys[key]
        return starts[column[starts] == column[i]] if column[i] >= 0 else starts[:0]

    # 1. Trainer / jockey velocity

    def _velocity(self, i: int, day: int, past: int) -> dict[str, Value]:
        h, p = self._h, self._priors
        out: dict[str, Value] = {}
        long = {}
        strengths = {
            "trainer": (p.trainer_k0, p.trainer_k1),
            "jockey": (p.jockey_k0, p.jockey_k1),
        }
        runs = {who: self._same(f"{who}_id", i, past) for who in strengths}
        for who, (k0, k1) in strengths.items():
            for name, days in (
                ("14d", 14),
                ("30d", 30),
                ("90d", 90),
            ):
                recent = runs[who][h.day[runs[who]] >= day - days]
                career = runs[who][h.day[runs[who]] < day - days]
                mean = (float(h.win[career].sum()) + k0 * p.p0) / (len(career) + k0)
                long[who] = (float(h.win[recent].sum()) + k1 * mean) / (len(recent) + k1)
                out[f"{who}_sr_{name}"] = long[who]
        pair = np.intersect1d(runs["trainer"], runs["jockey"])
        pair = pair[h.day[pair] >= day - YEAR]
        expected = (long["trainer"] + long["jockey"]) / 2
        rate = (float(h.win[pair].sum()) + p.pair_k2 * expected) / (len(pair) + p.pair_k2)
        out["tj_combo_uplift"] = min(0.3, max(-0.3, rate - expected)) if len(pair) else 0.0
        return out

    # 2. Class drop and layoff

    def level(self, i: int) -> Value:
        """Class level of a start's race: as declared, else by its prize.

        The cut points are the septiles of the prizes of races that were run, interpolated
        linearly and exactly; a prize on a cut point belongs above it.
        """
        h, w = self._h, self._windows
        declared, prize = _known(h.facts["declared_level"][i]), _known(h.facts["prize"][i])
        if declared is not None or prize is None or prize <= 0 or h.keys["region"][i] < 0:
            return declared
        day = int(h.day[i])
        races = h.first_of_race
        races = races[(h.day[races] < day) & (h.day[races] >= day - w.prize_ladder)]
        prizes = h.facts["prize"][self._of(races, "region", i)]
        ordered = [Fraction(each) for each in np.sort(prizes[~np.isnan(prizes)]).tolist()]
        if len(ordered) < w.prize_ladder_races:
            return None
        level = 7
        for seventh in range(1, 7):
            below, part = divmod(seventh * (len(ordered) - 1), 7)
            cut = ordered[below]
            if part:
                cut += (ordered[below + 1] - cut) * Fraction(part, 7)
            level -= Fraction(prize) >= cut
        return float(level)

    def _class_and_layoff(self, i: int, day: int, horse: Integers) -> dict[str, Value]:
        """Nothing before the first start; a difference is unknown where either side is."""
        h = self._h
        names = (
            "class_drop",
            "classdrop_flag",
            "layoff_days",
            "layoff_penalty",
            "freshness_flag",
            "weight_delta",
            "or_delta",
        )
        if not len(horse):
            return dict.fromkeys(names)
        last = int(horse[-1])
        now, then = self.level(i), self.level(last)
        drop = None if now is None or then is None else now - then
        away = day - int(h.day[last])
        low, high = self._layoff.sweet_spot
        deltas = [
            _known(h.facts[name][i] - h.facts[name][last]) for name in ("pounds", "official_rating")
        ]
        return {
            "class_drop": drop,
            "classdrop_flag": None if drop is None else float(drop >= 1),
            "layoff_days": float(away),
            "layoff_penalty": self._penalty(away),
            "freshness_flag": float(low <= away <= high),
            "weight_delta": deltas[0],
            "or_delta": deltas[1],
        }

    def _penalty(self, away: int) -> float:
        """On the line between the two knots around; flat outside of all of them."""
        knots = self._layoff.knots
        if away <= knots[0][0]:
            return knots[0][1]
        for (left, low), (right, high) in pairwise(knots):
            if left < away <= right:
                return low + (high - low) * (away - left) / (right - left)
        return knots[-1][1]

    # 3. Going, course and draw bias

    def _impact(self, starts: Integers, k: float, base: float) -> float:
        h = self._h
        expected = float((1 / h.n[starts]).sum())
        return (float(h.win[starts].sum()) + k * base) / (expected + k)

    def _course_going_iv(self, i: int, horse: Integers) -> float:
        k = self._priors.horse_k
        going = self._impact(self._of(horse, "going_group", i), k, 1.0)
        course = self._impact(self._of(horse, "course_id", i), k, 1.0)
        return math.sqrt(going * course)

    def _draw(self, i: int, day: int, past: int) -> dict[str, Value]:
        """1 and 0 without a stall. What has no surface, band or going is in no such cell."""
        h, p = self._h, self._priors
        if math.isnan(h.third[i]):
            return {"draw_iv": 1.0, "draw_bias_z": 0.0}
        course = self._same("course_id", i, past)
        course = course[h.third[course] == h.third[i]]
        distance = self._of(self._of(course, "surface", i), "distance_band", i)
        cell = self._of(distance, "going_group", i)
        value = self._impact(course, p.draw_course_k, 1.0)
        value = self._impact(distance, p.draw_distance_k, value)
        value = self._impact(cell, p.draw_k, value)

        recent = cell[h.day[cell] >= day - HALF_YEAR]
        wins = expected = variance = 0.0
        for race in np.unique(h.race[recent]):
            mates = recent[h.race[recent] == race]
            share = len(mates) / int(h.n[mates[0]])
            wins += float(h.win[mates].sum())
            expected += share
            variance += share * (1 - share)
        z = (wins - expected) / math.sqrt(variance) if variance > 0 else 0.0
        return {"draw_iv": value, "draw_bias_z": z}

    # 4. Form curves

    def _form(self, horse: Integers) -> dict[str, Value]:
        h, p = self._h, self._priors
        last = horse[-5:]
        m = len(last)
        done = h.percentile[last].tolist()
        weights = [0.6 ** (m - run) for run in range(1, m + 1)]
        level = sum(w * x for w, x in zip(weights, done, strict=True)) / sum(weights) if m else 0.5
        spread = None
        if m >= 2:
            mean = sum(done) / m
            squares = sum((x - mean) ** 2 for x in done)
            spread = (squares + p.form_k * p.form_v0) / (m - 1 + p.form_k)
        return {
            "form_ewma": level,
            "form_slope": _slope(h.percentile[last]) if m >= 3 else None,
            "form_var": spread,
            "ts_trend": self._trend(last),
        }

    def _trend(self, last: Integers) -> Value:
        """A rating stands at its run's place among the last five: a missing one leaves a gap."""
        for ratings in (self._h.facts["ts"][last], self._h.facts["rpr"][last]):
            if np.count_nonzero(~np.isnan(ratings)) >= 3:
                return _slope(ratings)
        own = np.array([self._figure(int(run)) for run in last], dtype=np.float64)
        return _slope(own) if np.count_nonzero(~np.isnan(own)) >= 3 else None

    def _figure(self, i: int) -> float:
        """Own speed figure of a start; NaN where it, or the par, is not known."""
        h = self._h
        seconds, distance = h.facts["seconds"][i], h.facts["distance_m"][i]
        if math.isnan(seconds) or math.isnan(distance):
            return math.nan
        races = h.first_of_race[h.day[h.first_of_race] < h.day[i]]
        for key in ("course_id", "surface", "going_group"):
            races = self._of(races, key, i)
        races = races[h.facts["distance_m"][races] == distance]
        times = h.winning_seconds[h.race[races]]
        times = np.sort(times[~np.isnan(times)])
        if len(times) < self._windows.par_races:
            return math.nan
        par = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
        return float(1000 * (par - seconds) / par)


def _known(value: float) -> Value:
    return None if math.isnan(value) else float(value)


def _slope(values: Floats) -> float:
    """Ordinary least squares over the values that are there, a run apart each."""
    runs = np.flatnonzero(~np.isnan(values))
    away = runs - runs.mean()
    return float((away * (values[runs] - values[runs].mean())).sum() / (away**2).sum())
