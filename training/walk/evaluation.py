"""From out-of-fold and holdout predictions to figures: per fold, blended, and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.blending import blend as blends
from training.blending import calibration, calibration_choice
from training.blending.blend import Blend, BlendIntervals, benter, intervals, power_market, residual
from training.blending.blend_choice import BlendTrial
from training.blending.calibration import Calibrator
from training.blending.calibration_choice import Forecast, Sides, Trials
from training.blending.market_chances import Method
from training.blending.price_scale import PriceScale
from training.data.dataset import Dataset
from training.judging import metrics, selection
from training.judging.metrics import Predictions
from training.judging.selection import Cutoffs
from training.model.model import Fundamental, Model
from training.statistics import bootstrap, likelihood
from training.statistics.bootstrap import Resampling
from training.statistics.races import Races
from training.walk.walk_forward import OutOfFold
from velo.arrays import Floats
from velo.settings import Settings

Figures = dict[str, float]
COLUMNS = ("column", "p_market", "win_share")
"""Of out-of-fold predictions: what a blend is fitted on."""


@dataclass(frozen=True)
class Blended:
    """The blend on all out-of-fold races, the market's own exponent, and how sure they are.

    Attributes:
        calibrator, market_calibrator: of the blend and of the power-calibrated market.
    """

    blend: Blend
    power_market: Blend
    calibrator: Calibrator
    market_calibrator: Calibrator
    spread: BlendIntervals
    races: int

    def probabilities(self, column: Floats, fair: Floats, races: Races) -> Floats:
        """Blended and calibrated, [rows]."""
        return self.calibrator.probabilities(self.blend.probabilities(column, fair, races), races)

    def opponent(self, fair: Floats, races: Races) -> Floats:
        """The power-calibrated market, calibrated, [rows]."""
        market = self.power_market.probabilities(None, fair, races)
        return self.market_calibrator.probabilities(market, races)

    def model(self, fundamental: Fundamental, devig: Method) -> Model:
        """The whole model of this blend and a fundamental one."""
        return Model(
            fundamental,
            devig,
            self.blend,
            self.power_market,
            self.calibrator,
            self.market_calibrator,
        )


def fit_blend(
    oof: pd.DataFrame, settings: Settings, trials: Trials, column: str = "column"
) -> Blended:
    """Fit the blend, and the calibrators that the trials kept, on predictions of priced races.

    Raises:
        DataError: no out-of-fold race has a complete book.
    """
    frame = oof[oof["priced"]]
    races = Races.of(frame["race_id"].to_numpy())
    model, market, won = (_array(frame, name) for name in (column, "p_market", "win_share"))
    fitted = _fit(settings, model, market, won, races)
    spread = intervals(
        fitted,
        model,
        market,
        won,
        races,
        races.first(frame["date"].to_numpy()),
        Resampling.of(settings.training),
    )
    opponent = power_market(market, won, races)
    wanted = settings.training.calibration
    calibrator, market_calibrator = (
        calibration.fit(calibration_choice.kept(judged, wanted), p, won, races)
        for judged, p in (
            (trials.blend, fitted.probabilities(model, market, races)),
            (trials.market, opponent.probabilities(None, market, races)),
        )
    )
    return Blended(fitted, opponent, calibrator, market_calibrator, spread, len(races))


def fold_figures(oof: OutOfFold, settings: Settings) -> tuple[list[dict[str, Any]], Trials]:
    """Each fold's own figures; blended ones use blend and calibrators from earlier folds.

    The first fold has no earlier one and so no blended figure. With the figures come the trials
    of the calibrators on the folds from the third on.
    """
    figures, trials = [], Trials()
    for fit in oof.fits:
        own = oof.frame[oof.frame["fold"] == fit.fold.number]
        earlier = oof.frame[oof.frame["fold"] < fit.fold.number]
        row: dict[str, Any] = {"fold": fit.fold.number, "rounds": fit.rounds}
        row |= fundamental_figures(own)
        priced = own[own["priced"]]
        if len(earlier) and len(priced):
            known = fit_blend(earlier, settings, trials)
            row |= _blended_figures(priced, known)
            if fit.fold.number >= calibration_choice.FIRST_JUDGED:
                before = _uncalibrated(known, earlier[earlier["priced"]])
                trials = trials.tried_on(
                    fit.fold.number,
                    before,
                    _uncalibrated(known, priced),
                    settings.training.calibration,
                )
                row |= trials.last_gains()
        figures.append(row)
    return figures, trials


def blend_trials(oof: OutOfFold, settings: Settings) -> tuple[BlendTrial, ...]:
    """How the blend did on each fold from the second on, as the folds before it had it."""
    priced = oof.frame[oof.frame["priced"]]
    trials = []
    for fit in oof.fits:
        known, own = (
            priced[priced["fold"].lt(fit.fold.number)],
            priced[priced["fold"].eq(fit.fold.number)],
        )
        if known.empty or own.empty:
            continue
        model, market, won = (_array(known, name) for name in COLUMNS)
        fitted = _fit(settings, model, market, won, Races.of(known["race_id"].to_numpy()))
        races = Races.of(own["race_id"].to_numpy())
        model, market, won = (_array(own, name) for name in COLUMNS)
        p = fitted.probabilities(model, market, races)
        dates = races.first(own["date"].to_numpy())
        trials.append(BlendTrial(fit.fold.number, dates, races.log_likelihood(p, won)))
    return tuple(trials)


def fundamental_figures(frame: pd.DataFrame) -> Figures:
    """R² of the fundamental models and of the raw market, over the frame's races."""
    races = Races.of(frame["race_id"].to_numpy())
    won = _array(frame, "win_share")
    figures = {
        "races": float(len(races)),
        "r2_model": likelihood.r2(races.softmax(_array(frame, "column")), won, races),
        "r2_linear": likelihood.r2(races.softmax(_array(frame, "column_linear")), won, races),
    }
    rows, priced = races.keep(races.all(frame["priced"].to_numpy(dtype=np.bool_)))
    if len(priced):
        figures["r2_market"] = likelihood.r2(_array(frame, "p_market")[rows], won[rows], priced)
    return figures


