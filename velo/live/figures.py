"""The ledger's figures over a span of days (evaluation.md, Ledger; each interval by race day)."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.statistics import bootstrap, calibration_curve, likelihood
from training.statistics.bootstrap import Days, Resampling
from training.statistics.races import Races
from velo.arrays import Floats
from velo.live.ledger import DOUBTFUL, OPEN, RAN, UNMATCHED, UNPRICED, VOID, WITHDRAWN, placed

ROLLING = (7, 30, 90)
_OF_A_PICK = (
    "day",
    "win_share",
    "finish",
    "ran",
    "handicap",
    "stake",
    "p_market",
    "paid_odds",
    "profit",
    "profit_sp",
    "profit_bsp",
    "closing_value",
    "at_close",
)


@dataclass(frozen=True)
class Figures:
    """Of one span; None where the bets or races give none.

    Attributes:
        span: what it is called, `2026-05-02`, `last 7 days` or `all`.
        first, last: race days.
        races, days: with a result, of those predicted.
        picks, bet_days: bets that were settled, and their race days.
        returned: on withdrawn horses and in void races.
        waiting: without a result, a price or a certain winner yet.
        wins, places: of the picks; a dead heat is half a win.
        strike_rate: wins of picks.
        ae_raw, ae_fair: wins over the sum of 1 / settlement odds, and of de-vigged chances.
        impact_value: wins over the sum of 1 / starters.
        staked, profit: points at the model's settlement price, net of commission.
        profit_sp, profit_bsp: at either price; None where a bet has no such price.
        roi, roi_low, roi_high: profit of staked; no interval over fewer than ten days with a bet.
        max_drawdown: points, at the ends of days.
        daily_sharpe: mean of the days' profits over their standard deviation.
        calibration_error, calibration_races: of the blended chances in whole races.
        ll_gain, ll_gain_low, ll_gain_high: nats a race over the power-calibrated market.
        clv, clv_low, clv_high: mean of odds taken x de-vigged closing chance - 1
            (`velo.racing.closing`); no interval over fewer than ten days with such a bet.
        clv_bets, clv_days: that it is of.
        clv_at_close, clv_unknown: picks without: taken at the closing price itself, and those whose
            race has no whole close, or a deduction that is not known.
    """

    span: str
    first: str
    last: str
    races: int
    days: int
    picks: int
    bet_days: int
    returned: int
    waiting: int
    wins: float
    places: int
    strike_rate: float | None
    ae_raw: float | None
    ae_fair: float | None
    impact_value: float | None
    staked: float
    profit: float
    profit_sp: float | None
    profit_bsp: float | None
    roi: float | None
    roi_low: float | None
    roi_high: float | None
    max_drawdown: float
    daily_sharpe: float | None
    calibration_error: float | None
    calibration_races: int
    ll_gain: float | None
    ll_gain_low: float | None
    ll_gain_high: float | None
    clv: float | None
    clv_low: float | None
    clv_high: float | None
    clv_bets: int
    clv_days: int
    clv_at_close: int
    clv_unknown: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def spans(runners: pd.DataFrame) -> list[tuple[str, date, date]]:
    """Every day with a result, then the last 7, 30 and 90 days to the latest of them, then all."""
    days = sorted(set(runners.loc[runners["state"] != OPEN, "day"]))
    if not days:
        return []
    last = days[-1]
    return [
        *((day.isoformat(), day, day) for day in days),
        *((f"last {n} days", last - timedelta(n - 1), last) for n in ROLLING),
        ("all", days[0], last),
    ]


def between(rows: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The rows of some days, both ends included; `day` increases down the rows."""
    days: Any = rows["day"].to_numpy()
    return rows.iloc[bisect_left(days, first) : bisect_right(days, last)]


