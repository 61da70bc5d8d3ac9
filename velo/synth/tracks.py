"""The courses: where they are, what they race on, and the draw bias that drifts on each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from velo.synth.invented_names import ALL_WEATHER, BRITISH_COURSES, FRENCH_COURSES, IRISH_COURSES

TURF, AW, JUMPS = 0, 1, 2
GB, IRE, FR = 0, 1, 2
BANDS = 4  # sprint, mile, middle, long
BAND_STRENGTH = np.array([1.0, 0.75, 0.45, 0.15])
DRAW_BIAS = 0.34  # log-strength of a sprint's bias, one standard deviation
COMMON_SHARE = 0.6  # of a course's bias, in variance, that its distances have in common
DRIFT_SHARE = 0.45  # part of the bias that moves
DRIFT_HALF_LIFE = 250.0  # days


@dataclass
class Courses:
    """Fixed traits of the courses, one array row each, and the present draw bias."""

    name: list[str]
    country: NDArray[np.int8]
    kind: NDArray[np.int8]  # TURF, AW or JUMPS: one entry for each racecourse and code
    venue: NDArray[np.int32]  # entries of one venue never meet on one day
    appeal: NDArray[np.float64]
    softness: NDArray[np.float64]
    traits: NDArray[np.float64]  # (courses, 2): turning, undulating
    seconds_per_furlong: NDArray[np.float64]
    base_bias: NDArray[np.float64]  # (courses, bands, 3): slope, curve, slope per going step
    drift: NDArray[np.float64]  # (courses, bands, 2)

    def __len__(self) -> int:
        return len(self.name)

    def drift_a_day(self, rng: np.random.Generator) -> None:
        """Moves the draw bias by one day of its mean-reverting walk."""
        keep = 0.5 ** (1 / DRIFT_HALF_LIFE)
        shock = rng.standard_normal(self.drift.shape) * np.sqrt(1 - keep**2)
        self.drift = keep * self.drift + shock

    def draw_effect(
        self,
        course: NDArray[np.int64],
        band: NDArray[np.int64],
        softness: NDArray[np.float64],
        third: NDArray[np.int64],
        field: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Log-strength that a stall's third is worth, per runner; larger in larger fields."""
        base, drift = self.base_bias[course, band], self.drift[course, band]
        fixed = np.sqrt(1 - DRIFT_SHARE**2)
        slope = fixed * base[:, 0] + DRIFT_SHARE * drift[:, 0] + 0.45 * base[:, 2] * softness
        curve = 0.6 * (fixed * base[:, 1] + DRIFT_SHARE * drift[:, 1])
        side = third - 2.0
        shape = slope * side + curve * (2 / 3 - side**2)
        crowd = np.clip((field - 3) / 7, 0.0, 1.3)
        strength: NDArray[np.float64] = DRAW_BIAS * BAND_STRENGTH[band] * crowd * shape
        return strength


def lay_out(count: int, rng: np.random.Generator) -> Courses:
    """Draws ``count`` racecourses; about two in five Irish or French, five all-weather tracks."""
    aw = max(2, round(count * 0.09))
    irish, french = round(count * 0.26), max(1, round(count * 0.04))
    british = count - aw - irish - french
    names: list[str] = []
    country: list[int] = []
    kind: list[int] = []
    venue: list[int] = []

    def add(name: str, land: int, *codes: int) -> None:
        place = venue[-1] + 1 if venue else 0
        for code in codes:
            names.append(name)
            country.append(land)
            kind.append(code)
            venue.append(place)

    for i in range(british):
        codes = ((JUMPS,), (TURF,), (TURF, JUMPS), (JUMPS,), (TURF,))[i % 5]
        add(BRITISH_COURSES[i], GB, *codes)
    for i in range(irish):
        add(f"{IRISH_COURSES[i]} (IRE)", IRE, *((TURF, JUMPS), (JUMPS,), (TURF,))[i % 3])
    for i in range(french):
        add(f"{FRENCH_COURSES[i]} (FR)", FR, TURF)
    for i in range(aw):
        land = IRE if i == 3 else GB
        add(f"{ALL_WEATHER[i]} (AW)" + (" (IRE)" if land == IRE else ""), land, AW)
    size = len(names)
    lands, kinds = np.array(country, dtype=np.int8), np.array(kind, dtype=np.int8)
    appeal = np.exp(rng.normal(0, 0.4, size)) * np.where(lands == FR, 0.35, 1.0)
    return Courses(
        name=names,
        country=lands,
        kind=kinds,
        venue=np.array(venue, dtype=np.int32),
        appeal=appeal * np.where(lands == IRE, 0.75, 1.0),
        softness=rng.normal(0, 0.25, size) + np.where(lands == IRE, 0.3, 0.0),
        traits=rng.standard_normal((size, 2)),
        seconds_per_furlong=rng.normal(1.0, 0.015, size),
        base_bias=np.sqrt(COMMON_SHARE) * rng.standard_normal((size, 1, 3))
        + np.sqrt(1 - COMMON_SHARE) * rng.standard_normal((size, BANDS, 3)),
        drift=rng.standard_normal((size, BANDS, 2)),
    )
