"""A strategy's account: what was staked, what came back, and the path of its bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backtest.runners import Runners
from training.judging.betting import ClosingValues
from velo.arrays import Floats, Integers
from velo.racing import settlement

COLUMNS = ("profit", "staked", "win_share", "expected", "fair", "bets", "closing", "closed")


@dataclass(frozen=True, eq=False)
class Account:
    """Bets of one strategy that could be settled, one row each.

    Attributes:
        rows: which runners.
        stake: points.
        profit: points, net of commission.
        day: the number of the race day, among `days`.
        bank: points at the end of each race day of the period, [days].
        opening: points before the first.
        day_return: each day's profit as a share of the bank that its stakes were set on, [days].
        unsettled: bets without a price to settle at; their stakes are returned and they count in
            nothing else.
    """

    rows: Integers
    stake: Floats
    profit: Floats
    day: Integers
    bank: Floats
    opening: float
    day_return: Floats
    unsettled: int

    @classmethod
    def settle(
        cls,
        shares: Floats,
        runners: Runners,
        commission: float,
        bank: float,
        each_way: bool = False,
        compounding: bool = False,
    ) -> Account:
        """Settle the runners with a stake.

        Args:
            shares: of the bank on each runner, [rows]; 0 is no bet.
            runners: with the odds that bets are paid at.
            commission: share of each race's net winnings.
            bank: points before the first day.
            each_way: whether half of a stake is on the place.
            compounding: whether each day's stakes are set on that day's own bank, or all on the
                first.
        """
        backed = np.flatnonzero(shares > 0)
        rows = backed[runners.settleable[backed]]
        share, race, day = shares[rows], runners.given.races.index[rows], runners.days.index[rows]
        gross = share * runners.payoff(each_way)[rows]
        net = gross - settlement.commission(gross, race, commission)
        day_return: Floats = np.bincount(day, net, minlength=runners.days.count).astype(np.float64)
        if compounding:
            closing = np.asarray(bank * np.cumprod(1.0 + day_return), dtype=np.float64)
            morning: Floats = np.concatenate([[bank], closing[:-1]])
        else:
            closing = np.asarray(bank * (1.0 + np.cumsum(day_return)), dtype=np.float64)
            morning = np.full(len(closing), bank)
        held = morning[day]
        return cls(
            rows, share * held, net * held, day, closing, bank, day_return, len(backed) - len(rows)
        )

    def __len__(self) -> int:
        return len(self.rows)

    def closing(self, runners: Runners) -> ClosingValues:
        """What each bet's decision price was worth at the close; nothing where nobody looked."""
        known = runners.given.closing
        if known is None:
            rows = len(self.rows)
            return ClosingValues(np.full(rows, np.nan), np.zeros(rows, dtype=np.bool_))
        return known.of(self.rows)

    def totals(self, runners: Runners) -> Floats:
        """`COLUMNS` summed by race day, [days, columns]."""
        given = runners.given
        columns = (
            self.profit,
            self.stake,
            given.win_share[self.rows],
            1.0 / given.settlement_odds[self.rows],
            given.p_market[self.rows],
            None,
            np.nan_to_num(self.closing(runners).value),
            self.closing(runners).known.astype(np.float64),
        )
        days = len(self.bank)
        return np.stack([np.bincount(self.day, each, minlength=days) for each in columns], axis=1)

    @property
    def drawdowns(self) -> Floats:
        """How far the bank lies below its highest so far at the end of each day, points.

        Taken at the end of each race day: the order of the races within a day is not known to
        every source.
        """
        path = np.concatenate([[self.opening], self.bank])
        return np.asarray(np.maximum.accumulate(path) - path)

    def max_drawdown(self) -> float:
        """The deepest fall of the bank from its highest so far, in points, >= 0."""
        return float(self.drawdowns.max())
