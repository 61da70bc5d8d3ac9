from __future__ import annotations

import numpy as np
import pytest

from training.judging import betting
from training.judging.betting import Bets
from training.statistics.bootstrap import Resampling


def bets_on(win_share: list[float], odds: list[float], fair: list[float] | None = None) -> Bets:
    n = len(odds)
    return Bets.struck(
        np.ones(n, dtype=bool),
        np.array(win_share),
        np.array(odds),
        np.array(fair or [0.1] * n),
        np.arange(n),
        np.datetime64("2020-01-01", "D") + np.arange(n),
    )


def test_roi_is_profit_over_staked() -> None:
    roi = betting.roi(bets_on([1, 0, 0, 0] * 3, [6] * 12), 0.0, Resampling(500, 1))
    assert roi.value == pytest.approx((5 - 3) / 4)
    assert (roi.bets, roi.days) == (12, 12)
    assert roi.low < roi.value < roi.high


def test_commission_comes_off_the_roi() -> None:
    roi = betting.roi(bets_on([1, 0, 0, 0], [6, 6, 6, 6]), 0.02, Resampling(500, 1))
    assert roi.value == pytest.approx((5 * 0.98 - 3) / 4)


def test_actual_over_expected_by_hand() -> None:
    # Expected 1/5 + 1/10 + 1/20 = .35 winners, one came.
    ratio = betting.ae_ratio(bets_on([0, 1, 0], [5, 10, 20]), Resampling(500, 1))
    assert ratio.value == pytest.approx(1 / 0.35)


def test_fair_actual_over_expected_counts_the_de_vigged_chances() -> None:
    ratio = betting.ae_fair(bets_on([0, 1, 0], [5, 10, 20], [0.18, 0.08, 0.03]), Resampling(500, 1))
    assert ratio.value == pytest.approx(1 / 0.29)


def test_a_dead_heat_is_half_a_winner_in_both() -> None:
    bets = bets_on([0.5, 0], [10, 10])
    assert betting.ae_ratio(bets, Resampling(200, 1)).value == pytest.approx(0.5 / 0.2)
    assert betting.roi(bets, 0.0, Resampling(200, 1)).value == pytest.approx((4 - 1) / 2)


def test_a_selection_without_a_settlement_price_is_no_bet_and_is_counted() -> None:
    bets = bets_on([1, 0, 1], [6, 6, np.nan])
    assert len(bets) == 2
    assert bets.unsettleable == 1
    assert betting.roi(bets, 0.0, Resampling(200, 1)).bets == 2


def test_no_bets_have_no_figure() -> None:
    roi = betting.roi(bets_on([], []), 0.0, Resampling(200, 1))
    assert roi.bets == 0
    assert np.isnan([roi.value, roi.low, roi.high]).all()


def test_bets_that_all_lost_have_a_value_but_no_interval() -> None:
    roi = betting.roi(bets_on([0, 0], [6, 6]), 0.0, Resampling(200, 1))
    assert roi.value == -1
    assert np.isnan(roi.low)
