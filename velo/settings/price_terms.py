"""Prices: which decide, which settle, and at which bets are struck."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

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

    def commission_of(self, kind: str) -> float:
        """The share of a market's net winnings that is kept at a kind of price, 0 if none is."""
        return next((share for named, share in self.commission.items() if named == kind), 0.0)
