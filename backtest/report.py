"""The backtest: predictions of a period in, one JSON report out (evaluation.md, Backtest)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from backtest import python_strategy, strategies
from backtest.account import Account
from backtest.cutoffs import Learned
from backtest.overfitting import probability_of_overfitting
from backtest.periods import Period
from backtest.provisos import caveats
from backtest.report_schema import Leg, Report, Returned, Withdrawals
from backtest.runners import Runners
from backtest.statements import Bet, Redraws, daily_returns, ends, place, statements
from backtest.strategies import Selection
from training.judging import selection
from training.record.run_report import price_note
from training.statistics import calibration_curve, likelihood
from training.statistics.bootstrap import Resampling
from velo.disk.whole_file import write_whole
from velo.errors import InputError
from velo.home import Home
from velo.settings import Backtest, OddsBand, Stake, Strategy

BASELINES = ("favourite", "blind_band")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class BacktestTerms:
    """On what terms a period is bet.

    Attributes:
        decision, settlement: kinds of price, as `sp` or `bsp`.
        commission: share of a market's net winnings.
        band: decision prices at which bets are struck.
        learned: cut-offs, each from the day on which it came into use.
        declared: strategies from the settings, beside the built-in ones.
        project: the project folder, where those in Python are.
        betting: bank and draws of the null.
        resampling: of the race days.
        earlier_looks: at the same days, for the level of `delta_ll_ci`.
        chosen_on: that the features were chosen on some of the days, in words.
    """

    decision: str
    settlement: str
    commission: float
    band: OddsBand
    learned: Sequence[Learned]
    resampling: Resampling
    declared: Mapping[str, Strategy] = field(default_factory=dict)
    project: Path | None = None
    betting: Backtest = field(default_factory=Backtest)
    earlier_looks: int = 0
    chosen_on: str | None = None


@dataclass(frozen=True)
class Origin:
    """Whose predictions they are.

    Attributes:
        version, run_id: of the model, or of the one whose recipe was walked forward.
        alpha_share: of the blend, None in residual mode.
        legs: of a walk-forward, None for one model.
    """

    version: str
    run_id: str
    alpha_share: float | None
    legs: Sequence[Leg] | None = None


def backtest(
    predictions: pd.DataFrame,
    terms: BacktestTerms,
    period: Period,
    origin: Origin,
    withdrawals: Withdrawals,
    returned: Returned,
    excluded: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Bet the period and set out the result as plain JSON that validates against the schema.

    Args:
        predictions: one row a starter, whole races, sorted by date and race: race_id, date, course,
            win_share, decision_odds, settlement_odds (what is paid), p (blended), p_market,
            p_market_power (the power-calibrated market), and `training.data.conditions.CONDITIONS`.
            Rows outside the period are left out.
        terms: prices, band, cut-offs, strategies and draws.
        period: the days that are bet.
        origin: of the predictions.
        withdrawals: from the period's races.
        returned: horses that could have been backed and whose bets are returned.
        excluded: races of the period that were left out before, by reason.

    Raises:
        DataError: no race of the period has a complete book.
        SettingsError, ModelError: a declared strategy cannot be had.
    """
    runners = Runners.of(predictions[period.rows(predictions["date"])])
    given, bank = runners.given, terms.betting.bank
    chosen = strategies.selections(
        runners, terms.band, terms.learned, terms.declared, terms.project
    )
    buckets = strategies.price_buckets(given.decision_odds, terms.band)
    bucketed = {name: chosen[strategies.BUCKETED].within(flags) for name, flags in buckets.items()}
    bets = {
        name: place(each, runners, terms.commission, bank)
        for name, each in (chosen | bucketed).items()
    }
    bets |= _baselines(runners, terms)
    drawing = Redraws(terms.resampling, terms.betting.null_draws)
    statement_of = statements(bets, tuple(chosen), runners, drawing)
    returns = daily_returns({name: bets[name].account for name in chosen})
    return _plain(
        version=origin.version,
        run_id=origin.run_id,
        period={"from": period.first, "to": period.last},
        prices=_prices(terms),
        races=len(given.races),
        runners=given.races.n,
        excluded=_excluded(excluded or {}, given.unpriced),
        strategies={name: statement_of[name] for name in chosen},
        price_buckets={name: statement_of[name] for name in buckets},
        calibration_error=calibration_curve.calibration_error(given.p, given.win_share),
        alpha_share=origin.alpha_share,
        baseline={name: statement_of[name] for name in BASELINES},
        days=runners.dates.astype("datetime64[D]").tolist(),
        withdrawals=withdrawals,
        returned=returned,
        earlier_looks=terms.earlier_looks,
        comparison={
            "strategies": list(chosen),
            "probability_of_overfitting": probability_of_overfitting(returns),
        },
        walk_forward=origin.legs,
        python_strategies={
            name: code.sha256
            for name, code in python_strategy.codes(terms.declared, terms.project).items()
        },
        caveats=caveats(
            terms.decision,
            terms.settlement,
            withdrawals,
            returned,
            statement_of,
            tuple(chosen),
            terms.earlier_looks,
            terms.chosen_on,
        ),
        **_against_market(runners, terms),
    )


def write(report: Mapping[str, Any], home: Home) -> Path:
    """Write the report into the home, whole or not at all; returns its path.

    Raises:
        InputError: the version cannot name a file.
    """
    version = str(report["version"])
    if not VERSION.fullmatch(version):
        raise InputError(
            f"version {version!r} cannot name a report; use letters, digits, dots and dashes"
        )
    walked = "" if report["walk_forward"] is None else "_walk_forward"
    text = json.dumps(report, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    return write_whole(home.reports / f"backtest_{version}{walked}.json", text)


def _baselines(runners: Runners, terms: BacktestTerms) -> dict[str, Bet]:
    given, bank = runners.given, terms.betting.bank
    favourites = strategies.favourite_stakes(given.decision_odds, given.races) / bank
    inside = selection.in_band(given.decision_odds, terms.band)
    blind = Selection(inside, inside, Stake(), each_way=False)
    return {
        "favourite": Bet(Account.settle(favourites, runners, terms.commission, bank), None),
        "blind_band": place(blind, runners, terms.commission, bank),
    }


def _against_market(runners: Runners, terms: BacktestTerms) -> dict[str, Any]:
    given = runners.given
    races, won = given.races, given.win_share
    gain = likelihood.delta_ll(
        given.p,
        given.p_market_power,
        won,
        races,
        races.first(given.dates),
        terms.resampling,
        terms.earlier_looks,
    )
    return {
        "delta_r2": likelihood.delta_r2(given.p, given.p_market_power, won, races),
        "delta_ll_ci": ends(gain),
    }


def _prices(terms: BacktestTerms) -> dict[str, Any]:
    kinds = {"decision": terms.decision, "settlement": terms.settlement}
    return {**kinds, "commission": terms.commission, "note": price_note(**kinds)}


def _excluded(before: Mapping[str, int], unpriced: int) -> dict[str, int]:
    reasons = dict(before)
    if unpriced:
        reasons["unpriced"] = reasons.get("unpriced", 0) + unpriced
    return reasons


def _plain(**parts: Any) -> dict[str, Any]:
    plain: dict[str, Any] = Report(**parts).model_dump(mode="json", by_alias=True)
    return plain
