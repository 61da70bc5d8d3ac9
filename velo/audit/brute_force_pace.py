"""Family 5's forecasts and slopes by brute force: one plain pass over every start, then every pair.

By the page of features alone, as `velo.audit.brute_force` does the 21. The pass keeps what was
known before each start; what the price missed is added up over all earlier starts of the cell.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from datetime import date
from itertools import groupby

import numpy as np

from velo.arrays import Flags, Floats
from velo.audit.brute_force import Value
from velo.audit.history import History
from velo.audit.price_facts import PriceFacts

HONG_KONG = (
    *(0.846, 0.085, -0.091, 0.211, 0.476, 0.717, 0.410),
    *(-0.056, 0.073, -0.005, -0.191, 0.022, -0.026, -0.002),
)
"""Coefficients of a region without a year of days."""


class BruteForcePace:
    """The features of forecast early positions and of stalls against the price, of any start.

    Args:
        history: every start.
        facts: where each lay early, and what the market thought of it.
    """

    def __init__(self, history: History, facts: PriceFacts) -> None:
        self._h, self._f = history, facts
        self._stall = _stalls(history)
        self._region = np.array([text or "" for text in facts.texts["region"]])
        self._surface = np.array([text or "" for text in facts.texts["surface"]])
        self._rail = np.array([text or "none" for text in facts.texts["rail"]])
        metres = history.facts["distance_m"]
        self._metres = np.floor(metres + 0.5)
        inputs = _centred(history, _Pass(history, facts, self._stall).inputs())
        self._eh = self._forecasts(inputs)

    def features(self, i: int) -> dict[str, Value]:
        """All of the features of the start with this number, None where it has no value."""
        h, eh = self._h, float(self._eh[i])
        field = h.race == h.race[i]
        stall, metres = float(self._stall[i]), float(h.facts["distance_m"][i])
        pace = float(np.maximum(-0.2 - self._eh[field], 0).sum())
        code = self._f.code == self._f.code[i]
        course = h.keys["course_id"] == h.keys["course_id"][i]
        surface = self._surface[i]
        track = code & course & (self._surface == surface) & (surface != "")
        cell = track & (self._metres == self._metres[i])
        jockey = h.keys["jockey_id"]
        rides = (jockey == jockey[i]) & (jockey >= 0)
        going = h.keys["going_group"]
        return {
            "early_sprint": eh if metres <= 1200 else 0.0,
            "wide_and_fast": float(stall > 0.7 and eh < -0.1),
            "style_bias": self._slope(i, cell, self._eh, 250, 12) * eh,
            "jockey_style_bias": self._slope(i, rides, self._eh, 1000, 12) * eh,
            "pace_pressure": eh * min(max(pace - 0.17, -0.5), 0.5),
            "draw_slope_rail": self._missed_draw(i, cell & (self._rail == self._rail[i])),
            "draw_slope_going": self._missed_draw(i, track & (going == going[i]) & (going >= 0)),
        }

    def _missed_draw(self, i: int, cell: Flags) -> Value:
        if math.isnan(self._stall[i]):
            return None
        return self._slope(i, cell, self._stall - 0.5, 700, 60) * float(self._stall[i] - 0.5)

    def _slope(self, i: int, cell: Flags, x: Floats, tau: float, strength: float) -> float:
        """Of surprise on x over the earlier starts of a cell, decayed and shrunk to 0."""
        past = self._h.before(int(self._h.day[i]))
        sur = self._f.sur[:past]
        some = np.flatnonzero(cell[:past] & ~np.isnan(sur) & ~np.isnan(x[:past]))
        weight = np.exp((self._h.day[some] - self._h.day[i]) / tau)
        over, under = (weight * sur[some] * x[some]).sum(), (weight * x[some] ** 2).sum()
        return float(over / (under + strength))

    def _forecasts(self, inputs: Floats) -> Floats:
        """Less the race's mean, by the coefficients of each start's region and year."""
        early = _centred(self._h, self._f.early[:, None], unknown=math.nan)[:, 0]
        years = np.array([date.fromordinal(719_163 + int(day)).year for day in self._h.day])
        eh = np.full(len(early), np.nan)
        for region in np.unique(self._region):
            for year in np.unique(years[self._region == region]):
                here = (self._region == region) & (years == year)
                before = (self._region == region) & (years < year)
                eh[here] = inputs[here] @ self._coefficients(inputs, early, before, int(year))
        return eh

    def _coefficients(self, inputs: Floats, early: Floats, before: Flags, year: int) -> Floats:
        usable = before & ~np.isnan(early)
        begins = date(year, 1, 1).toordinal() - 719_163
        days = self._h.day[before]
        if not np.any(early[usable]) or begins - int(days.min()) < 365:
            return np.array(HONG_KONG)
        x, y = inputs[usable], early[usable]
        scale = np.sqrt((x**2).sum(axis=0))
        scaled = np.divide(x, scale, out=np.zeros_like(x), where=scale > 0)
        alike = scaled.T @ scaled + 1e-9 * np.eye(x.shape[1])
        solved = np.linalg.solve(alike, scaled.T @ y)
        weights: Floats = np.divide(solved, scale, out=np.zeros_like(solved), where=scale > 0)
        return weights


class _Pass:
    """One look at each start, in the order of the days."""

    def __init__(self, history: History, facts: PriceFacts, stall: Floats) -> None:
        self._h, self._f, self._stall = history, facts, stall
        self._starts: dict[int, list[tuple[float, float]]] = defaultdict(list)
        """Horse -> early position and metres of each start, oldest first."""
        self._rides: dict[tuple[str, int], tuple[int, float, float]] = {}
        """Person -> day, and how far back and how many as of it."""

    def inputs(self) -> Floats:
        rows: list[list[float]] = []
        for _, starts in groupby(range(len(self._h.day)), key=lambda i: int(self._h.day[i])):
            day = list(starts)
            rows += [self._inputs(i) for i in day]
            for i in day:
                self._remember(i, rows[i][0])
        return np.array(rows, dtype=np.float64).reshape(-1, 14)

    def _inputs(self, i: int) -> list[float]:
        h = self._h
        past = self._starts[int(h.keys["horse_id"][i])]
        early = [each[0] for each in past[::-1]]
        mean = _shrunk(early, 0.5)
        led = _shrunk([each if math.isnan(each) else float(each == 0) for each in early], 0.08)
        last, before = (
            early[k] if len(early) > k and not math.isnan(early[k]) else 0.5 for k in (0, 1)
        )
        middle, metres = float(self._stall[i]) - 0.5, float(h.facts["distance_m"][i])
        change = 0.0
        if past and not math.isnan(past[-1][1]):
            change = (metres - past[-1][1]) / 200
        first = re.search("[A-Za-z]1", self._f.texts["headgear"][i] or "")
        return [
            mean,
            last,
            led,
            middle,
            middle * (mean - 0.5),
            self._style("jockey_id", i),
            self._style("trainer_id", i),
            change,
            float(not past),
            float(first is not None),
            (mean - 0.5) ** 2,
            before,
            middle if metres <= 1200 else middle * 0,
            (float(h.facts["pounds"][i]) - 123) / 10,
        ]

    def _style(self, kind: str, i: int) -> float:
        day, late, rides = self._rides.get((kind, int(self._h.keys[kind][i])), (0, 0.0, 0.0))
        fade = math.exp((day - int(self._h.day[i])) / 700)
        return late * fade / (rides * fade + 20)

    def _remember(self, i: int, mean: float) -> None:
        h, early = self._h, float(self._f.early[i])
        metres = float(h.facts["distance_m"][i])
        self._starts[int(h.keys["horse_id"][i])].append((early, metres))
        for kind in ("jockey_id", "trainer_id"):
            who = kind, int(h.keys[kind][i])
            if who[1] >= 0 and not math.isnan(early):
                day, late, rides = self._rides.get(who, (0, 0.0, 0.0))
                today = int(h.day[i])
                fade = math.exp((day - today) / 700)
                self._rides[who] = today, late * fade + early - mean, rides * fade + 1


def _shrunk(newest: list[float], base: float) -> float:
    """The page's recent mean of six, shrunk by one start."""
    weighed = [(0.8**k, x) for k, x in enumerate(newest[:6]) if not math.isnan(x)]
    return (sum(w * x for w, x in weighed) + base) / (sum(w for w, _ in weighed) + 1)


def _stalls(history: History) -> Floats:
    """Rank of each start's stall as a share of its field, NaN where there is none."""
    draw = history.facts["draw"]
    shares = np.full(len(draw), np.nan)
    for first in history.first_of_race:
        n = int(history.n[first])
        field = draw[first : first + n]
        if n > 1:
            below = (field[None, :] < field[:, None]).sum(axis=1)
            shares[first : first + n] = np.where(np.isnan(field), np.nan, below / (n - 1))
    return shares


def _centred(history: History, columns: Floats, unknown: float = 0.0) -> Floats:
    """Less the race's mean of what is known."""
    centred = np.full(columns.shape, unknown)
    for first in history.first_of_race:
        field = slice(first, first + int(history.n[first]))
        block = columns[field]
        known = ~np.isnan(block)
        means = np.where(known, block, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        centred[field] = np.where(known, block - means, unknown)
    return centred
