"""A strategy's statement: its account, how sure it is, and what chance would have done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backtest import betting_ratios, chance, sharpe
from backtest.account import Account
from backtest.power import power
from backtest.report_schema import Bank, RandomSelections, Sharpe, Statement, Strength
from backtest.runners import Runners
from backtest.stakes import stake_shares
from backtest.strategies import Selection
from training.statistics.bootstrap import Estimate, Resampling
from velo.arrays import Floats
from velo.formats import in_text


@dataclass(frozen=True, eq=False)
class Bet:
    """One strategy settled.

    Attributes:
        account: of its bets.
        selection: None for a baseline that chooses no one.
    """

    account: Account
    selection: Selection | None


@dataclass(frozen=True)
class Redraws:
    """How the race days are drawn again, and how many random selections, from the same seed."""

    resampling: Resampling
    null_draws: int


def place(selection: Selection, runners: Runners, commission: float, bank: float) -> Bet:
    """Stake a selection by its plan and settle it."""
    shares = stake_shares(selection.chosen, runners, selection.stake, bank)
    compounding = selection.stake.plan == "kelly"
    account = Account.settle(shares, runners, commission, bank, selection.each_way, compounding)
    return Bet(account, selection)


def statements(
    bets: Mapping[str, Bet], compared: tuple[str, ...], runners: Runners, drawing: Redraws
) -> dict[str, Statement]:
    """Every bet's statement.

    Args:
        bets: name -> settled strategy.
        compared: those whose Sharpe ratios were looked at side by side.
        runners: that were bet on.
        drawing: of race days and of random selections.
    """
    totals = {name: bet.account.totals(runners) for name, bet in bets.items()}
    estimates = betting_ratios.ratios(totals, drawing.resampling)
    ratios = _sharpe({name: bets[name].account for name in compared})
    return {
        name: _statement(bet, estimates[name], runners, ratios.get(name), drawing)
        for name, bet in bets.items()
    }


def daily_returns(accounts: Mapping[str, Account]) -> Floats:
    """Each day's profit as a share of the bank, [days, strategies]."""
    return np.stack([account.day_return for account in accounts.values()], axis=1)


def _sharpe(accounts: Mapping[str, Account]) -> dict[str, Sharpe]:
    returns = daily_returns(accounts)
    if len(returns) < 2:
        return {}
    plain, deflated = sharpe.sharpe(returns), sharpe.deflated(returns)
    return {
        name: Sharpe(daily=float(plain[i]), deflated=float(deflated[i]))
        for i, name in enumerate(accounts)
    }


def _statement(
    bet: Bet,
    estimates: Mapping[str, Estimate],
    runners: Runners,
    ratio: Sharpe | None,
    drawing: Redraws,
) -> Statement:
    account = bet.account
    values = {name: each.value for name, each in estimates.items()}
    intervals = {f"{name}_ci": ends(each) for name, each in estimates.items()}
    given = runners.given
    staked = float(account.stake.sum())
    closing = account.closing(runners)
    each_way = bet.selection is not None and bet.selection.each_way
    strength = None
    if len(account):
        priced = float((1.0 / given.settlement_odds[account.rows]).sum())
        claimed = float(given.p[account.rows].sum()) / priced - 1.0
        strength = power(claimed, estimates["ae_ratio"], len(account))
    return Statement(
        bets=len(account),
        bet_days=len(np.unique(account.day)),
        unsettled=account.unsettled,
        clv_bets=int(closing.known.sum()),
        clv_days=len(np.unique(account.day[closing.known])),
        clv_at_close=int(closing.at_close.sum()),
        clv_unknown=closing.unknown,
        winners=float(given.win_share[account.rows].sum()),
        staked=staked,
        profit=float(account.profit.sum()),
        max_drawdown=account.max_drawdown(),
        stake=_plan(bet.selection),
        each_way=each_way,
        bank=Bank(
            opening=account.opening,
            closing=float(account.bank[-1]),
            lowest=float(min(account.opening, account.bank.min())),
            path=np.round(account.bank, 4).tolist(),
            drawdown=np.round(account.drawdowns[1:], 4).tolist(),
        ),
        random=_random(bet.selection, runners, drawing),
        power=None if strength is None else Strength(**vars(strength)),
        sharpe=ratio,
        **values,
        **intervals,
    )


def _random(
    selection: Selection | None, runners: Runners, drawing: Redraws
) -> RandomSelections | None:
    if selection is None:
        return None
    random = chance.against_chance(
        selection.chosen,
        selection.eligible,
        runners.payoff(selection.each_way),
        runners.given.decision_odds,
        drawing.null_draws,
        drawing.resampling.seed,
    )
    if random is None:
        return None
    return RandomSelections(
        draws=random.draws,
        selected_roi=random.roi,
        roi=random.mean,
        roi_ci=(random.low, random.high),
        p_value=random.p_value,
    )


def _plan(selection: Selection | None) -> str:
    if selection is None:
        return "flat, 1 point a race"
    stake = selection.stake
    words = {
        "flat": f"flat, {stake.points:g} point{'' if stake.points == 1 else 's'}",
        "level_to_win": f"level, to win {stake.points:g}",
        "kelly": f"{stake.fraction:g} of Kelly",
    }[stake.plan]
    caps = {"bet": stake.cap_bet, "race": stake.cap_race, "day": stake.cap_day}
    capped = [f"{in_text.percent(cap, 0)} a {what}" for what, cap in caps.items() if cap < 1]
    return f"{words}, at most {', '.join(capped)}" if capped else words


def ends(figure: Estimate) -> tuple[float, float] | None:
    """An interval's ends, None where there is none."""
    known = math.isfinite(figure.low) and math.isfinite(figure.high)
    return (figure.low, figure.high) if known else None
