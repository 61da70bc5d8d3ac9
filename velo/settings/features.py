"""Windows, priors and the layoff curve: what features are made with."""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field, model_validator

from velo.settings.section import Positive, Section


class Windows(Section):
    """Lengths of the rolling windows, in days before the race (feature-rules.md, Time)."""

    strike_rate_short: int = Field(14, ge=1)
    strike_rate_medium: int = Field(30, ge=1)
    strike_rate_long: int = Field(90, ge=1)
    pair: int = Field(365, ge=1)
    draw_bias: int = Field(180, ge=1)
    prize_ladder: int = Field(365, ge=1)
    prize_ladder_races: int = Field(200, ge=1, description="fewer races: no level from prizes")
    par_races: int = Field(20, ge=1, description="fewer races: no par time")

    @model_validator(mode="after")
    def _ordered(self) -> Windows:
        if not self.strike_rate_short < self.strike_rate_medium < self.strike_rate_long:
            raise ValueError("strike_rate_short < strike_rate_medium < strike_rate_long must hold")
        return self


class Priors(Section):
    """Shrinkage strengths and population values, used where a training run has fitted none.

    Strengths are in starts for rates and in expected wins for impact values.
    """

    p0: float = Field(0.105, gt=0, lt=1, description="population strike rate")
    trainer_k0: Positive = 60.0
    trainer_k1: Positive = 120.0
    jockey_k0: Positive = 60.0
    jockey_k1: Positive = 150.0
    pair_k2: Positive = 60.0
    horse_k: Positive = 2.0
    draw_k: Positive = 40.0
    draw_distance_k: Positive = 40.0
    draw_course_k: Positive = 20.0
    form_k: Positive = 3.0
    form_v0: Positive = 0.075


class Layoff(Section):
    """Knots (days, penalty) and sweet spot of the layoff (feature-rules.md, layoff_penalty)."""

    knots: tuple[tuple[float, float], ...] = (
        (0, 0.15),
        (15, 0.10),
        (30, 0.0),
        (60, 0.0),
        (120, 0.15),
        (240, 0.30),
    )
    sweet_spot: tuple[float, float] = (30, 60)

    @model_validator(mode="after")
    def _increasing(self) -> Layoff:
        days = [day for day, _ in self.knots]
        if len(days) < 2 or any(b <= a for a, b in pairwise(days)):
            raise ValueError("layoff.knots need at least two days, each later than the one before")
        if self.sweet_spot[0] > self.sweet_spot[1]:
            raise ValueError("layoff.sweet_spot must run from its lower to its upper day")
        return self
