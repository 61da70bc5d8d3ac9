"""A strategy's account: what was staked, what came back, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training import bootstrap
from training.bootstrap import Days, Estimate
from training.races import Floats
from velo.racing import settlement

UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, eq=False)
class Account:
    """Bets of one strategy that could be settled, one row each, in order of date.

    Attributes:
        stake: points.
        profit: points, net of commission.
        win_share: 1/k for each of k dead-heaters for first, else 0.
        odds: the settlement price.
        fair: the de-vigged market probability.
        dates: the race's date.
        unsettled: bets without a price to settle at; their stakes are returned and they count in
            nothing else.
    """

    stake: Floats
    profit: Floats
    win_share: Floats
    odds: Floats
    fair: Floats
    dates: npt.NDArray[Any]
    unsettled: int

    @classmethod
    def settle(
        cls,
        stake: Floats,
        win_share: Floats,
        settlement_odds: Floats,
        fair: Floats,
        race: npt.NDArray[Any],
        dates: npt.NDArray[Any],
        commission: float,
    ) -> Account:
        """Settle the runners with a stake; every array is [runners], 0 points is no bet."""
        backed = stake > 0
        settled = backed & np.isfinite(settlement_odds)
        rows = np.flatnonzero(settled)
        rows = rows[np.argsort(dates[rows], kind="stable")]
        profit = settlement.settle(
            win_share[rows], settlement_odds[rows], race[rows], commission, stake[rows]
        )
        return cls(
            stake[rows],
            profit,
            win_share[rows],
            settlement_odds[rows],
            fair[rows],
            dates[rows],
            int(backed.sum() - settled.sum()),
        )

    def __len__(self) -> int:
        return len(self.stake)

    @property
    def winners(self) -> float:
        """Wins, a dead heat counting its share."""
        return float(self.win_share.sum())

    def roi(self, draws: int, seed: int) -> Estimate:
        """Profit over staked."""
        return self._ratio(self.profit, self.stake, draws, seed)

    def ae_ratio(self, draws: int, seed: int) -> Estimate:
        """Winners over the sum of 1/settlement odds."""
        return self._ratio(self.win_share, 1.0 / self.odds, draws, seed)

    def ae_fair(self, draws: int, seed: int) -> Estimate:
        """Winners over the sum of de-vigged probability."""
        return self._ratio(self.win_share, self.fair, draws, seed)

    def strike_rate(self, draws: int, seed: int) -> Estimate:
        """Winners over bets."""
        return self._ratio(self.win_share, np.ones(len(self)), draws, seed)

    def path(self) -> tuple[npt.NDArray[Any], Floats]:
        """Race days with a bet, and the profit so far at the end of each, in points."""
        days, index = np.unique(self.dates, return_inverse=True)
        by_day = np.bincount(index.reshape(-1), self.profit, minlength=len(days))
        return days, np.cumsum(by_day)

    def max_drawdown(self) -> float:
        """The deepest fall of the profit from its highest point so far, in points, >= 0.

        Taken at the end of each race day, from a start of 0: the order of the races within a day
        is not known to every source.
        """
        _, profit = self.path()
        with_start = np.concatenate([[0.0], profit])
        return float((np.maximum.accumulate(with_start) - with_start).max())

    def _ratio(self, top: Floats, bottom: Floats, draws: int, seed: int) -> Estimate:
        if not len(self):
            return UNKNOWN
        return bootstrap.ratio(top, bottom, Days.of(self.dates), draws, seed)
