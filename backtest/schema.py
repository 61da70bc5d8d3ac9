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


class Form(BaseModel):
    """A part of the report; it holds what is declared and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Span(Form):
    """First and last day, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class Prices(Form):
    """Which prices decided and settled."""

    decision: str
    settlement: str
    commission: float = Field(ge=0, le=1, description="of a market's net winnings")
    note: str = Field(description="whether bets settle at the very price they were selected on")


class Statement(Form):
    """A strategy's account; intervals are 95%, by race day, null where there is none."""

    bets: Count = Field(description="settled bets")
    unsettled: Count = Field(description="bets without a settlement price, returned")
    winners: float = Field(ge=0, description="a dead heat counts its share")
    staked: float = Field(ge=0, description="points")
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


class Strategies(Form):
    """Flat stakes of one point on runners in the odds band."""

    top10: Statement
    top20: Statement
    top30: Statement
    all: Statement


class Baseline(Form):
    """What needs no model."""

    favourite: Statement = Field(description="a point on each favourite; joint ones share it")
    blind_band: Statement = Field(description="a point on every runner in the odds band")


class Report(Form):
    """Backtest of one model over one period."""

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
    delta_ll_ci: Interval = Field(description="nats a race over the power-calibrated market")
    alpha_share: Number
    baseline: Baseline


def schema() -> dict[str, Any]:
    """The report's JSON schema, draft 2020-12."""
    return {"$schema": DIALECT, **Report.model_json_schema(mode="serialization")}
