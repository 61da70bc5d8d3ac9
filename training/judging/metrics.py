"""Every metric of evaluation.md over a set of predictions, as one flat mapping.

A figure `x` that has an interval comes with `x_low` and `x_high`, a betting figure also with
`x_bets` and `x_days`, the race days of its bets. A figure that cannot be had is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.judging import betting, selection
from training.judging.betting import Bets, BettingFigure, ClosingValues
from training.judging.selection import Cutoffs
from training.statistics import calibration_curve, finishing_order, likelihood
from training.statistics.bootstrap import Estimate, Resampling
from training.statistics.races import Races
from training.statistics.sample import check_results
from velo.arrays import Flags, Floats
from velo.errors import DataError
from velo.settings import OddsBand

Value = float | int
COLUMNS = ("win_share", "decision_odds", "settlement_odds", "p", "p_market", "p_market_power")


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions of whole races with complete books, one row a starter.

    Attributes:
        race_id, dates: [rows].
        races: which rows make a race.
        win_share, decision_odds, settlement_odds: as in the data set.
        p: blended probability.
        p_market: de-vigged market probability.
        p_market_power: the power-calibrated market's.
        unpriced: races left out because a probability is missing.
        closing: what the decision prices were worth at the close; None where nobody looked.
    """

    race_id: npt.NDArray[Any]
    dates: npt.NDArray[Any]
    races: Races
    win_share: Floats
    decision_odds: Floats
    settlement_odds: Floats
    p: Floats
    p_market: Floats
    p_market_power: Floats
    unpriced: int
    closing: ClosingValues | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Predictions:
        """Take them from a frame sorted by race; races without a probability are left out.

        Raises:
            DataError: no race is left, or a race has no winner.
        """
        races = Races.of(frame["race_id"].to_numpy())
        known = frame[["p", "p_market", "p_market_power"]].notna().all(axis=1).to_numpy()
        complete = races.all(known)
        rows, kept = races.keep(complete)
        if not len(kept):
            raise DataError("no race of the period has a complete book; import its prices")
        values = {name: frame[name].to_numpy(dtype=np.float64)[rows] for name in COLUMNS}
        check_results(values["win_share"], kept)
        return cls(
            race_id=frame["race_id"].to_numpy()[rows],
            dates=frame["date"].to_numpy()[rows],
            races=kept,
            unpriced=int((~complete).sum()),
            closing=_closing(frame[rows]),
            **values,
        )

    def bets(self, selected: Flags) -> Bets:
        """The bets on some of the runners, bool[rows]."""
        return Bets.struck(
            selected, self.win_share, self.settlement_odds, self.p_market, self.race_id, self.dates
        )


def _closing(frame: pd.DataFrame) -> ClosingValues | None:
    """Predictions that were kept before closing values were have none."""
    if "closing_value" not in frame:
        return None
    value = frame["closing_value"].to_numpy(dtype=np.float64)
    return ClosingValues(value, frame["at_close"].eq(True).to_numpy(dtype=np.bool_))


def likelihoods(
    given: Predictions, resampling: Resampling, earlier_looks: int = 0
) -> dict[str, Value]:
    """Log loss, R² and the gain over the power-calibrated market."""
    races, won = given.races, given.win_share
    gain = likelihood.delta_ll(
        given.p,
        given.p_market_power,
        won,
        races,
        races.first(given.dates),
        resampling,
        earlier_looks,
    )
    return {
        "races": len(races),
        "race_days": len(np.unique(given.dates)),
        "runners": races.n,
        "log_loss_race": likelihood.log_loss_race(given.p, won, races),
        "log_loss_race_market": likelihood.log_loss_race(given.p_market, won, races),
        "log_loss_race_market_power": likelihood.log_loss_race(given.p_market_power, won, races),
        "log_loss_race_uniform": likelihood.log_loss_race(races.uniform(), won, races),
        "r2": likelihood.r2(given.p, won, races),
        "r2_market": likelihood.r2(given.p_market, won, races),
        "r2_market_power": likelihood.r2(given.p_market_power, won, races),
        "delta_r2": likelihood.delta_r2(given.p, given.p_market_power, won, races),
        **_flat("delta_ll", gain),
    }


