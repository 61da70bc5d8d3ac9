"""The race programme: what kinds of race there are, and the conditions a field gives rise to.

A race is written for the horses that fill it: its rating band, class, age band and pattern
follow from the field, as a planner would have set them, and the weights from the conditions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from velo.synth.horses import FLAT

# Kinds of race, each with its own pool of horses.
TWO_YEAR_OLD, MAIDEN, HANDICAP, PATTERN = 0, 1, 2, 3
BUMPER_RACE, NOVICE_HURDLE, HANDICAP_HURDLE, GRADED_HURDLE = 4, 5, 6, 7
NOVICE_CHASE, HANDICAP_CHASE, GRADED_CHASE = 8, 9, 10
KINDS = 11
IS_HANDICAP = np.array([0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0], dtype=np.bool_)
IS_PATTERN = np.array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1], dtype=np.bool_)
TYPES = ("Flat", "NH Flat", "Hurdle", "Chase")
TYPE_OF = np.array([0, 0, 0, 0, 1, 2, 2, 2, 3, 3, 3])

# Half furlongs, by kind of racing and band.
FLAT_DISTANCES = (
    (10, 10, 11, 12, 12, 13),
    (14, 14, 15, 16, 16, 17),
    (18, 20, 20, 21, 22),
    (24, 24, 27, 28, 32),
)
JUMP_DISTANCES = ((32, 32, 33, 34, 34), (38, 40, 40, 42, 43), (46, 48, 48, 49, 52))
BUMPER_DISTANCES = (32, 32, 33, 34)

_FLAT_BANDS = np.array([55, 60, 65, 70, 75, 80, 85, 90, 95, 100, 105, 110])
_JUMP_BANDS = np.array([90, 95, 100, 105, 110, 115, 120, 125, 130, 135, 140, 145, 150])
# Upper rating bands of class 6, 5, 4 and 3; quality that makes a race without a band class 5, 4
# and 3; mean rating of a field worth a Listed race and pattern races of grade 3, 2 and 1.
_FLAT_CLASSES, _JUMP_CLASSES = (65, 75, 85, 95), (85, 105, 120, 140)
_FLAT_MERIT, _JUMP_MERIT = (54, 72, 86), (88, 112, 128)
_FLAT_PATTERNS, _JUMP_PATTERNS = (98, 102, 106, 110), (132, 138, 145, 152)
NO_PATTERN = 0
PATTERNS_FLAT = ("", "Listed", "Group 3", "Group 2", "Group 1")
PATTERNS_JUMP = ("", "Listed", "Grade 3", "Grade 2", "Grade 1")
AGE_BANDS = ("2yo", "3yo", "4yo", "3-4yo", "3-5yo", "2yo+", "3yo+", "4yo+", "5yo+", "4-6yo")
SEX_BANDS = ("", "F", "F & M")
_PRIZE = {1: 25_000, 2: 16_200, 3: 8_800, 4: 5_200, 5: 3_230, 6: 2_260}
_PATTERN_PRIZE = (0, 24_000, 42_000, 85_000, 260_000)


@dataclass(frozen=True)
class RaceConditions:
    """What the conditions of one race say."""

    level: float  # 1 best to 6; pattern races 0 to -3
    pattern: int
    band: int  # upper rating of a handicap, 0 elsewhere
    age_band: int
    sex_band: int
    prize: float  # to the winner, pounds or euros


def field_size(kind: int, rng: np.random.Generator) -> int:
    """Runners that a race attracts: right-skewed, larger for handicaps and bumpers."""
    mean = (9.0, 9.0, 9.7, 8.2, 10.6, 9.6, 10.6, 7.6, 7.0, 8.9, 7.2)[kind]
    spread = 0.35 if TYPE_OF[kind] == 0 else 0.44
    size = round(mean * float(np.exp(spread * rng.standard_normal() - spread**2 / 2)))
    return min(max(size, 3), 20 if TYPE_OF[kind] == 0 else 24)


def draw_distance(kind: int, band: int, rng: np.random.Generator) -> int:
    """Half furlongs of a race of this kind in this distance band."""
    if kind == BUMPER_RACE:
        choices: tuple[int, ...] = BUMPER_DISTANCES
    elif TYPE_OF[kind] == FLAT:
        choices = FLAT_DISTANCES[min(band, 2) if kind == TWO_YEAR_OLD else band]
    else:
        choices = JUMP_DISTANCES[min(band, 2)]
    return choices[int(rng.integers(len(choices)))]


def write_conditions(
    kind: int,
    ratings: NDArray[np.float64],
    ages: NDArray[np.int64],
    fillies: bool,
    irish: bool,
    rng: np.random.Generator,
) -> RaceConditions:
    """The conditions of a race for this field, from its ratings (pounds) and ages."""
    top = float(ratings.max())
    flat = TYPE_OF[kind] == FLAT
    band, pattern = 0, NO_PATTERN
    if IS_HANDICAP[kind]:
        bands = _FLAT_BANDS if flat else _JUMP_BANDS
        where = int(np.searchsorted(bands, top))
        band = int(bands[where]) if where < len(bands) else 5 * int(np.ceil(top / 5))
        limits = _FLAT_CLASSES if flat else _JUMP_CLASSES
        level = 6.0 - float(np.searchsorted(limits, band))
    elif IS_PATTERN[kind]:
        marks = _FLAT_PATTERNS if flat else _JUMP_PATTERNS
        pattern = int(np.searchsorted(marks, ratings.mean()))
        level = 1.0 - pattern if pattern else 2.0
    else:
        middle = float(np.quantile(ratings, 0.75))
        merit = _FLAT_MERIT if flat else _JUMP_MERIT
        level = 6.0 - float(np.searchsorted(merit, middle))
        if TYPE_OF[kind] > 1:
            level = min(level, 5.0)
    base = _PATTERN_PRIZE[pattern] if pattern else _PRIZE[max(1, int(level))]
    prize = base * float(np.exp(0.12 * rng.standard_normal())) * (1.6 if irish else 1.0)
    return RaceConditions(
        level=level,
        pattern=pattern,
        band=band,
        age_band=_age_band(int(ages.min()), int(ages.max()), flat),
        sex_band=0 if not fillies else (1 if ages.max() <= 3 else 2),
        prize=round(prize / 5) * 5.0,
    )


def _age_band(youngest: int, oldest: int, flat: bool) -> int:
    if youngest == 2:
        name = "2yo" if oldest == 2 else "2yo+"
    elif youngest == 3:
        name = {3: "3yo", 4: "3-4yo" if flat else "3yo+"}.get(oldest, "3yo+")
    elif youngest == 4:
        name = "4yo" if oldest == 4 else "4yo+"
    else:
        name = "5yo+"
    return AGE_BANDS.index(name)


def weights(
    handicap: NDArray[np.bool_],
    flat: NDArray[np.bool_],
    rating: NDArray[np.float64],
    top_rating: NDArray[np.float64],
    age: NDArray[np.int64],
    oldest: NDArray[np.int64],
    female: NDArray[np.bool_],
    any_male: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Pounds carried, per runner.

    In a handicap the top rating carries top weight and the rest a pound less a pound, down to
    the lowest weight; elsewhere weight is level but for age and sex allowances.
    """
    top = np.where(flat, 133, 166)
    floor = np.where(flat, 114, 140)
    carried = np.maximum(top - (top_rating - rating), floor)
    level = np.where(flat, 131, 158)
    age_allowance = np.where((age == 3) & (oldest > 3), 8, 0) + np.where(
        ~flat & (age == 4) & (oldest > 4), 4, 0
    )
    sex_allowance = np.where(female & any_male, np.where(flat, 5, 7), 0)
    return np.where(handicap, carried, level - age_allowance - sex_allowance).astype(np.int64)
