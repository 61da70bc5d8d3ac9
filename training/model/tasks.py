"""Three tasks that teach one line beside the market (evaluation.md, The line beside the market).

a. Who wins.
b. Who is second, and third, of those left: races with exactly one of that rank.
c. The whole order: normal scores of the ranks against the price and the line.

Gradients and information are taken where the line says nothing, so they are sums over races:
the tasks of any days are the sum of those of their blocks, and a fit is one solve.
Plackett (1975) and Luce (1959) for the stages of b.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from scipy import special

from training.statistics import pool
from training.statistics.races import Races
from velo.arrays import Flags, Floats, Integers

STAGES = (1, 2, 3)
MARKET_TERMS = 3
"""Of task c: the centred log price, its square and its cube."""


@dataclass(frozen=True, eq=False)
class PricedField:
    """Starters of whole races, each with a price and a winner.

    Attributes:
        z: [rows, terms], as `Standard.of` gives them.
        scale: [rows], what a score counts at the runner's price.
        log_market: [rows], ln pi.
        win_share: [rows], dead heats shared.
        finish: [rows], the official rank; NaN of one that did not finish.
        races: which rows make a race.
    """

    z: Floats
    scale: Floats
    log_market: Floats
    win_share: Floats
    finish: Floats
    races: Races


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Of a log-likelihood where the line says nothing; the market's terms come first.

    Attributes:
        gradient: [k].
        information: [k, k], minus the Hessian.
    """

    gradient: Floats
    information: Floats

    def __add__(self, other: Derivatives) -> Derivatives:
        return Derivatives(self.gradient + other.gradient, self.information + other.information)

    def only(self, terms: Integers, market: int) -> Derivatives:
        """Of the market's terms and some of the line's."""
        kept = np.concatenate([np.arange(market), market + terms])
        return Derivatives(self.gradient[kept], self.information[np.ix_(kept, kept)])

    def given_market(self, terms: int) -> Derivatives:
        """With the market's terms at their best, whatever the line says: Schur's complement."""
        market, line = slice(None, terms), slice(terms, None)
        g, h = self.gradient, self.information
        solved = np.linalg.lstsq(h[market, market], np.c_[g[market], h[market, line]], rcond=None)[
            0
        ]
        return Derivatives(
            g[line] - h[line, market] @ solved[:, 0],
            h[line, line] - h[line, market] @ solved[:, 1:],
        )


@dataclass(frozen=True, eq=False)
class OrderSums:
    """Task c's sums: products of [x, x^2, x^3, z] and with the normal scores.

    Attributes:
        squares: [3 + terms, 3 + terms].
        with_scores: [3 + terms].
        scores: the scores' own sum of squares.
        rows: runners.
    """

    squares: Floats
    with_scores: Floats
    scores: float
    rows: int

    def __add__(self, other: OrderSums) -> OrderSums:
        return OrderSums(
            self.squares + other.squares,
            self.with_scores + other.with_scores,
            self.scores + other.scores,
            self.rows + other.rows,
        )

    def only(self, terms: Integers) -> OrderSums:
        """Of some of the line's terms."""
        kept = np.concatenate([np.arange(MARKET_TERMS), MARKET_TERMS + terms])
        return OrderSums(
            self.squares[np.ix_(kept, kept)], self.with_scores[kept], self.scores, self.rows
        )

    def as_wins(self, power: float) -> Derivatives:
        """The task in the unit of task a: log-strength.

        Normal scores move by c_1 of the log price where the log-strength moves by `power`, the
        market's exponent in task a, so kappa = power / c_1 of the one are one of the other.
        Where the ranks say nothing of the price there is no unit, and nothing is taken of them.
        """
        least_squares = Derivatives(self.with_scores, self.squares)
        line = least_squares.given_market(MARKET_TERMS)
        market = slice(None, MARKET_TERMS)
        fit = np.linalg.lstsq(self.squares[market, market], self.with_scores[market], rcond=None)[0]
        left = self.scores - float(fit @ self.with_scores[market])
        if not (self.rows and left > 0 and fit[0] > 0):
            return Derivatives(0 * line.gradient, 0 * line.information)
        variance, kappa = left / self.rows, power / fit[0]
        return Derivatives(
            line.gradient / (variance * kappa), line.information / (variance * kappa**2)
        )


