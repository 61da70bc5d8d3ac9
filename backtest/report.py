"""The backtest: predictions of a period in, one JSON report out (evaluation.md, Backtest)."""

from __future__ import annotations

import json
import math
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backtest import strategies
from backtest.account import Account
from backtest.periods import Period
from backtest.schema import Report, Statement
from training import calibration_curve, likelihood, selection
from training.bootstrap import Estimate
from training.metrics import Predictions
from training.races import Flags, Floats
from training.report import price_note
from velo.errors import InputError
from velo.home import Home
from velo.settings import OddsBand

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Terms:
    """On what terms a period is bet.

    Attributes:
        decision, settlement: kinds of price, as `sp` or `bsp`.
        commission: share of a market's net winnings.
        band: decision prices at which bets are struck.
        cutoffs: least expected value of `top10`, `top20`, `top30`, from the artifact.
        draws, seed: of the bootstrap by race day.
        earlier_looks: at the same days, for the level of `delta_ll_ci`.
    """

    decision: str
    settlement: str
    commission: float
    band: OddsBand
    cutoffs: Mapping[str, float]
    draws: int
    seed: int
    earlier_looks: int = 0


def backtest(
    predictions: pd.DataFrame,
    terms: Terms,
    period: Period,
    version: str,
    run_id: str,
    alpha_share: float | None,
    excluded: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Bet the period and set out the result as plain JSON that validates against the schema.

    Args:
        predictions: one row a starter, whole races, sorted by race: race_id, date, win_share,
            decision_odds, settlement_odds, p (blended), p_market, p_market_power (the
            power-calibrated market). Rows outside the period are left out.
        terms: prices, band, cut-offs and bootstrap.
        period: the days that are bet.
        version, run_id: of the model.
        alpha_share: of the model's blend, None in residual mode.
        excluded: races of the period that were left out before, by reason.

    Raises:
        DataError: no race of the period has a complete book.
    """
    given = Predictions.of(predictions[period.rows(predictions["date"])])
    chosen = strategies.selections(given.p, given.decision_odds, terms.band, terms.cutoffs)
    top20 = chosen[strategies.BUCKETED]
    buckets = strategies.price_buckets(given.decision_odds, terms.band)
    return _plain(
        version=version,
        run_id=run_id,
        period={"from": period.first, "to": period.last},
        prices=_prices(terms),
        races=len(given.races),
        runners=given.races.n,
        excluded=_excluded(excluded or {}, given.unpriced),
        strategies={name: _bet(flags, given, terms) for name, flags in chosen.items()},
        price_buckets={name: _bet(top20 & flags, given, terms) for name, flags in buckets.items()},
        calibration_error=calibration_curve.calibration_error(given.p, given.win_share),
        alpha_share=alpha_share,
        baseline={
            "favourite": _statement(
                strategies.favourite_stakes(given.decision_odds, given.races), given, terms
            ),
            "blind_band": _bet(selection.in_band(given.decision_odds, terms.band), given, terms),
        },
        **_against_market(given, terms),
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
    home.reports.mkdir(parents=True, exist_ok=True)
    path = home.reports / f"backtest_{version}.json"
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=home.reports)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1, allow_nan=False, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return path


def _bet(backed: Flags, given: Predictions, terms: Terms) -> Statement:
    return _statement(backed.astype(np.float64), given, terms)


def _statement(stake: Floats, given: Predictions, terms: Terms) -> Statement:
    account = Account.settle(
        stake,
        given.win_share,
        given.settlement_odds,
        given.p_market,
        given.race_id,
        given.dates,
        terms.commission,
    )
    figures: dict[str, Any] = {}
    for name in ("roi", "ae_ratio", "ae_fair", "strike_rate"):
        figure: Estimate = getattr(account, name)(terms.draws, terms.seed)
        figures |= {name: figure.value, f"{name}_ci": _ends(figure)}
    return Statement(
        bets=len(account),
        unsettled=account.unsettled,
        winners=account.winners,
        staked=float(account.stake.sum()),
        profit=float(account.profit.sum()),
        max_drawdown=account.max_drawdown(),
        **figures,
    )


def _against_market(given: Predictions, terms: Terms) -> dict[str, Any]:
    races, won = given.races, given.win_share
    gain = likelihood.delta_ll(
        given.p,
        given.p_market_power,
        won,
        races,
        races.first(given.dates),
        terms.draws,
        terms.seed,
        terms.earlier_looks,
    )
    return {
        "delta_r2": likelihood.delta_r2(given.p, given.p_market_power, won, races),
        "delta_ll_ci": _ends(gain),
    }


def _prices(terms: Terms) -> dict[str, Any]:
    kinds = {"decision": terms.decision, "settlement": terms.settlement}
    return {**kinds, "commission": terms.commission, "note": price_note(kinds)}


def _excluded(before: Mapping[str, int], unpriced: int) -> dict[str, int]:
    reasons = dict(before)
    if unpriced:
        reasons["unpriced"] = reasons.get("unpriced", 0) + unpriced
    return reasons


def _ends(figure: Estimate) -> tuple[float, float] | None:
    known = math.isfinite(figure.low) and math.isfinite(figure.high)
    return (figure.low, figure.high) if known else None


def _plain(**parts: Any) -> dict[str, Any]:
    plain: dict[str, Any] = Report(**parts).model_dump(mode="json", by_alias=True)
    return plain
