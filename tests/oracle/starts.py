"""Words of feature-rules.md: a start, and what its race makes of it."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Start:
    """A runner as a results file has it; `started` is False for a withdrawn horse.

    `race_level` is the level declared by class or pattern, `prize` the race's highest prize,
    `distance_key` the exact distance in metres, `order` a race's place in its day.
    """

    race_id: str
    date: date
    order: int
    horse: str
    trainer: str | None = None
    jockey: str | None = None
    course: str = "Ascot"
    surface: str | None = "turf"
    distance_band: str | None = "sprint"
    distance_key: float | None = 1000.0
    going_group: str | None = "good"
    region: str | None = "GB"
    draw: int | None = None
    pounds: float | None = None
    official_rating: float | None = None
    race_level: float | None = None
    prize: float | None = None
    started: bool = True
    finished: bool = True
    position: int | None = None
    ts: float | None = None
    rpr: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Priors:
    """Fitted strengths (in starts, for IVs in expected wins) and population values."""

    p0: float
    k0_trainer: float
    k1_trainer: float
    k0_jockey: float
    k1_jockey: float
    k2: float
    k_horse: float
    k_draw: float
    k_form: float
    v0: float


@dataclass(frozen=True)
class Run:
    """A start together with what its race made of it."""

    start: Start
    n: int
    win: float
    percentile: float
    third: int | None

    @property
    def date(self) -> date:
        return self.start.date


def runs_of_race(starts: list[Start]) -> list[Run]:
    """Starters of one race with field size, share of the win, percentile and third.

    A start without a position counts as a non-finisher. The rank of a stall is among the
    starters that have one, and n is all starters.
    """
    starters = [s for s in starts if s.started]
    n = len(starters)
    winners = sum(1 for s in starters if s.finished and s.position == 1)
    stalls = [s.draw for s in starters if s.draw is not None]
    runs = []
    for s in starters:
        if not s.finished or s.position is None:
            percentile = 0.0
        elif n == 1:
            percentile = 1.0
        else:
            percentile = 1 - (s.position - 1) / (n - 1)
        won = s.finished and s.position == 1
        win = 1 / winners if won else 0.0
        third = None
        if s.draw is not None:
            rank = 1 + sum(1 for stall in stalls if stall < s.draw)
            third = math.ceil(3 * rank / n)
        runs.append(Run(s, n, win, percentile, third))
    return runs


def same(a: Hashable, b: Hashable) -> bool:
    """Equal and known: an unknown going, surface or band is the same as nothing."""
    return a is not None and a == b


def par_key(start: Start) -> tuple[Hashable, ...]:
    """What a par time belongs to."""
    return (start.course, start.surface, start.distance_key, start.going_group)
