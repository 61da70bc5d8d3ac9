"""How large a world is: its days, courses, trainers and jockeys for a number of runners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from velo.errors import InputError

FIRST_DAY = date(2015, 1, 1)
MEAN_RACES_A_MEETING = 7.0
MEAN_FIELD = 9.5

_LOG_RUNNERS = (3.0, 4.0, 5.0, 5.477, 6.301)
_YEARS = (1.0, 2.0, 4.0, 5.0, 11.0)
_COURSES = (12.0, 24.0, 44.0, 56.0, 64.0)

# Great Britain and Ireland hold about 180,000 runners a year: the books there set the scale.
_REAL_RUNNERS_A_YEAR = 182_000.0
_REAL_TRAINERS = 2_800.0
_REAL_JOCKEYS = 7_600.0


@dataclass(frozen=True)
class WorldScale:
    """Counts that a world of ``runners`` needs."""

    runners: int
    days: int
    courses: int
    trainers: int
    jockeys: int


def scale_for(runners: int) -> WorldScale:
    """The scale of a world of ``runners`` rows.

    The span grows with the logarithm of the size: 4 years at 100,000, 11 at two million.

    Raises:
        InputError: fewer than 1,000 runners.
    """
    if runners < 1_000:
        raise InputError(f"runners is {runners}: a world needs at least 1000, raise --runners")
    log_runners = float(np.log10(runners))
    years = float(np.interp(log_runners, _LOG_RUNNERS, _YEARS))
    share = runners / years / _REAL_RUNNERS_A_YEAR
    return WorldScale(
        runners=runners,
        days=round(years * 365.25),
        courses=round(float(np.interp(log_runners, _LOG_RUNNERS, _COURSES))),
        trainers=max(40, round(_REAL_TRAINERS * share**0.9)),
        jockeys=max(100, round(_REAL_JOCKEYS * share**0.97)),
    )
