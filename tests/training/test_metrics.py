from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_races import simulate
from training.judging import metrics, selection
from training.judging.metrics import Predictions
from training.judging.selection import Cutoffs
from training.statistics.bootstrap import Resampling
from velo.errors import DataError
from velo.settings import OddsBand

BAND = OddsBand()


def frame_of(edge: float, races: int = 3000, margin: float = 0.0) -> pd.DataFrame:
    """Predictions that know the truth, against a market that has missed a share of it."""
    world = simulate(races, [0.6, 0.6], seed=81)
    market = world.races.softmax(world.features @ np.array([0.6, 0.6 * (1 - edge)]))
    odds = np.minimum(1 / (market + margin), 1000)
    return pd.DataFrame(
        {
            "race_id": world.races.index + 1,
            "horse_id": np.arange(world.races.n),
            "date": world.race_dates[world.races.index],
            "win_share": world.win_share,
            "decision_odds": odds,
            "settlement_odds": odds,
            "p": world.races.softmax(world.strength),
            "p_market": market,
            "p_market_power": market,
        }
    )


def measured(frame: pd.DataFrame) -> dict[str, float]:
    given = Predictions.of(frame)
    value = selection.expected_value(given.p, given.decision_odds)
    cut = selection.cutoffs(value[selection.in_band(given.decision_odds, BAND)])
    return metrics.measure(given, cut, BAND, 0.0, Resampling(500, 1))


def test_a_model_that_knows_more_than_the_market_is_seen_to_profit() -> None:
    figures = measured(frame_of(edge=1.0))
    assert figures["delta_ll_low"] > 0
    assert figures["delta_r2"] > 0
    assert figures["ae_ratio_low"] > 1.03
    assert figures["roi_top20_low"] > 0
    assert figures["calibration_slope_low"] < 1 < figures["calibration_slope_high"]
    assert figures["band_calibration_error"] < 0.01


def test_a_model_that_knows_what_the_market_knows_loses_the_margin() -> None:
    figures = measured(frame_of(edge=0.0, margin=0.02))
    assert figures["delta_ll"] == 0
    assert figures["roi_top20"] < 0
    assert figures["ae_ratio"] < 1


def test_bets_are_a_fifth_of_the_band_and_carry_their_number() -> None:
    frame = frame_of(edge=1.0)
    figures = measured(frame)
    inside = int(frame["decision_odds"].between(5, 21).sum())
    assert figures["roi_top20_bets"] == figures["ae_ratio_bets"] == inside // 5
    assert figures["roi_top10_bets"] == inside // 10


def test_a_race_without_a_complete_book_is_left_out_and_counted() -> None:
    frame = frame_of(edge=1.0, races=50)
    frame.loc[frame.index[3], "p_market"] = np.nan
    given = Predictions.of(frame)
    assert given.unpriced == 1
    assert len(given.races) == 49


def test_a_period_without_any_market_is_refused() -> None:
    frame = frame_of(edge=1.0, races=5).assign(p_market=np.nan)
    with pytest.raises(DataError, match="no race of the period has a complete book"):
        Predictions.of(frame)


def test_no_bets_leave_nan_and_a_count_of_none() -> None:
    given = Predictions.of(frame_of(edge=1.0, races=50))
    figures = metrics.bettings(given, Cutoffs(99.0, 99.0, 99.0), BAND, 0.0, Resampling(200, 1))
    assert np.isnan(figures["roi_top20"])
    assert figures["roi_top20_bets"] == 0


def test_every_figure_is_a_plain_number() -> None:
    figures = measured(frame_of(edge=1.0, races=200))
    assert {type(value) for value in figures.values()} <= {int, float}
