"""Strategies that need no code, stakes, and the bank of a backtest."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from velo.settings.section import Draws, Finite, Odds, Points, Section, Unit

BUILT_IN_STRATEGIES = ("top10", "top20", "top30", "all", "favourite", "blind_band")
"""The last two need no model: they are what a backtest sets the others against."""
FOLLOWED = BUILT_IN_STRATEGIES[:4]
"""Those whose stakes can be printed and kept every day."""


def _not_built_in(name: str) -> str:
    if name in BUILT_IN_STRATEGIES:
        raise ValueError(f"{name} is built in; choose another name")
    return name


def _module_and_class(named: str) -> str:
    if (
        re.fullmatch(r"[A-Za-z_]\w{0,99}(\.[A-Za-z_]\w{0,99}){0,9}:[A-Za-z_]\w{0,99}", named)
        is None
    ):
        raise ValueError("must be a module and a class in it, such as strategies:Quiet")
    return named


StrategyName = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$"), AfterValidator(_not_built_in)
]
PythonClass = Annotated[str, AfterValidator(_module_and_class)]


OfTheBank = Annotated[float, Field(ge=1e-9, le=1), Unit("share of the bank")]


class Stake(Section):
    """How much a bet gets; every cap is a share of the bank.

    The bank is the opening one for plans of fixed points and each day's own for Kelly.
    """

    plan: Literal["flat", "level_to_win", "kelly"] = "flat"
    points: Points = Field(1.0, description="staked (flat) or to be won (level_to_win)")
    fraction: Annotated[float, Unit("share of the Kelly stake")] = Field(0.25, ge=1e-9, le=1)
    cap_bet: OfTheBank = Field(1.0, description="on a runner")
    cap_race: OfTheBank = Field(1.0, description="on all runners of a race")
    cap_day: OfTheBank = Field(1.0, description="on all races of a day")


class Strategy(Section):
    """Which runners a declared strategy backs, and how; what is not given does not narrow."""

    odds_low: Odds | None = Field(None, description="decision price; default: odds_band's")
    odds_high: Odds | None = Field(None, description="decision price; default: odds_band's")
    min_edge: Annotated[Finite, Unit("points a point staked")] | None = Field(
        None, description="expected profit must exceed it"
    )
    top_share: Annotated[float, Unit("share of the odds band")] | None = Field(
        None,
        ge=0.01,
        le=0.99,
        multiple_of=0.01,
        description="the best, by the expected value that was the cut-off before",
    )
    courses: tuple[str, ...] = Field((), description="however they are written; () is all")
    race_types: tuple[str, ...] = Field((), description="such as Flat or Hurdle; () is all")
    classes: tuple[Annotated[Finite, Unit("class levels")], ...] = Field(
        (), description="1 the best, pattern races below 1; () is all"
    )
    python: PythonClass | None = Field(
        None, description="`module:Class` in the project folder, which chooses among the others"
    )
    stake: Stake = Stake()
    each_way: bool = Field(False, description="half of the stake on the place; backtests only")

    @model_validator(mode="after")
    def _ordered(self) -> Strategy:
        if self.odds_low and self.odds_high and self.odds_low >= self.odds_high:
            raise ValueError("odds_low must be below odds_high")
        return self


class Backtest(Section):
    """The bank, the walk and the null of a backtest."""

    bank: Points = Field(100.0, description="on the first day")
    retrain_months: Annotated[int, Unit("months")] = Field(
        3, ge=1, le=1200, description="between two fits of a walk-forward"
    )
    null_draws: Draws = Field(1000, description="random selections that a strategy faces")
