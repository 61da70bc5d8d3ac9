"""Prices: which decide, which settle, and at which bets are struck."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from velo.settings.section import Odds, PriceKind, Section, Unit

Commission = Annotated[float, Field(ge=0, le=0.99), Unit("share of net winnings")]


class OddsBand(Section):
    """Decimal odds within which bets are struck and band metrics are taken."""

    low: Odds = Field(5.0, description="shortest price that is bet")
    high: Odds = Field(21.0, description="longest price that is bet")

    @model_validator(mode="after")
    def _ordered(self) -> OddsBand:
        if self.low >= self.high:
            raise ValueError("odds_band.low must be below odds_band.high")
        return self


class PriceHours(Section):
    """Hours of prices that carry no time, by the clock of the course."""

    evening: time = Field(time(20), description="of the day before")
    breakfast: time = Field(time(8), description="of the race day")
    morning: time = Field(time(10), description="of the race day")
    open: Annotated[int, Unit("minutes")] = Field(15, ge=0, le=1440, description="before the off")

    @field_validator("evening", "breakfast", "morning")
    @classmethod
    def _of_the_course(cls, hour: time) -> time:
        if hour.tzinfo is not None:
            raise ValueError("must be a time of day such as 08:30, by the clock of the course")
        return hour

    def order(self, kind: str) -> tuple[int, time]:
        """By which kinds of price follow one another on the way to the off."""
        hours = {"evening": (0, self.evening), "breakfast": (1, self.breakfast)}
        hours |= {"morning": (1, self.morning), "open": (2, time())}
        return hours.get(kind, (3, time()))


class PriceTerms(Section):
    """Which prices decide and which settle (evaluation.md, Two prices)."""

    decision: PriceKind = Field("sp", description="the price that a bet is chosen by")
    settlement: PriceKind = Field("sp", description="the price that a bet is paid at")
    devig: Literal["shin", "power", "proportional", "auto"] = Field(
        "auto", description="auto takes the likeliest, out of fold, before the first test days"
    )
    commission: dict[PriceKind, Commission] = Field(
        {"sp": 0.0, "bsp": 0.02, "wap": 0.02}, description="by kind of price"
    )
    exchange: tuple[PriceKind, ...] = Field(
        ("bsp", "wap"), description="matched on the exchange: its reduction factor, not Rule 4"
    )
    clock: PriceHours = PriceHours()

    @model_validator(mode="after")
    def _paid_at_what_can_still_be_had(self) -> PriceTerms:
        if self.clock.order(self.settlement) < self.clock.order(self.decision):
            raise ValueError(
                f"prices.settlement {self.settlement} is quoted before prices.decision "
                f"{self.decision}: a bet is paid at the price that chose it or at a later one"
            )
        return self

    def commission_of(self, kind: str) -> float:
        """The share of a market's net winnings that is kept at a kind of price, 0 if none is."""
        return next((share for named, share in self.commission.items() if named == kind), 0.0)
