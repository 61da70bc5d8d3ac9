"""The fixture list: how much racing a day holds, where, on what going, and when the races go off.

Flat turf races from April to October, the all-weather through the winter, jumps all year
with a thin summer; Saturdays are busy, and there is no racing just before Christmas.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from velo.synth.scale import FIRST_DAY
from velo.synth.tracks import AW, FR, GB, IRE, JUMPS, TURF, Courses

_BY_WEEKDAY = np.array([0.9, 0.95, 1.05, 1.05, 1.1, 1.5, 0.7])
_TURF = np.array([0.0, 0.0, 0.25, 0.75, 1.0, 1.05, 1.1, 1.1, 1.0, 0.8, 0.12, 0.0])
_AW = np.array([0.62, 0.62, 0.5, 0.3, 0.2, 0.18, 0.18, 0.2, 0.28, 0.4, 0.55, 0.6])
_JUMPS = np.array([0.95, 0.95, 1.0, 0.8, 0.55, 0.32, 0.3, 0.3, 0.35, 0.7, 1.0, 1.05])
MONTH_WEIGHTS = np.stack([_TURF, _AW, _JUMPS], axis=1)  # (12, 3)

# Softness from firm (below 0) to heavy (above 0), and the words each country has for it.
_CUTS = {GB: (-1.45, -0.35, 0.5, 1.05, 1.9), IRE: (-0.9, -0.1, 0.4, 0.8, 1.15, 1.9), FR: (0.4, 1.2)}
GOINGS = (
    "Firm",
    "Good To Firm",
    "Good",
    "Good To Soft",
    "Soft",
    "Heavy",
    "Good To Yielding",
    "Yielding",
    "Yielding To Soft",
    "Very Soft",
    "Standard",
    "Standard To Slow",
    "Standard To Fast",
)
_WORDS = {GB: (0, 1, 2, 3, 4, 5), IRE: (1, 2, 6, 7, 8, 4, 5), FR: (2, 9, 5)}


@dataclass(frozen=True)
class Meetings:
    """The meetings of one day, one array element each."""

    course: NDArray[np.int64]
    kind: NDArray[np.int64]
    races: NDArray[np.int64]
    going: NDArray[np.int64]  # index of GOINGS
    softness: NDArray[np.float64]
    first_off: NDArray[np.int64]  # minutes after midnight
    gap: NDArray[np.int64]  # minutes between races


def day_weights(days: int) -> NDArray[np.float64]:
    """Relative amount of racing of each day and kind, shape (days, 3)."""
    out = np.zeros((days, 3))
    for i in range(days):
        day = FIRST_DAY + timedelta(days=i)
        if not (day.month == 12 and 22 < day.day < 26):
            out[i] = MONTH_WEIGHTS[day.month - 1] * _BY_WEEKDAY[day.weekday()]
    return out


class Weather:
    """How wet the ground has been lately in each country: a walk with a half-life of ten days."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.wet = rng.standard_normal(3)

    def pass_a_day(self, rng: np.random.Generator) -> None:
        """Moves the weather on by one day."""
        keep = 0.5**0.1
        self.wet = keep * self.wet + rng.standard_normal(3) * np.sqrt(1 - keep**2)


def fixtures(
    day: date,
    wanted: float,
    weights: NDArray[np.float64],
    courses: Courses,
    weather: Weather,
    last_used: NDArray[np.int64],
    today: int,
    rng: np.random.Generator,
) -> Meetings:
    """The meetings of ``day``, about ``wanted`` of them, kinds in the shares of ``weights`` (3,).

    A venue that raced in the last days is left alone where another can race instead;
    all-weather tracks come round sooner.
    """
    count = int(wanted + rng.random())
    chance = (
        courses.appeal
        * weights[courses.kind]
        / np.bincount(courses.kind, courses.appeal, minlength=3).clip(1e-9)[courses.kind]
    )
    rested = today - last_used[courses.venue] >= np.where(courses.kind == AW, 2, 6)
    chance = chance * np.where(rested, 1.0, 1e-3)
    order = np.argsort(rng.exponential(1.0, len(chance)) / chance.clip(1e-12))
    order = order[chance[order] > 0]
    _, first = np.unique(courses.venue[order], return_index=True)
    course = order[np.sort(first)][:count]
    kind = courses.kind[course].astype(np.int64)
    last_used[courses.venue[course]] = today
    size = len(course)
    softness, going = _going(day, course, courses, weather, rng)
    evening = (rng.random(size) < 0.28) & (kind != JUMPS) | (
        (rng.random(size) < 0.15) & (4 <= day.month <= 8)
    )
    first_off = np.where(
        evening, 1035 + 5 * rng.integers(0, 9, size), 780 + 5 * rng.integers(0, 14, size)
    )
    return Meetings(
        course=course.astype(np.int64),
        kind=kind,
        races=rng.choice(np.array([6, 7, 7, 7, 8]), size),
        going=going,
        softness=softness,
        first_off=first_off,
        gap=np.where(rng.random(size) < 0.6, 30, 35),
    )


def _going(
    day: date,
    course: NDArray[np.int64],
    courses: Courses,
    weather: Weather,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Softness and going word of each meeting; artificial surfaces have no softness."""
    size = len(course)
    season = np.cos(2 * np.pi * (day.timetuple().tm_yday - 20) / 365.25)
    land = courses.country[course]
    softness = (
        courses.softness[course]
        + 0.1
        + 0.75 * season
        + 0.7 * weather.wet[land]
        + 0.25 * rng.standard_normal(size)
    )
    going = np.empty(size, dtype=np.int64)
    for code in (GB, IRE, FR):
        here = land == code
        going[here] = np.array(_WORDS[code])[np.searchsorted(_CUTS[code], softness[here])]
    aw = courses.kind[course] == AW
    going[aw] = rng.choice(np.array([10, 11, 12]), int(aw.sum()), p=[0.8, 0.15, 0.05])
    softness[aw] = 0.0
    return softness, going


__all__ = ["GOINGS", "TURF", "Meetings", "Weather", "day_weights", "fixtures"]
