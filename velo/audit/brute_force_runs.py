"""Families 5 to 8 of one start by brute force: every earlier start is looked at.

By the page of features alone, as `velo.audit.brute_force` does the 21, whose class level it takes.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from velo.arrays import Floats, Integers
from velo.audit.brute_force import BruteForce, Value
from velo.audit.history import History
from velo.audit.price_facts import PriceFacts


class BruteForceRuns:
    """The features of decayed sums, of last starts and of change, of any start.

    Args:
        history: every start.
        facts: what the market thought of each.
        judge: who knows a start's class level.
    """

    def __init__(self, history: History, facts: PriceFacts, judge: BruteForce) -> None:
        self._h, self._f = history, facts
        self._level = cache(judge.level)
        self._surface = np.array([text or "" for text in facts.texts["surface"]])
        self._region = np.array([text or "" for text in facts.texts["region"]])
        self._sire = np.array([text or "" for text in facts.texts["sire"]])

    def features(self, i: int) -> dict[str, Value]:
        """All of the features of the start with this number, None where it has no value."""
        past = self._h.before(int(self._h.day[i]))
        newest = self._past(i)[::-1]
        return {
            **self._against_price(i, past),
            **self._own_price(i, newest),
            **self._steadiness(newest),
            **self._change(i, newest),
            **self._riders(i),
            **self._pace(i),
        }

    def _past(self, i: int) -> Integers:
        """The horse's earlier starts, oldest first."""
        horse = self._h.keys["horse_id"]
        past = self._h.before(int(self._h.day[i]))
        return np.flatnonzero(horse[:past] == horse[i])

    # 6. Against the price

    def _against_price(self, i: int, past: int) -> dict[str, Value]:
        h, f = self._h, self._f
        priced = ~np.isnan(f.sur[:past])

        def among(which: Floats | np.ndarray) -> Integers:
            return np.flatnonzero(priced & which)

        def of(key: str) -> Integers:
            column = h.keys[key]
            return among(column[:past] == column[i]) if column[i] >= 0 else np.empty(0, np.int64)

        code = f.code == f.code[i]
        surface = (self._surface == self._surface[i]) & (self._surface != "")
        jockey, trainer = of("jockey_id"), of("trainer_id")
        track = trainer[(code & surface & (h.keys["course_id"] == h.keys["course_id"][i]))[trainer]]
        cell = self._class_cell(i)
        classed = [
            each
            for each in jockey[code[jockey]]
            if cell is not None and self._class_cell(each) == cell
        ]
        bred = (code & surface & (self._sire == self._sire[i]) & (self._sire != ""))[:past]
        region = among((code & (self._region == self._region[i]))[:past])
        rested = [each for each in region if self._rest(int(each)) == self._rest(i)]
        return {
            "jockey_vs_price": self._score(i, jockey, 365, 160),
            "jockey_ae_60d": self._ae(i, jockey),
            "trainer_vs_price": self._score(i, trainer, 365, 160),
            "trainer_vs_price_60d": self._score(i, trainer, 60, 80),
            "trainer_ae_60d": self._ae(i, trainer),
            "trainer_track_vs_price": self._score(i, track, 1000, 42),
            "jockey_class_vs_price": self._score(i, np.array(classed, np.int64), 1000, 42),
            "sire_surface_vs_price": self._score(i, among(bred), 1000, 42),
            "rest_starts_vs_price": self._score(i, np.array(rested, np.int64), 1000, 85),
        }

    def _weights(self, i: int, starts: Integers, tau: float) -> Floats:
        age = (self._h.day[i] - self._h.day[starts]).astype(np.float64)
        return np.asarray(np.exp(-age / tau), dtype=np.float64)

    def _score(self, i: int, starts: Integers, tau: float, strength: float) -> float:
        weights = self._weights(i, starts, tau)
        return float((weights * self._f.sur[starts]).sum() / (weights.sum() + strength))

    def _ae(self, i: int, starts: Integers) -> float:
        weights, chance = self._weights(i, starts, 60), self._f.chance[starts]
        more = float((weights * (self._h.win[starts] - chance)).sum())
        return more / (float((weights * chance).sum()) + 10)

    def _class_cell(self, i: int) -> int | None:
        level = self._level(int(i))
        if level is None:
            return None
        return min(7, max(0, math.floor(level + 0.5)))

    def _rest(self, i: int) -> tuple[int, int]:
        """Bands of rest and of earlier starts."""
        past = self._past(i)
        if not len(past):
            return 0, 0
        rest = int(self._h.day[i] - self._h.day[past[-1]])
        return (
            1 + sum(rest > most for most in (10, 21, 35, 60)),
            sum(len(past) > most for most in (0, 3, 10, 25)),
        )

    def _own_price(self, i: int, newest: Integers) -> dict[str, Value]:
        f, metres = self._f, self._h.facts["distance_m"]
        liking = _recent(f.lpc[newest], 6, 0.85)
        finishes = _recent(f.ns[newest], 6, 0.85)
        ten = newest[:10]
        level = self._level(i)
        near = ten[np.abs(metres[ten] - metres[i]) <= 100]
        classed = [each for each in ten if level is not None and self._level(int(each)) == level]
        return {
            "liked_and_beaten": 0.0
            if liking is None or finishes is None
            else liking - 1.1 * finishes,
            "surprise_distance": _surprise(f.sur[near]),
            "surprise_class": _surprise(f.sur[np.array(classed, np.int64)]),
        }

    # 7. Steadiness

    def _steadiness(self, newest: Integers) -> dict[str, Value]:
        ns, finish = self._f.ns[newest[:8]], self._h.facts["finish"][newest]
        squares = float(((ns - ns.mean()) ** 2).sum()) if len(ns) else 0.0
        return {
            "spread": (squares + 4 * 0.6) / (len(ns) + 4),
            "top3_rate": _recent((finish <= 3).astype(np.float64), 10, 0.95, 3, 0.25),
            "won_last": float(len(newest) > 0 and finish[0] == 1),
        }

    # 8. Change

    def _change(self, i: int, newest: Integers) -> dict[str, Value]:
        h, f = self._h, self._f
        pounds, metres = h.facts["pounds"], h.facts["distance_m"]
        usual = _recent(pounds[newest], 5, 0.9)
        marks = f.mark[newest[:10]]
        known = marks[~np.isnan(marks)]
        gear, change = f.texts["headgear"], 0.0
        off = len(newest) > 0 and bool(_pieces(gear[newest[0]]) - _pieces(gear[i]))
        if len(newest) and not math.isnan(metres[newest[0]]):
            change = float(metres[i] - metres[newest[0]]) / 200
        return {
            "weight_vs_usual": 0.0 if usual is None else _known(float(pounds[i]) - usual),
            "mark_vs_best": _known(float(f.mark[i] - known.max())) if len(known) else None,
            "gear_off": float(off),
            "distance_change": _known(change),
        }

    def _riders(self, i: int) -> dict[str, Value]:
        h = self._h
        jockey = h.keys["jockey_id"]

        def last(each: int) -> int:
            past = self._past(each)
            return int(jockey[past[-1]]) if len(past) else -1

        field = np.flatnonzero(h.race == h.race[i])
        mine, before = int(jockey[i]), last(i)
        left = before >= 0 and before != mine and before in jockey[field]
        chosen = [each for each in field if jockey[each] != mine and last(int(each)) == mine]
        return {
            "jockey_left": float(left),
            "jockey_chose": float(min(2, len(chosen))) if mine >= 0 else 0.0,
        }

    # 5. Pace and style

    def _pace(self, i: int) -> dict[str, Value]:
        h = self._h
        field = np.flatnonzero(h.race == h.race[i])
        styles = [self._style(int(each)) for each in field]
        early, draws = self._style(i)[0], h.facts["draw"][field]
        stall = (
            int((draws < h.facts["draw"][i]).sum()) / (len(field) - 1) if len(field) > 1 else None
        )
        if stall is None or math.isnan(h.facts["draw"][i]):
            draw = None
        else:
            draw = (early - 0.5) * (stall - 0.5)
        alone = early < 0.3 and sum(one < 0.3 for one, _ in styles) == 1
        return {
            "early_mean": early,
            "style_draw": draw,
            "lone_leader": float(alone),
            "front_pressure": (0.5 - early) * (sum(lead for _, lead in styles) - 1),
        }

    def _style(self, i: int) -> tuple[float, float]:
        """Early mean and lead rate."""
        early = self._f.early[self._past(i)[::-1]]
        led = np.where(np.isnan(early), np.nan, early == 0)
        means = _recent(early, 6, 0.8, 1, 0.5), _recent(led, 6, 0.8, 1, 0.08)
        return means[0] or 0.0, means[1] or 0.0


def _recent(values: Floats, most: int, g: float, k0: float = 0.0, base: float = 0.0) -> Value:
    """The page's recent mean; None where nothing is known and nothing is assumed."""
    values = values[:most]
    weights = g ** np.arange(len(values)) * ~np.isnan(values)
    total = float(weights.sum()) + k0
    if not total:
        return None
    return (float((weights * np.nan_to_num(values)).sum()) + k0 * base) / total


def _surprise(sur: Floats) -> float:
    known = sur[~np.isnan(sur)]
    return float(known.sum() / (len(known) + 3))


def _pieces(text: str | None) -> set[str]:
    """What is worn: of `B1/TT-` b, of `tp` t and p."""
    pieces: set[str] = set()
    for part in (text or "").replace("e/s", "es").replace(",", "/").replace("+", "/").split("/"):
        for token in part.split():
            word = token.rstrip("12")
            if word and word[-1] != "-":
                letters = word.islower() and word != "es" and len(word) <= 3
                pieces |= set(word) if letters else {word.lower()}
    return pieces


def _known(value: float) -> Value:
    return None if math.isnan(value) else value
