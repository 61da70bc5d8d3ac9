"""The report's form (evaluation.md, Backtest): one declaration for writing and for `--schema`."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _null_unless_finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _null_without_both_ends(ends: Any) -> Any:
    return None if ends is None or not all(math.isfinite(end) for end in ends) else ends


Number = Annotated[float | None, BeforeValidator(_null_unless_finite)]
Interval = Annotated[tuple[float, float] | None, BeforeValidator(_null_without_both_ends)]
Count = Annotated[int, Field(ge=0)]


class ReportForm(BaseModel):
    """A part of the report; it holds what is declared and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Span(ReportForm):
    """First and last day, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class Prices(ReportForm):
    """Which prices decided and settled."""

    decision: str
    settlement: str
    commission: float = Field(ge=0, le=1, description="of a market's net winnings")
    note: str = Field(description="whether bets settle at the very price they were selected on")


class Bank(ReportForm):
    """The bank, in points."""

    opening: float
    closing: float
    lowest: float
    path: list[float] = Field(description="at the end of each of the report's `days`")
    drawdown: list[float] = Field(description="below its highest so far, on the same days")


class RandomSelections(ReportForm):
    """As many random selections at the same odds; level stakes, before commission."""

    draws: Count
    selected_roi: Number = Field(description="of the strategy's own selections on these terms")
    roi: Number = Field(description="mean of the random selections")
    roi_ci: Interval = Field(description="holds 95% of the random selections")
    p_value: float = Field(gt=0, le=1, description="share that did as well or better")


class Strength(ReportForm):
    """Whether so many bets can show the edge that the model claims."""

    claimed_edge: Number = Field(
        description="winners that the model expects over those that the paid prices expect, less 1"
    )
    power: float = Field(ge=0, le=1, description="chance that ae_ratio_ci lies above 1 if true")
    bets_needed: Count | None = Field(description="for a power of 80%; null: nothing is claimed")


class Sharpe(ReportForm):
    """Of daily returns over every race day of the period."""

    daily: Number
    deflated: Number = Field(
        description="probability that it is above what the best of the strategies shows by luck"
    )


class Statement(ReportForm):
    """A strategy's account; intervals are 95%, by race day, null where there is none."""

    bets: Count = Field(description="settled bets")
    bet_days: Count = Field(description="race days with one; of fewer than ten, no interval")
    unsettled: Count = Field(
        description="bets that no price settles, or a deduction that is not known: left out"
    )
    winners: float = Field(ge=0, description="a dead heat counts its share")
    staked: float = Field(ge=0, description="points; each way both halves")
    profit: float = Field(description="points, net of commission")
    roi: Number
    roi_ci: Interval
    ae_ratio: Number = Field(description="winners over the sum of 1/settlement odds")
    ae_ratio_ci: Interval
    ae_fair: Number = Field(description="winners over the sum of de-vigged probability")
    ae_fair_ci: Interval
    max_drawdown: float = Field(ge=0, description="points, at the end of race days")
    strike_rate: Number
    strike_rate_ci: Interval
    clv: Number = Field(
        None,
        description="mean of decision price, less deductions, x de-vigged closing chance, less 1; "
        "each way that of the win",
    )
    clv_ci: Interval = None
    clv_bets: Count = Field(0, description="bets that have a closing value")
    clv_days: Count = Field(0, description="race days with one; of fewer than ten, no interval")
    clv_at_close: Count = Field(0, description="bets at the closing price itself, which have none")
    clv_unknown: Count = Field(
        0, description="bets in races without a whole close, or with a deduction that is not known"
    )
    stake: str
    each_way: bool
    bank: Bank
    random: RandomSelections | None
    power: Strength | None = Field(description="null where ae_ratio has no interval")
    sharpe: Sharpe | None = Field(description="null for what was not compared")


class Strategies(ReportForm):
    """The built-in ones stake a flat point in the odds band; those beside them are declared."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, Statement]

    top10: Statement
    top20: Statement
    top30: Statement
    all: Statement


class Baseline(ReportForm):
    """What needs no model."""

    favourite: Statement = Field(description="a point on each favourite; joint ones share it")
    blind_band: Statement = Field(description="a point on every runner in the odds band")


class Comparison(ReportForm):
    """What was chosen from, and how far choosing the best misleads."""

    strategies: list[str]
    probability_of_overfitting: Number = Field(
        description="that the best of one half of the days is below the middle in the other"
    )


class Leg(ReportForm):
    """One model of a walk-forward and the days that it bet."""

    period: Span
    train_end: date = Field(description="the first day that it was not trained on")
    cutoffs: dict[str, float]
    alpha_share: Number
    races: Count
    delta_ll: Number = Field(description="nats a race over the power-calibrated market")


class Withdrawals(ReportForm):
    """Horses withdrawn from the period's races, whose own bets are returned."""

    horses: Count
    law: str = Field(description="what a withdrawal does to the settlement price")
    unsettleable_races: Count = Field(description="for want of a withdrawn horse's price")
    overbroke_races: Count = Field(
        0,
        description="whose decision book over the horses that ran is below 1: one is missing that "
        "was priced then, though no source names it",
    )


class Returned(ReportForm):
    """Bets on these are returned: in no figure are they staked, won or lost."""

    withdrawn: Count = Field(
        description="horses withdrawn that had a decision price in the odds band"
    )
    void: Count = Field(description="horses of void races that had one")
    void_races: Count = Field(description="all races of the period that were declared void")


class Report(ReportForm):
    """Backtest of one model, or of one recipe walked forward, over one period."""

    version: str
    run_id: str
    period: Span
    prices: Prices
    races: Count
    runners: Count
    excluded: dict[str, Count] = Field(description="races left out, by reason")
    strategies: Strategies
    price_buckets: dict[str, Statement] = Field(description="top20 by its decision price")
    calibration_error: Number
    delta_r2: Number = Field(description="over the power-calibrated market")
    delta_ll_ci: Interval = Field(
        description="nats a race over the power-calibrated market, at the level "
        "1 - 0.05 / (earlier_looks + 1)"
    )
    earlier_looks: Count = Field(
        description="by other models, walks or strategies in Python at any of these days, as "
        "MLflow keeps them"
    )
    alpha_share: Number = Field(description="of the last model")
    baseline: Baseline
    days: list[date] = Field(description="race days, in order")
    withdrawals: Withdrawals
    returned: Returned
    comparison: Comparison
    walk_forward: list[Leg] | None = Field(description="null: one model throughout")
    python_strategies: dict[str, str] = Field(
        {}, description="strategy in Python -> SHA-256 of the file that it is in"
    )
    caveats: list[str]


def schema() -> dict[str, Any]:
    """The report's JSON schema, draft 2020-12."""
    return {"$schema": DIALECT, **Report.model_json_schema(mode="serialization")}