def linear_is_better(frame: pd.DataFrame, mode: str) -> bool:
    """Whether the linear model is the likelier out of fold.

    Fundamentals are compared alone. In residual mode neither is meant to stand alone, so each is
    pooled with the market first, on the priced races.
    """
    if mode != "residual":
        figures = fundamental_figures(frame)
        return figures["r2_linear"] > figures["r2_model"]
    priced = frame[frame["priced"]]
    races = Races.of(priced["race_id"].to_numpy())
    fair, won = _array(priced, "p_market"), _array(priced, "win_share")

    def pooled(name: str) -> float:
        column = _array(priced, name)
        p = residual(column, fair, won, races).probabilities(column, fair, races)
        return likelihood.r2(p, won, races)

    return pooled("column_linear") > pooled("column")


def cut_offs(oof: OutOfFold, blended: Blended, data: Dataset, settings: Settings) -> Cutoffs:
    """TopN cut-offs over the out-of-fold days just before the holdout, as many as it has.

    Raises:
        DataError: no prediction of those days lies in the odds band.
    """
    frame = oof.frame[
        oof.frame["priced"] & (oof.frame["date"] >= pd.Timestamp(data.plan.preceding_start))
    ]
    races = Races.of(frame["race_id"].to_numpy())
    p = blended.probabilities(_array(frame, "column"), _array(frame, "p_market"), races)
    odds = _array(frame, "decision_odds")
    inside = selection.in_band(odds, settings.odds_band)
    return selection.cutoffs(selection.expected_value(p, odds)[inside])


def judge_holdout(
    predictions: pd.DataFrame,
    cutoffs: Cutoffs,
    blended: Blended,
    data: Dataset,
    settings: Settings,
    earlier_looks: int,
) -> dict[str, Any]:
    """Every figure that the gate reads, over the holdout."""
    training = settings.training
    figures: dict[str, Any] = metrics.measure(
        Predictions.of(predictions),
        cutoffs,
        settings.odds_band,
        settings.prices.commission_of(data.settlement),
        Resampling.of(training),
        earlier_looks,
    )
    races = Races.of(predictions["race_id"].to_numpy())
    model, won = _array(predictions, "p_model"), _array(predictions, "win_share")
    figures |= slope_figures(predictions, blended.blend, settings, earlier_looks)
    figures["r2_model"] = likelihood.r2(model, won, races)
    figures["log_loss_race_model"] = likelihood.log_loss_race(model, won, races)
    figures["training_rows"] = int((data.frame["date"] < pd.Timestamp(data.plan.train_end)).sum())
    figures["holdout_days"] = data.plan.holdout_days
    return figures | blend_figures(blended)


