"""Stake plans: flat, level to win, fractional Kelly, with caps (Kelly 1956; Thorp 2006).

A stake is a share of the bank: of the opening bank for plans of fixed points, of the bank at the
day's start for Kelly. So a day's stakes never know the day's results, and a bank that compounds is
one running product.
"""

from __future__ import annotations

import numpy as np

from backtest.runners import Runners
from velo.arrays import Flags, Floats, Integers
from velo.settings import Stake


def stake_shares(backed: Flags, runners: Runners, plan: Stake, bank: float) -> Floats:
    """The share of the bank on each runner, [rows]; 0 is no bet.

    Caps are kept in turn: a bet is cut to its cap, then the bets of a race in proportion to the
    race's, then those of a day.

    Args:
        backed: bool[rows].
        runners: the decision prices and probabilities.
        plan: with its caps.
        bank: points on the first day.
    """
    rows = np.flatnonzero(backed)
    odds, p = runners.given.decision_odds[rows], runners.given.p[rows]
    if plan.plan == "flat":
        wanted = np.full(len(rows), plan.points / bank)
    elif plan.plan == "level_to_win":
        wanted = plan.points / bank / (odds - 1.0)
    else:
        wanted = plan.fraction * np.maximum(0.0, (p * odds - 1.0) / (odds - 1.0))
    wanted = np.minimum(wanted, plan.cap_bet)
    wanted = _capped(wanted, runners.given.races.index[rows], plan.cap_race)
    wanted = _capped(wanted, runners.days.index[rows], plan.cap_day)
    shares = np.zeros(len(runners))
    shares[rows] = wanted
    return shares


def _capped(stakes: Floats, group: Integers, cap: float) -> Floats:
    """Scale each group's stakes down to the cap on their sum."""
    if not len(stakes):
        return stakes
    total = np.bincount(group, stakes)
    scale = np.minimum(1.0, np.divide(cap, total, out=np.ones(len(total)), where=total > 0))
    return np.asarray(stakes * scale[group])
