"""Strategies that need no code, stakes, and the bank of a backtest."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from velo.settings.section import Draws, Finite, Odds, Points, Section

BUILT_IN_STRATEGIES = ("top10", "top20", "top30", "all", "favourite", "blind_band")
"""The last two need no model: they are what a backtest sets the others against."""
FOLLOWED = BUILT_IN_STRATEGIES[:4]
"""Those whose stakes can be printed and kept every day."""


def _not_built_in(name: str) -> str:
    if name in BUILT_IN_STRATEGIES:
        raise ValueError(f"{name} is built in; choose another name")
    return name


StrategyName = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$"), AfterValidator(_not_built_in)
]


class Stake(Section):
    """How much a bet gets; every cap is a share of the bank.

    The bank is the opening one for plans of fixed points and each day's own for Kelly.
    """

    plan: Literal["flat", "level_to_win", "kelly"] = "flat"
    points: Points = Field(1.0, description="staked (flat) or to be won (level_to_win)")
    fraction: float = Field(0.25, ge=1e-9, le=1, description="of the Kelly stake")
    cap_bet: float = Field(1.0, ge=1e-9, le=1)
    cap_race: float = Field(1.0, ge=1e-9, le=1)
    cap_day: float = Field(1.0, ge=1e-9, le=1)


class Strategy(Section):
    """Which runners a declared strategy backs, and how; what is not given does not narrow."""

    odds_low: Odds | None = Field(None, description="decision price; default: odds_band's")
    odds_high: Odds | None = None
    min_edge: Finite | None = Field(None, description="expected profit of a point must exceed it")
    top_share: float | None = Field(
        None,
        ge=0.01,
        le=0.99,
        multiple_of=0.01,
        description="of the odds band, by the expected value that was the cut-off before",
    )
    courses: tuple[str, ...] = ()
    race_types: tuple[str, ...] = ()
    classes: tuple[Finite, ...] = Field((), description="levels, 1 the best; pattern below 1")
    stake: Stake = Stake()
    each_way: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Strategy:
        if self.odds_low and self.odds_high and self.odds_low >= self.odds_high:
            raise ValueError("odds_low must be below odds_high")
        return self


class Backtest(Section):
    """The bank, the walk and the null of a backtest."""

    bank: Points = Field(100.0, description="points, on the first day")
    retrain_months: int = Field(3, ge=1, le=1200)
    null_draws: Draws = Field(1000, description="random selections that a strategy faces")