def figures(
    runners: pd.DataFrame, bets: pd.DataFrame, span: tuple[str, date, date], resampling: Resampling
) -> Figures:
    """The figures of a span.

    Args:
        runners, bets: as `velo.live.ledger` gives them.
        span: its name, first and last day.
        resampling: of the race days.
    """
    name, first, last = span
    within, backed = between(runners, first, last), between(bets, first, last)
    picks = backed.loc[(backed["outcome"] == RAN).to_numpy(dtype=bool), list(_OF_A_PICK)]
    has_result = ~within["state"].isin((OPEN, VOID)).to_numpy(dtype=bool)
    wins, staked = float(picks["win_share"].sum()), float(picks["stake"].sum())
    profit = float(picks["profit"].sum())
    days = _days_of(picks, pd.unique(within["day"].to_numpy()[has_result]))
    roi = bootstrap.ratio(
        picks["profit"].to_numpy(dtype=np.float64),
        picks["stake"].to_numpy(dtype=np.float64),
        days,
        resampling,
    )
    daily = days.totals(picks["profit"].to_numpy(dtype=np.float64))[:, 0]
    return Figures(
        span=name,
        first=first.isoformat(),
        last=last.isoformat(),
        races=len(pd.unique(within["race_id"].to_numpy()[has_result])),
        days=days.count,
        picks=len(picks),
        bet_days=len(np.unique(days.index)),
        returned=int(backed["outcome"].isin((WITHDRAWN, VOID)).sum()),
        waiting=int(backed["outcome"].isin((OPEN, UNMATCHED, UNPRICED, DOUBTFUL)).sum()),
        wins=wins,
        places=int(placed(picks).sum()),
        strike_rate=_over(wins, len(picks)),
        ae_raw=_over(wins, float((1 / picks["paid_odds"]).sum())),
        ae_fair=_over(wins, float(picks["p_market"].sum())),
        impact_value=_over(wins, float((1 / picks["ran"]).sum())),
        staked=staked,
        profit=profit,
        profit_sp=_whole(picks["profit_sp"]),
        profit_bsp=_whole(picks["profit_bsp"]),
        roi=_number(roi.value),
        roi_low=_number(roi.low),
        roi_high=_number(roi.high),
        max_drawdown=_drawdown(daily),
        daily_sharpe=_sharpe(daily),
        **_against_market(within, resampling),
        **_closing(picks, days, resampling),
    )


@dataclass(frozen=True)
class WholeRaces:
    """Whole races with a market, as they were run.

    Attributes:
        p, market: blended chances and the power-calibrated market's, [runners].
        won: [runners], win shares.
        races: of those runners.
        dates: [runners].
    """

    p: Floats
    market: Floats
    won: Floats
    races: Races
    dates: npt.NDArray[Any]


def whole_races(runners: pd.DataFrame) -> WholeRaces:
    """The whole races with a market among settled runners, withdrawn horses' chances shared out."""
    wanted = runners["whole"] & runners["p"].notna() & (runners["state"] == RAN)
    rows = wanted.to_numpy(dtype=bool)
    # Column by column: a frame's rows would be copied with all that nobody asks for.
    race_id, day, p, market, won = (
        runners[name].to_numpy()[rows]
        for name in ("race_id", "day", "p", "p_market_power", "win_share")
    )
    races = Races.of(race_id)
    return WholeRaces(
        _shared_out(p, races), _shared_out(market, races), won.astype(np.float64), races, day
    )


def _against_market(within: pd.DataFrame, resampling: Resampling) -> dict[str, Any]:
    """Calibration and gain over whole races with a market."""
    forecasts = whole_races(within)
    if not len(forecasts.races):
        return {
            "calibration_error": None,
            "calibration_races": 0,
            "ll_gain": None,
            "ll_gain_low": None,
            "ll_gain_high": None,
        }
    gain = likelihood.delta_ll(
        forecasts.p,
        forecasts.market,
        forecasts.won,
        forecasts.races,
        forecasts.races.first(forecasts.dates),
        resampling,
    )
    return {
        "calibration_error": _number(
            calibration_curve.calibration_error(forecasts.p, forecasts.won)
        ),
        "calibration_races": len(forecasts.races),
        "ll_gain": _number(gain.value),
        "ll_gain_low": _number(gain.low),
        "ll_gain_high": _number(gain.high),
    }


def _shared_out(p: Floats, races: Races) -> Floats:
    shared: Floats = p / races.broadcast(races.sum(p))
    return shared


def _closing(picks: pd.DataFrame, days: Days, resampling: Resampling) -> dict[str, Any]:
    value = picks["closing_value"].to_numpy(dtype=np.float64)
    known = np.isfinite(value)
    mean = bootstrap.ratio(np.nan_to_num(value), known.astype(np.float64), days, resampling)
    at_close = int(picks["at_close"].sum())
    return {
        "clv": _number(mean.value),
        "clv_low": _number(mean.low),
        "clv_high": _number(mean.high),
        "clv_bets": int(known.sum()),
        "clv_days": len(np.unique(days.index[known])),
        "clv_at_close": at_close,
        "clv_unknown": len(picks) - int(known.sum()) - at_close,
    }


def _days_of(picks: pd.DataFrame, days: npt.NDArray[Any]) -> Days:
    """Each pick's day among the days with a result, those without a pick counted too."""
    return Days(np.searchsorted(days, picks["day"].to_numpy()).astype(np.int64), len(days))


def _drawdown(daily: Floats) -> float:
    path = np.concatenate([[0.0], np.cumsum(daily)])
    return float((np.maximum.accumulate(path) - path).max())


def _sharpe(daily: Floats) -> float | None:
    if len(daily) < 2 or not daily.std(ddof=1):
        return None
    return float(daily.mean() / daily.std(ddof=1))


def _whole(column: pd.Series) -> float | None:
    return None if column.isna().any() or not len(column) else float(column.sum())


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
