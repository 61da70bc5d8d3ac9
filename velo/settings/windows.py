"""Windows, priors and the layoff curve: what features are made with."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, model_validator

from velo.settings.section import Days, Finite, Positive, Races, Section, Unit

IN_A_NAME = {
    "strike_rate_short": ("trainer_sr_14d", 14),
    "strike_rate_medium": ("trainer_sr_30d", 30),
    "strike_rate_long": ("trainer_sr_90d", 90),
    "pair": ("pair_wins_365d", 365),
    "draw_bias": ("draw_variance_180d", 180),
}
"""What could be set before: lengths that stand in the name of a feature or of a table's column."""


NormalScores = Annotated[Finite, Unit("normal scores")]


class Windows(Section):
    """How far back, and over how many races, class levels and par times are read.

    The price curve stands for a region's own until there is a year of its results. The build
    records them and so does each model: features of other windows are other features
    (feature-rules.md, Time).
    """

    prize_ladder: Days = Field(365, description="whose prizes are ranked for a class level")
    prize_ladder_races: Races = Field(200, description="fewer: no level from prizes")
    par_races: Races = Field(20, description="fewer: no par time")
    price_curve_linear: NormalScores = Field(
        0.4721,
        description="what finish a price lets expect, before a year of results: per log price",
    )
    price_curve_square: NormalScores = Field(-0.0166, description="the same, per its square")
    price_curve_cube: NormalScores = Field(0.0051, description="the same, per its cube")

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


Starts = Annotated[Positive, Unit("starts")]
ExpectedWins = Annotated[Positive, Unit("expected wins")]


class Priors(Section):
    """Shrinkage strengths and population values, used where a training run has fitted none.

    Strengths are in starts for rates and in expected wins for impact values.
    """

    p0: Annotated[float, Unit("wins a start")] = Field(
        0.105, ge=1e-6, le=0.999, description="population strike rate"
    )
    trainer_k0: Starts = Field(60.0, description="of a trainer's career towards p0")
    trainer_k1: Starts = Field(120.0, description="of a trainer's window towards the career")
    jockey_k0: Starts = Field(60.0, description="of a jockey's career towards p0")
    jockey_k1: Starts = Field(150.0, description="of a jockey's window towards the career")
    pair_k2: Starts = Field(60.0, description="of a trainer and jockey together")
    horse_k: ExpectedWins = Field(2.0, description="of a horse's impact values")
    draw_k: ExpectedWins = Field(40.0, description="of the draw in a cell")
    draw_distance_k: ExpectedWins = Field(40.0, description="of the draw at a distance")
    draw_course_k: ExpectedWins = Field(20.0, description="of the draw at a course")
    form_k: Starts = Field(3.0, description="of a horse's variance towards form_v0")
    form_v0: Annotated[Positive, Unit("percentile squared")] = Field(
        0.075, description="population variance of a horse's finishing percentile"
    )


class Layoff(Section):
    """Knots (days, penalty) and sweet spot of the layoff (feature-rules.md, layoff_penalty)."""

    knots: tuple[Annotated[tuple[Finite, Finite], Unit("days, penalty")], ...] = Field(
        ((0, 0.15), (15, 0.10), (30, 0.0), (60, 0.0), (120, 0.15), (240, 0.30)),
        description="straight between two, level beyond the last",
    )
    sweet_spot: Annotated[tuple[Finite, Finite], Unit("days")] = Field(
        (30, 60), description="from and to, since the last start"
    )

    @model_validator(mode="after")
    def _increasing(self) -> Layoff:
        days = [day for day, _ in self.knots]
        if len(days) < 2 or any(b <= a for a, b in pairwise(days)):
            raise ValueError("layoff.knots need at least two days, each later than the one before")
        if self.sweet_spot[0] > self.sweet_spot[1]:
            raise ValueError("layoff.sweet_spot must run from its lower to its upper day")
        return self
