"""Prices: which decide, which settle, and at which bets are struck."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from velo.settings.section import Odds, PriceKind, Section

Commission = Annotated[float, Field(ge=0, le=0.99)]


class OddsBand(Section):
    """Decimal odds within which bets are struck and band metrics are taken."""

    low: Odds = 5.0
    high: Odds = 21.0

    @model_validator(mode="after")
    def _ordered(self) -> OddsBand:
        if self.low >= self.high:
            raise ValueError("odds_band.low must be below odds_band.high")
        return self


class Prices(Section):
    """Which prices decide and which settle (evaluation.md, Two prices)."""

    decision: PriceKind = "sp"
    settlement: PriceKind = "sp"
    devig: Literal["shin", "power", "proportional", "auto"] = Field(
        "auto", description="auto takes the likeliest, out of fold, before the first test days"
    )
    commission: dict[PriceKind, Commission] = Field(
        {"sp": 0.0, "bsp": 0.02, "wap": 0.02}, description="of a market's net winnings"
    )
    exchange: tuple[PriceKind, ...] = Field(
        ("bsp", "wap"), description="matched on the exchange: its reduction factor, not Rule 4"
    )

    def commission_of(self, kind: str) -> float:
        """The share of a market's net winnings that is kept at a kind of price, 0 if none is."""
        return next((share for named, share in self.commission.items() if named == kind), 0.0)
