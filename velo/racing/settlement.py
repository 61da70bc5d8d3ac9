"""Settlement of win and each-way bets: dead heats, deductions, void bets, commission.

A price is decimal odds with the stake in it. All arrays are one row a bet. A horse that came under
orders and did not finish has lost; a bet on a horse that did not run, or in a void race, is
returned (evaluation.md, Settlement; Tattersalls' Committee, Rules on Betting).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from velo.arrays import Flags, Floats


def profit(
    win_share: Floats, odds: Floats, stake: Floats | float = 1.0, deduction: Floats | float = 0.0
) -> Floats:
    """Profit of each bet before commission, in the stake's units.

    In a dead heat of k the stake is divided by k and that part paid at full odds, the rest is
    lost: `win_share * odds - 1` for a point.

    Args:
        win_share: 1/k for each of k dead-heaters for first, else 0.
        odds: the price that the bet settles at; NaN makes the bet unsettleable, its profit NaN.
        stake: points on each bet.
        deduction: share of the winnings held back for horses withdrawn after the price was taken
            (Tattersalls Rule 4). Starting prices are formed after withdrawals and have none.
    """
    net_odds = 1.0 + (odds - 1.0) * (1.0 - np.asarray(deduction))
    result: Floats = np.asarray(stake) * (win_share * net_odds - 1.0)
    return result


def each_way_profit(
    win_share: Floats, place_share: Floats, odds: Floats, terms: Floats, stake: Floats | float = 1.0
) -> Floats:
    """Profit of each-way bets before commission, in the stake's units.

    Half of the stake is on the win and half on the place; where a race pays no places all of it is
    on the win.

    Args:
        win_share: 1/k for each of k dead-heaters for first, else 0.
        place_share: share of the place stake that is paid (`velo.racing.places`).
        odds: the win price that the bet settles at, deductions taken; NaN where unsettleable.
        terms: share of the win odds that a place pays, 0 in a race without places.
        stake: points on each bet, both halves together.
    """
    win = win_share * odds - 1.0
    place = place_share * (1.0 + (odds - 1.0) * terms) - 1.0
    result: Floats = np.asarray(stake) * np.where(terms > 0, (win + place) / 2, win)
    return result


def with_returns(gross: Floats, returned: Flags) -> Floats:
    """The profits with that of each returned bet 0, whether or not it had a price."""
    return np.where(returned, 0.0, gross)


def commission(gross: Floats, market: npt.NDArray[Any], rate: float) -> Floats:
    """What an exchange takes of each bet, never negative.

    Commission is charged on a market's net winnings: the sum of all its bets, where positive. It
    is laid on the market's winning bets in proportion to what each won.

    Args:
        gross: profit of each bet; NaN (unsettleable) counts as nothing staked.
        market: which race each bet belongs to, in any order.
        rate: share of net winnings, as 0.02.
    """
    if rate == 0 or not len(gross):
        return np.zeros(len(gross))
    settled = np.nan_to_num(gross)
    _, index = np.unique(market, return_inverse=True)
    won = np.maximum(settled, 0.0)
    net = np.maximum(np.bincount(index, settled), 0.0)
    winnings = np.bincount(index, won)
    share = np.divide(net, winnings, out=np.zeros(len(net)), where=winnings > 0)
    charged: Floats = rate * won * share[index]
    return charged


def settle(
    win_share: Floats,
    odds: Floats,
    market: npt.NDArray[Any],
    rate: float = 0.0,
    stake: Floats | float = 1.0,
    deduction: Floats | float = 0.0,
) -> Floats:
    """Profit of each bet net of commission; NaN where there is no price to settle at.

    Pass all bets of a strategy at once: commission is charged on each market's net winnings.
    """
    gross = profit(win_share, odds, stake, deduction)
    return gross - commission(gross, market, rate)


def unsettleable(odds: Floats) -> int:
    """How many bets have no price to settle at."""
    return int(np.isnan(odds).sum())