def blend_figures(blended: Blended) -> Figures:
    """alpha, beta, alpha's share (or gamma) with their intervals, as flat entries."""
    spread = blended.spread
    name = "gamma" if blended.blend.is_from_market else "alpha"
    named: Mapping[str, bootstrap.Estimate | None] = {
        name: spread.exponent,
        "beta": spread.beta,
        "alpha_share": spread.alpha_share,
    }
    return metrics.flat({name: figure for name, figure in named.items() if figure is not None})


def slope_figures(
    predictions: pd.DataFrame, blend: Blend, settings: Settings, earlier_looks: int
) -> Figures:
    """`score_slope`, of the days' priced races, at the level that the looks leave."""
    frame = predictions[predictions["p_market"].notna()]
    races = Races.of(frame["race_id"].to_numpy())
    score, market, won = (_array(frame, name) for name in ("score", "p_market", "win_share"))
    dates = races.first(frame["date"].to_numpy())
    resampling, level = likelihood.widened(Resampling.of(settings.training), earlier_looks)
    slope = blends.slope(blend, score, market, won, races, dates, resampling, level)
    return metrics.flat({"score_slope": slope})


def captured_share(predictions: pd.DataFrame, truth: pd.DataFrame, settings: Settings) -> Figures:
    """Share of the attainable edge: (LL_blend - LL_market) / (LL_truth - LL_market).

    Args:
        predictions: of the judged days.
        truth: race_id, horse, p_true of a synthetic world.
        settings: draws and seed of the interval.
    """
    frame = predictions[predictions["p_market"].notna()].merge(
        truth, on=["race_id", "horse"], how="left", sort=False
    )
    races = Races.of(frame["race_id"].to_numpy())
    won = _array(frame, "win_share")
    market, blended, true = (
        races.log_likelihood(_array(frame, name), won) for name in ("p_market_power", "p", "p_true")
    )
    days = bootstrap.Days.of(races.first(frame["date"].to_numpy()))
    training = settings.training
    share = bootstrap.ratio(blended - market, true - market, days, Resampling.of(training))
    return metrics.flat({"captured_share": share})


def _blended_figures(priced: pd.DataFrame, earlier: Blended) -> dict[str, Any]:
    races = Races.of(priced["race_id"].to_numpy())
    won, fair = _array(priced, "win_share"), _array(priced, "p_market")
    p = earlier.probabilities(_array(priced, "column"), fair, races)
    opponent = earlier.opponent(fair, races)
    figures: dict[str, Any] = {
        "log_loss_race": likelihood.log_loss_race(p, won, races),
        "r2": likelihood.r2(p, won, races),
        "r2_market_power": likelihood.r2(opponent, won, races),
        "delta_r2": likelihood.delta_r2(p, opponent, won, races),
        "beta": earlier.blend.beta,
        "exponent": earlier.blend.exponent,
    }
    if earlier.blend.alpha_share is not None:
        figures["alpha_share"] = earlier.blend.alpha_share
    return figures | {
        "calibrator": earlier.calibrator.kind,
        "market_calibrator": earlier.market_calibrator.kind,
    }


def _uncalibrated(known: Blended, frame: pd.DataFrame) -> Sides:
    """Blend and power-calibrated market as a calibrator finds them."""
    races = Races.of(frame["race_id"].to_numpy())
    won, fair = _array(frame, "win_share"), _array(frame, "p_market")
    dates = races.first(frame["date"].to_numpy())
    blend = known.blend.probabilities(_array(frame, "column"), fair, races)
    market = known.power_market.probabilities(None, fair, races)
    return Sides(Forecast(blend, won, races, dates), Forecast(market, won, races, dates))


def _fit(settings: Settings, model: Floats, market: Floats, won: Floats, races: Races) -> Blend:
    mode = settings.training.blend
    if mode == "residual":
        return residual(model, market, won, races)
    if mode == "beside":
        scale = PriceScale(settings.beside.price_exponent)
        return blends.beside(model, market, won, races, scale)
    return benter(model, market, won, races, settings.training.alpha_start)


def _array(frame: pd.DataFrame, name: str) -> Floats:
    return np.asarray(frame[name].to_numpy(), dtype=np.float64)