@dataclass(frozen=True, eq=False)
class TaskSums:
    """The three tasks over some races: `stages` of a and b, `order` of c."""

    stages: tuple[Derivatives, ...]
    order: OrderSums

    def __add__(self, other: TaskSums) -> TaskSums:
        stages = map(add, self.stages, other.stages)
        return TaskSums(tuple(stages), self.order + other.order)

    @classmethod
    def total(cls, parts: Iterable[TaskSums]) -> TaskSums:
        """The sum of one part or more, in their order."""
        return reduce(add, parts)

    @classmethod
    def of(cls, runners: PricedField, powers: Floats) -> TaskSums:
        """Sum over races.

        Args:
            runners: whole races.
            powers: [3], the market's exponent in each stage.
        """
        stages = tuple(
            _derivatives(runners, stage, float(power))
            for stage, power in zip(STAGES, powers, strict=True)
        )
        return cls(stages, _order(runners))

    def only(self, terms: Integers) -> TaskSums:
        """Of some of the line's terms, as if there were no others."""
        return TaskSums(tuple(each.only(terms, 1) for each in self.stages), self.order.only(terms))

    def tasks(self, power: float) -> tuple[Derivatives, Derivatives, Derivatives]:
        """Tasks a, b and c with the market's terms taken out; `power` is the first stage's."""
        win, second, third = (stage.given_market(1) for stage in self.stages)
        return win, second + third, self.order.as_wins(power)


def powers(log_market: Floats, win_share: Floats, finish: Floats, races: Races) -> Floats:
    """The market's exponent in each stage, by likelihood, [3]; 1 where no race has the stage.

    Args:
        log_market, win_share, finish: [rows], as in `PricedField`.
        races: which rows make a race.
    """
    exponents = np.ones(len(STAGES))
    for place, stage in enumerate(STAGES):
        rows, chosen, label = _choices(win_share, finish, races, stage)
        if len(chosen):
            exponents[place] = pool.fit([log_market[rows]], label[rows], chosen, start=[1.0])[0]
    return exponents


def _choices(
    win_share: Floats, finish: Floats, races: Races, stage: int
) -> tuple[Flags, Races, Floats]:
    """Who is chosen from at a stage, bool[rows], the races of those rows, and who is chosen."""
    left = np.ones(races.n, dtype=np.bool_)
    label = win_share
    if stage > 1:
        left = (win_share == 0) & ~(finish < stage)
        label = (left & (finish == stage)).astype(np.float64)
    decided = np.abs(races.sum(label) - 1) < 1e-6
    usable = decided & (races.sum(left) >= 2)
    rows = left & races.broadcast(usable)
    return rows, Races.of(races.index[rows]), label


def _derivatives(runners: PricedField, stage: int, power: float) -> Derivatives:
    rows, races, label = _choices(runners.win_share, runners.finish, runners.races, stage)
    columns = np.c_[_log_price(runners), runners.scale[:, None] * runners.z][rows]
    q = races.softmax(power * runners.log_market[rows])
    weighted = columns * q[:, None]
    means = races.sum(weighted)
    return Derivatives(columns.T @ (label[rows] - q), weighted.T @ columns - means.T @ means)


def _order(runners: PricedField) -> OrderSums:
    """Over the races of which more is known than one finisher."""
    races, x = runners.races, _log_price(runners)
    finished = np.isfinite(runners.finish)
    rows = np.asarray(races.broadcast(races.sum(finished) >= 2), dtype=np.bool_)
    price = np.stack([x, x**2, x**3], axis=1)
    price = price - races.broadcast(races.sum(price) / races.sizes[:, None])
    columns = np.c_[price, runners.z][rows]
    scores = normal_scores(runners.finish, races)[rows]
    return OrderSums(
        columns.T @ columns, columns.T @ scores, float(scores @ scores), int(rows.sum())
    )


def normal_scores(finish: Floats, races: Races) -> Floats:
    """Phi^-1((n - rank + .5) / n), [rows]; one that did not finish is last."""
    n = races.broadcast(races.sizes)
    rank = np.clip(np.where(np.isnan(finish), n, finish), 1, n)
    scores: Floats = special.ndtri((n - rank + 0.5) / n)
    return scores


def _log_price(runners: PricedField) -> Floats:
    """The centred log price."""
    races, log_market = runners.races, runners.log_market
    centred: Floats = log_market - races.broadcast(races.sum(log_market) / races.sizes)
    return centred
