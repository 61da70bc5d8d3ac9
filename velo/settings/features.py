"""Windows, priors and the layoff curve: what features are made with."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pydantic import Field, model_validator

from velo.settings.section import Count, Days, Finite, Positive, Section

IN_A_NAME = {
    "strike_rate_short": ("trainer_sr_14d", 14),
    "strike_rate_medium": ("trainer_sr_30d", 30),
    "strike_rate_long": ("trainer_sr_90d", 90),
    "pair": ("pair_wins_365d", 365),
    "draw_bias": ("draw_variance_180d", 180),
}
"""What could be set before: lengths that stand in the name of a feature or of a table's column."""


class Windows(Section):
    """How far back, and over how many races, class levels and par times are read.

    The build records them and so does each model: features of other windows are other features
    (feature-rules.md, Time).
    """

    prize_ladder: Days = 365
    prize_ladder_races: Count = Field(200, description="fewer races: no level from prizes")
    par_races: Count = Field(20, description="fewer races: no par time")

    @model_validator(mode="before")
    @classmethod
    def _as_named(cls, given: Any) -> Any:
        """Homes, runs and models of earlier versions may say a length, if it is the name's."""
        if not isinstance(given, dict):
            return given
        for name in IN_A_NAME.keys() & given.keys():
            bearer, days = IN_A_NAME[name]
            if str(given[name]) != str(days):
                raise ValueError(
                    f"{name} is no setting any more: {bearer} is of {days} days, as it says; "
                    "take it out, and declare a feature of its own for another length"
                )
        return {name: value for name, value in given.items() if name not in IN_A_NAME}

    def unlike(self, other: Windows) -> str | None:
        """The first setting that the other has otherwise, as `windows.par_races 20, not 25`."""
        for name, value in self:
            if value != getattr(other, name):
                return f"windows.{name} {value}, not {getattr(other, name)}"
        return None


class Priors(Section):
    """Shrinkage strengths and population values, used where a training run has fitted none.

    Strengths are in starts for rates and in expected wins for impact values.
    """

    p0: float = Field(0.105, ge=1e-6, le=0.999, description="population strike rate")
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

    knots: tuple[tuple[Finite, Finite], ...] = (
        (0, 0.15),
        (15, 0.10),
        (30, 0.0),
        (60, 0.0),
        (120, 0.15),
        (240, 0.30),
    )
    sweet_spot: tuple[Finite, Finite] = (30, 60)

    @model_validator(mode="after")
    def _increasing(self) -> Layoff:
        days = [day for day, _ in self.knots]
        if len(days) < 2 or any(b <= a for a, b in pairwise(days)):
            raise ValueError("layoff.knots need at least two days, each later than the one before")
        if self.sweet_spot[0] > self.sweet_spot[1]:
            raise ValueError("layoff.sweet_spot must run from its lower to its upper day")
        return self
