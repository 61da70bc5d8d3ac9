"""The horses in training: what they are made of, how they develop, rest, change yard and retire.

Strengths are on a log scale (a unit multiplies a horse's chance by e against the same rivals);
official ratings are pounds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FLAT, JUMP = 0, 1
BUMPER, HURDLER, CHASER = 0, 1, 2
POUNDS_PER_UNIT = np.array([18.0, 19.0])  # flat, jumps
MEAN_RATING = np.array([67.0, 108.0])
FORM_SD = 0.72
FORM_HALF_LIFE = 90.0  # days
LUCK_SD = 0.06  # log-strength a run
# The handicapper's answer to a result, in pounds: by finishing percentile, and to a surprise.
_PERCENTILES = np.array([0.0, 0.3, 0.5, 0.7, 0.9, 0.999, 1.0])
_PENALTIES = np.array([-2.2, -1.7, -0.9, -0.6, 0.9, 2.0, 5.4])
_SURPRISE_GAIN = 0.015
_MARK_ERROR = 9.0  # pounds, of the marks that the world begins with
NEVER = -100_000

_AGE_AT_DEBUT = {
    FLAT: (np.array([2, 3, 4]), np.array([0.56, 0.38, 0.06])),
    JUMP: (np.array([3, 4, 5, 6, 7]), np.array([0.04, 0.36, 0.36, 0.18, 0.06])),
}
_DISTANCE_SHARES = {FLAT: (0.36, 0.33, 0.23, 0.08), JUMP: (0.48, 0.32, 0.2, 0.0)}

_COLUMNS: dict[str, type] = {
    "code": np.int8,
    "born": np.int16,
    "female": np.bool_,
    "gelding_age": np.int8,  # a male is gelded from this age on
    "quality": np.float64,
    "peak": np.float64,
    "growth": np.float64,
    "luck": np.float64,  # the part of ability that wandered since the debut
    "form": np.float64,
    "form_day": np.int32,
    "soft": np.float64,
    "artificial": np.float64,
    "turning": np.float64,
    "undulating": np.float64,
    "distance": np.int8,  # band of its best distance
    "trainer": np.int32,
    "owner": np.int32,
    "style": np.float32,  # 0 leads, 1 comes from behind
    "headgear": np.int8,
    "stage": np.int8,
    "stage_runs": np.int16,
    "runs": np.int16,
    "wins": np.int16,
    "estimate": np.float64,  # the handicapper's, in pounds
    "last_day": np.int32,
    "last_level": np.float64,
    "last_weight": np.int16,
    "ready": np.int32,
    "retired": np.bool_,
}


class Horses:
    """Every horse that ever was, as growing columns; ``active`` lists those in training."""

    def __init__(self, trainer_share: NDArray[np.float64], trainer_skill: NDArray[np.float64]):
        self._trainer_share = trainer_share
        self._trainer_skill = trainer_skill
        self._data: dict[str, NDArray[Any]] = {
            k: np.zeros(1024, dtype=t) for k, t in _COLUMNS.items()
        }
        self.count = 0
        self.active: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def __getattr__(self, name: str) -> NDArray[Any]:
        try:
            column: NDArray[Any] = self.__dict__["_data"][name]
        except KeyError:
            raise AttributeError(name) from None
        return column

    def foal(
        self, count: int, code: int, year: int, month: int, today: int, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Adds ``count`` unraced horses, ready to run today; returns their row numbers."""
        rows = np.arange(self.count, self.count + count)
        self.count += count
        while self.count > len(self._data["code"]):
            self._data = {k: np.concatenate([v, np.zeros_like(v)]) for k, v in self._data.items()}
        d = self._data
        ages, shares = _AGE_AT_DEBUT[code]
        if code == FLAT and month < 4:
            ages, shares = np.array([3, 4]), np.array([0.88, 0.12])
        d["code"][rows] = code
        d["born"][rows] = year - rng.choice(ages, count, p=shares / shares.sum())
        d["female"][rows] = rng.random(count) < (0.42 if code == FLAT else 0.22)
        gelding = 2 + rng.integers(0, 3, count) + 90 * (rng.random(count) < 0.12)
        d["gelding_age"][rows] = gelding.clip(0, 100)
        trainer = rng.choice(len(self._trainer_share), count, p=self._trainer_share)
        d["trainer"][rows] = trainer
        d["quality"][rows] = (
            0.60 * rng.standard_normal(count)
            + 0.36 * (rng.standard_exponential(count) - 1)
            + 0.3 * self._trainer_skill[trainer]
        )
        d["peak"][rows] = np.where(code == FLAT, 4.0, 7.5) + 0.60 * rng.standard_normal(count)
        d["growth"][rows] = (0.45 + 0.2 * rng.standard_normal(count)).clip(0.05)
        d["form"][rows] = FORM_SD * rng.standard_normal(count)
        d["form_day"][rows] = today
        for trait in ("soft", "artificial", "turning", "undulating"):
            d[trait][rows] = rng.standard_normal(count)
        d["distance"][rows] = rng.choice(4, count, p=np.array(_DISTANCE_SHARES[code]))
        d["owner"][rows] = (rng.pareto(1.1, count) * 3).clip(0, 2_000_000).astype(np.int32)
        d["style"][rows] = rng.random(count)
        d["headgear"][rows] = rng.choice(9, count, p=_HEADGEAR_SHARES)
        d["stage"][rows] = np.where(rng.random(count) < 0.55, BUMPER, HURDLER)
        d["estimate"][rows] = MEAN_RATING[code]
        d["last_day"][rows] = NEVER
        d["ready"][rows] = today
        self.active = np.concatenate([self.active, rows])
        return rows

    def stock(self, count: int, code: int, year: int, rng: np.random.Generator) -> None:
        """Fills the yards before the first day with horses in mid-career."""
        rows = self.foal(count, code, year, 6, 0, rng)
        d = self._data
        older = rng.geometric(0.28, count) - 1
        d["born"][rows] -= older.clip(0, 8).astype(np.int16)
        runs = rng.geometric(0.12, count)
        d["runs"][rows] = runs
        d["wins"][rows] = rng.binomial(runs, 0.1)
        d["quality"][rows] += 0.15  # the poor have left
        error = _MARK_ERROR * rng.standard_normal(count)
        d["estimate"][rows] += POUNDS_PER_UNIT[code] * self.ability(rows, float(year)) + error
        d["last_level"][rows] = rng.integers(3, 7, count)
        d["last_weight"][rows] = 126 if code == FLAT else 156
        away = rng.integers(0, 50, count)
        d["ready"][rows] = away
        d["last_day"][rows] = away - 10 - rng.integers(0, 20, count)
        if code == JUMP:
            d["stage"][rows] = rng.choice(3, count, p=np.array([0.1, 0.5, 0.4]))
            d["stage_runs"][rows] = runs

    def ability(self, rows: NDArray[np.int64], year: float) -> NDArray[np.float64]:
        """Log-strength of the horses at ``year`` (a fraction), before anything of the day."""
        d = self._data
        age = year - d["born"][rows]
        young = (d["peak"][rows] - age).clip(0, 3)
        old = (age - d["peak"][rows] - 2.0).clip(0, 6)
        slope = np.where(d["code"][rows] == FLAT, 1.0, 0.6)
        strength: NDArray[np.float64] = (
            d["quality"][rows] + d["luck"][rows] - slope * (d["growth"][rows] * young + 0.16 * old)
        )
        return strength

    def pass_form(self, rows: NDArray[np.int64], today: int, rng: np.random.Generator) -> None:
        """Brings the horses' form, a mean-reverting walk, up to today."""
        d = self._data
        keep = 0.5 ** ((today - d["form_day"][rows]) / FORM_HALF_LIFE)
        shock = rng.standard_normal(len(rows)) * FORM_SD
        d["form"][rows] = keep * d["form"][rows] + shock * np.sqrt(1 - keep**2)
        d["form_day"][rows] = today

    def age(self, rows: NDArray[np.int64], year: int) -> NDArray[np.int64]:
        """Racing age, which turns on 1 January."""
        return (year - self._data["born"][rows]).astype(np.int64)

    def rated(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the handicapper has allotted a mark: a win, or three runs."""
        d = self._data
        return (d["runs"][rows] >= 3) | (d["wins"][rows] > 0)

    def after_race(
        self,
        rows: NDArray[np.int64],
        today: int,
        month: int,
        year: int,
        performance: NDArray[np.float64],
        percentile: NDArray[np.float64],
        level: NDArray[np.float64],
        weight: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> None:
        """Books a day's runs: the handicapper's estimate, the rest, a new stage, retirement.

        ``performance`` is in pounds, on the scale of official ratings; ``percentile`` is the
        finishing percentile, 1 for the winner. The first marks follow the performance; later
        ones move as marks really do: up about five for a win, down one or two for a defeat.
        """
        d, n = self._data, len(rows)
        runs = d["runs"][rows]
        surprise = performance - d["estimate"][rows]
        usual = np.interp(percentile, _PERCENTILES, _PENALTIES) + rng.standard_normal(n)
        settled = runs >= 4
        d["estimate"][rows] += np.where(
            settled, usual + _SURPRISE_GAIN * surprise, (surprise / (runs + 2.0)).clip(-20, 25)
        )
        d["luck"][rows] += LUCK_SD * rng.standard_normal(n) + 0.01
        d["runs"][rows] += 1
        d["wins"][rows] += percentile == 1.0
        d["last_day"][rows] = today
        d["last_level"][rows] = level
        d["last_weight"][rows] = weight
        flat = d["code"][rows] == FLAT
        rest = 4.0 + rng.gamma(1.3, np.where(flat, 4.5, 7.5))
        holiday = rng.random(n) < np.where(flat, 0.10 + 0.1 * (month >= 10), 0.13)
        rest += np.where(holiday, rng.uniform(60, 250, n), 0.0)
        injured = rng.random(n) < 0.012
        rest += np.where(injured, rng.uniform(150, 500, n), 0.0)
        d["ready"][rows] = today + rest.astype(np.int32)
        self._move_on(rows, flat, year, rng)
        age = year - d["born"][rows]
        old = np.where(flat, (age - 6).clip(0), (age - 10).clip(0))
        poor = (d["estimate"][rows] < MEAN_RATING[d["code"][rows]] - 14) & (runs >= 3)
        leaving = rng.random(n) < 0.058 + 0.05 * poor + 0.04 * old + 0.06 * (flat & (month == 10))
        gone = rows[leaving]
        if len(gone):
            d["retired"][gone] = True
            self.active = self.active[~d["retired"][self.active]]

    def _move_on(
        self,
        rows: NDArray[np.int64],
        flat: NDArray[np.bool_],
        year: int,
        rng: np.random.Generator,
    ) -> None:
        """New stages over jumps, flat horses sent jumping, changes of trainer."""
        d, n = self._data, len(rows)
        d["stage_runs"][rows] += 1
        draw = rng.random(n)
        stage, here = d["stage"][rows], d["stage_runs"][rows]
        bumper_done = ~flat & (stage == BUMPER) & ((draw < 0.45) | (here >= 4))
        to_fences = ~flat & (stage == HURDLER) & (here >= 4) & (draw < 0.10)
        back = ~flat & (stage == CHASER) & (draw > 0.97)
        new = np.select([bumper_done, to_fences, back], [HURDLER, CHASER, HURDLER], stage)
        turned = flat & (year - d["born"][rows] >= 3) & (draw > 0.985)
        new = np.where(turned, HURDLER, new)
        changed = new != stage
        d["stage"][rows] = new
        d["stage_runs"][rows[changed | turned]] = 0
        convert = rows[turned]
        d["code"][convert] = JUMP
        d["distance"][convert] = d["distance"][convert].clip(0, 2)
        d["estimate"][convert] += MEAN_RATING[JUMP] - MEAN_RATING[FLAT] - 5
        d["runs"][convert] = 0
        d["wins"][convert] = 0
        d["peak"][convert] += 2.0
        moved = rows[rng.random(n) < 0.012]
        d["trainer"][moved] = rng.choice(
            len(self._trainer_share), len(moved), p=self._trainer_share
        )


_HEADGEAR_SHARES = np.array([0.68, 0.09, 0.08, 0.06, 0.03, 0.02, 0.02, 0.013, 0.007])
HEADGEAR = ("", "p", "b", "t", "h", "v", "tp", "tb", "ht")
