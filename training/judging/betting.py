"""Figures of a set of bets: A/E, fair A/E, ROI (evaluation.md, Metrics).

One point is staked on each bet, flat. Every figure carries its interval by race day and the number
of bets that it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Estimate, Resampling
from velo.arrays import Flags, Floats, Integers
from velo.racing import settlement


@dataclass(frozen=True)
class BettingFigure:
    """A figure of bets: value, 95% interval (NaN if there is none), bets and their race days."""

    value: float
    low: float
    high: float
    bets: int
    days: int


@dataclass(frozen=True, eq=False)
class Bets:
    """Bets that can be settled, one row each.

    Attributes:
        win_share: 1/k for each of k dead-heaters for first, else 0.
        odds: the settlement price, never missing.
        fair: the de-vigged market probability.
        race: which race the bet is in.
        dates: the race's date.
        unsettleable: selections left out because they have no settlement price.
    """

    win_share: Floats
    odds: Floats
    fair: Floats
    race: npt.NDArray[Any]
    dates: npt.NDArray[Any]
    unsettleable: int

    @classmethod
    def struck(
        cls,
        selected: Flags,
        win_share: Floats,
        settlement_odds: Floats,
        fair: Floats,
        race: npt.NDArray[Any],
        dates: npt.NDArray[Any],
    ) -> Bets:
        """The bets on the selected runners; every argument is [runners]."""
        chosen = selected & np.isfinite(settlement_odds)
        return cls(
            win_share[chosen],
            settlement_odds[chosen],
            fair[chosen],
            np.asarray(race)[chosen],
            np.asarray(dates)[chosen],
            int(selected.sum() - chosen.sum()),
        )

    def __len__(self) -> int:
        return len(self.win_share)

    def profit(self, commission: float) -> Floats:
        """Profit of each bet in points, net of commission on each race's net winnings."""
        return settlement.settle(self.win_share, self.odds, self.race, commission)


def ae_ratio(bets: Bets, resampling: Resampling) -> BettingFigure:
    """Actual winners over expected, sum of 1/settlement odds."""
    return _figure(bets, bets.win_share, 1.0 / bets.odds, resampling)


def ae_fair(bets: Bets, resampling: Resampling) -> BettingFigure:
    """Actual winners over the sum of de-vigged probabilities: the margin does not flatter it."""
    return _figure(bets, bets.win_share, bets.fair, resampling)


def roi(bets: Bets, commission: float, resampling: Resampling) -> BettingFigure:
    """Profit over staked: 0 is break-even, -1 loses all."""
    return _figure(bets, bets.profit(commission), np.ones(len(bets)), resampling)


@dataclass(frozen=True, eq=False)
class ClosingValues:
    """What runners' decision prices were worth at the close (`velo.racing.closing`), [runners].

    Attributes:
        value: NaN where there is none.
        at_close: whether the price is the closing price itself.
    """

    value: Floats
    at_close: Flags

    def of(self, rows: Flags | Integers) -> ClosingValues:
        """Those of some runners."""
        return ClosingValues(self.value[rows], self.at_close[rows])

    @property
    def known(self) -> Flags:
        """Which have a value."""
        return np.isfinite(self.value)

    @property
    def unknown(self) -> int:
        """How many have none for want of a whole close, or of a deduction."""
        return int((~self.known & ~self.at_close).sum())


def closing_value(
    closing: ClosingValues, dates: npt.NDArray[Any], resampling: Resampling
) -> BettingFigure:
    """Mean closing value of the bets that have one, over the race days that have such a bet."""
    known = closing.known
    if not known.any():
        nothing = float("nan")
        return BettingFigure(nothing, nothing, nothing, 0, 0)
    days = Days.of(np.asarray(dates)[known])
    mean = bootstrap.mean(closing.value[known], days, resampling)
    return BettingFigure(mean.value, mean.low, mean.high, int(known.sum()), days.count)


def _figure(
    bets: Bets, numerator: Floats, denominator: Floats, resampling: Resampling
) -> BettingFigure:
    days = Days.of(bets.dates)
    estimate = Estimate(float("nan"), float("nan"), float("nan"))
    if len(bets):
        estimate = bootstrap.ratio(numerator, denominator, days, resampling)
    return BettingFigure(estimate.value, estimate.low, estimate.high, len(bets), days.count)