def calibrations(given: Predictions, band: OddsBand) -> dict[str, Value]:
    """Calibration error over all runners and in the band, and the slope.

    The market in the band is the power-calibrated one: it has chosen its calibrator as the model
    did.
    """
    inside = selection.in_band(given.decision_odds, band)
    slope = calibration_curve.calibration_slope(given.p, given.win_share, given.dates)
    won = given.win_share
    own, market = calibration_curve.band_calibration_errors(
        given.p, given.p_market_power, won, inside
    )
    return {
        "calibration_error": calibration_curve.calibration_error(given.p, won),
        "calibration_error_market": calibration_curve.calibration_error(given.p_market_power, won),
        **_flat("calibration_slope", slope),
        "band_calibration_error": own,
        "band_calibration_error_market": market,
    }


def bettings(
    given: Predictions, cutoffs: Cutoffs, band: OddsBand, commission: float, resampling: Resampling
) -> dict[str, Value]:
    """A/E over Top20%, and ROI and closing value over each bucket."""
    odds = given.decision_odds
    value = selection.expected_value(given.p, odds)
    chosen = {
        name: selection.select(value, odds, band, cutoff)
        for name, cutoff in cutoffs.to_dict().items()
    }
    chosen["all"] = selection.select_all(given.p, odds, band)
    top20 = given.bets(chosen["top20"])
    flat: dict[str, Value] = {
        **_flat("ae_ratio", betting.ae_ratio(top20, resampling)),
        **_flat("ae_fair", betting.ae_fair(top20, resampling)),
        "unsettleable_top20": top20.unsettleable,
    }
    for name, selected in chosen.items():
        flat |= _flat(f"roi_{name}", betting.roi(given.bets(selected), commission, resampling))
        flat |= closing_figures(f"clv_{name}", given, selected, resampling)
    return flat


def closing_figures(
    name: str, given: Predictions, selected: Flags, resampling: Resampling
) -> dict[str, Value]:
    """Closing value of the bets on some runners, and how many of them have none and why.

    Returns:
        `x`, `x_low`, `x_high`, `x_bets`, `x_days`; `x_at_close`, bets at the closing price itself;
        `x_unknown`, those without a whole close. Nothing where nobody looked.
    """
    if given.closing is None:
        return {}
    bets = selected & np.isfinite(given.settlement_odds)
    own = given.closing.of(bets)
    return {
        **_flat(name, betting.closing_value(own, given.dates[bets], resampling)),
        f"{name}_at_close": int(own.at_close.sum()),
        f"{name}_unknown": own.unknown,
    }


def orders(given: Predictions) -> dict[str, Value]:
    """AUC, NDCG at 3, top-1 hit rate and the favourite's."""
    races, won = given.races, given.win_share
    return {
        "auc": finishing_order.auc(given.p, won),
        "ndcg_at_3": finishing_order.ndcg_at_3(given.p, won, races),
        "top1_hit": finishing_order.top1_hit(given.p, won, races),
        "top1_hit_favourite": finishing_order.favourite_hit(given.decision_odds, won, races),
    }


def measure(
    given: Predictions,
    cutoffs: Cutoffs,
    band: OddsBand,
    commission: float,
    resampling: Resampling,
    earlier_looks: int = 0,
) -> dict[str, Value]:
    """All of them."""
    return {
        **likelihoods(given, resampling, earlier_looks),
        **calibrations(given, band),
        **bettings(given, cutoffs, band, commission, resampling),
        **orders(given),
    }


def flat(figures: Mapping[str, Estimate | BettingFigure]) -> dict[str, Value]:
    """Figures with intervals as flat entries: `x`, `x_low`, `x_high`; of bets `_bets`, `_days`."""
    entries: dict[str, Value] = {}
    for name, figure in figures.items():
        entries |= _flat(name, figure)
    return entries


def _flat(name: str, figure: Estimate | BettingFigure) -> dict[str, Value]:
    entries: dict[str, Value] = {
        name: figure.value,
        f"{name}_low": figure.low,
        f"{name}_high": figure.high,
    }
    if isinstance(figure, BettingFigure):
        entries[f"{name}_bets"] = figure.bets
        entries[f"{name}_days"] = figure.days
    return entries
