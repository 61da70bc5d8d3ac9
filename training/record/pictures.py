"""The plots of a training run, from what it has at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from training.judging.diagnosis import Kind, Slice
from training.judging.metrics import Predictions
from training.judging.selection import Cutoffs, expected_value, select
from training.model.attribution import Attribution
from training.record import plots
from training.statistics.calibration_curve import curve
from training.statistics.profit_path import profit_path
from training.walk.blend_path import Weight
from velo.settings import Settings


def pictures(
    predictions: pd.DataFrame,
    slices: Mapping[Kind, Sequence[Slice]],
    importances: Mapping[str, float],
    attribution: Attribution | None,
    weights: Sequence[Weight],
    cutoffs: Cutoffs,
    commission: float,
    settings: Settings,
) -> dict[str, bytes]:
    """File name -> PNG.

    Args:
        predictions: of the holdout, as `Model.predict` gives them.
        slices: the holdout by odds band and month.
        importances: feature -> split gain.
        attribution: shares of the scores, of out-of-fold days; None for a linear model.
        weights: the blend's weight fold by fold.
        cutoffs: of the selections whose profit is drawn.
        commission: on winnings.
        settings: odds band and seed.
    """
    given = Predictions.of(predictions)
    value = expected_value(given.p, given.decision_odds)
    paths = {}
    for name, cutoff in cutoffs.to_dict().items():
        bets = given.bets(select(value, given.decision_odds, settings.odds_band, cutoff))
        if len(bets):
            profit = bets.profit(commission)
            paths[name] = profit_path(profit, bets.dates, settings.training.seed)
    curves = {
        "blend": curve(given.p, given.win_share),
        "market": curve(given.p_market_power, given.win_share),
    }
    return plots.images(curves, slices, importances, paths, attribution, weights)
