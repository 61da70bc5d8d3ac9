"""A ledger set against the backtest of the same days, on tables built as known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from backtest.cutoffs import Learned
from backtest.periods import Period
from backtest.report import BacktestTerms, Origin, backtest
from backtest.report_schema import Returned, Withdrawals
from tests.real.hong_kong_days import Days
from training.data.conditions import conditioned, conditions
from training.scoring import score_period, stored_model
from training.statistics.bootstrap import Resampling
from velo.live.figures import Figures, figures, spans
from velo.live.ledger_view import view_ledger
from velo.offline.build import build
from velo.offline.spine import Spine

BUCKETS = ("top10", "top20", "top30", "all")
SAME = (
    ("picks", "bets"),
    ("wins", "winners"),
    ("profit", "profit"),
    ("roi", "roi"),
    ("ae_raw", "ae_ratio"),
    ("ae_fair", "ae_fair"),
    ("max_drawdown", "max_drawdown"),
)
"""A figure of the ledger, and what the backtest's report calls it."""


@dataclass(frozen=True)
class Backtested:
    """The backtest of days, and what every runner's chances were in it.

    Attributes:
        report: as `backtest.report` gives it.
        chances: `race_id`, `horse_id`, `p_model`, `p_market_power`, `p` of the races that it has.
        ledger: bucket -> the ledger's figures of the same races.
        left_out: predicted races that no backtest has, for their book or result is out of bounds.
    """

    report: dict[str, Any]
    chances: pd.DataFrame
    ledger: dict[str, Figures]
    left_out: int


def backtested(lived: Days) -> Backtested:
    """Build as known, backtest the days that the ledger has, and take its figures of them."""
    home, settings = lived.home, lived.settings
    lived.timed("build as known", lambda: build(home, settings, as_known=True))
    runners = view_ledger(home, settings).runners
    first, last = min(runners["day"]), max(runners["day"])
    stored = stored_model(home, "challenger")
    scored = lived.timed("backtest", lambda: score_period(home, stored, first, last))
    known = conditions(Spine(home), first, last, "sp", "none")
    resampling = Resampling.of(settings.training)
    report = backtest(
        conditioned(scored.predictions, known),
        BacktestTerms(
            "sp",
            "sp",
            0.0,
            stored.card.odds_band,
            (Learned.stored(stored.card, first),),
            resampling,
        ),
        Period(first, last),
        Origin(stored.name, stored.registered.run_id, None),
        Withdrawals(horses=0, law="none", unsettleable_races=0),
        Returned(withdrawn=0, void=0, void_races=0),
    )
    judged = set(scored.predictions["race_id"])
    by_strategy = {}
    for strategy in BUCKETS:
        book = view_ledger(home, settings, strategy=strategy)
        ours, bets = (each[each["race_id"].isin(judged)] for each in (book.runners, book.bets))
        by_strategy[strategy] = figures(ours, bets, spans(ours)[-1], resampling)
    return Backtested(
        report,
        scored.predictions[["race_id", "horse_id", "p_model", "p_market_power", "p"]],
        by_strategy,
        len(set(runners["race_id"]) - judged),
    )


def largest_difference(lived: Days, done: Backtested) -> dict[str, float]:
    """Between the chances of the ledger and of the backtest, and between their figures."""
    ours = view_ledger(lived.home, lived.settings).runners
    both = ours.merge(done.chances, on=["race_id", "horse_id"], suffixes=("", "_there"))
    assert len(both) == len(done.chances)
    largest = {
        name: float(np.abs(both[name] - both[f"{name}_there"]).max())
        for name in ("p_model", "p_market_power", "p")
    }
    for strategy in BUCKETS:
        mine, theirs = done.ledger[strategy], done.report["strategies"][strategy]
        for ours_name, name in SAME:
            one, other = getattr(mine, ours_name), theirs[name]
            if one is None and other is None:
                continue
            largest[name] = max(largest.get(name, 0.0), abs(float(one) - float(other)))
        ends = zip((mine.roi_low, mine.roi_high), theirs["roi_ci"] or (None, None), strict=True)
        largest["roi_ci"] = max(
            largest.get("roi_ci", 0.0),
            *(abs(float(a) - float(b)) for a, b in ends if a is not None and b is not None),
            0.0,
        )
    of_all = done.ledger["all"]
    largest["calibration_error"] = abs(
        float(of_all.calibration_error or 0) - float(done.report["calibration_error"] or 0)
    )
    largest["delta_ll_ci"] = max(
        abs(float(a or 0) - float(b or 0))
        for a, b in zip(
            (of_all.ll_gain_low, of_all.ll_gain_high),
            done.report["delta_ll_ci"] or (None, None),
            strict=True,
        )
    )
    return largest
