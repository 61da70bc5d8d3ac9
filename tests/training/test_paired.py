from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_races import simulate
from training.statistics.bootstrap import Resampling
from training.statistics.paired import paired_gain
from velo.errors import DataError

WORLD = simulate(2000, [0.8, 0.5], seed=81)


def predictions(scale: float) -> pd.DataFrame:
    races = WORLD.races
    return pd.DataFrame(
        {
            "race_id": races.index,
            "horse_id": np.arange(races.n),
            "date": WORLD.race_dates[races.index],
            "win_share": WORLD.win_share,
            "p": races.softmax(scale * WORLD.strength),
        }
    )


def test_the_truth_is_likelier_than_a_timid_model_and_surely_so() -> None:
    better = paired_gain(predictions(1.0), predictions(0.4), Resampling(500, 1))
    assert better.gain.low > 0
    assert not better.wholly_worse
    turned = paired_gain(predictions(0.4), predictions(1.0), Resampling(500, 1))
    assert turned.wholly_worse
    assert turned.gain.value == pytest.approx(-better.gain.value)


def test_the_gain_by_hand() -> None:
    frame = pd.DataFrame(
        {
            "race_id": [1, 1, 2, 2],
            "horse_id": [1, 2, 1, 3],
            "date": np.array(["2020-01-01", "2020-01-01", "2020-01-02", "2020-01-02"], "M8[D]"),
            "win_share": [1.0, 0.0, 0.5, 0.5],
            "p": [0.5, 0.5, 0.5, 0.5],
        }
    )
    other = frame.assign(p=[0.25, 0.75, 0.2, 0.8])
    paired = paired_gain(frame, other, Resampling(200, 1))
    expected = (np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.2) + 0.5 * np.log(0.5 / 0.8)) / 2
    assert paired.gain.value == pytest.approx(expected)
    assert (paired.races, paired.left_out) == (2, 0)


def test_a_model_is_no_better_than_itself_in_whatever_order_its_rows_come() -> None:
    own = predictions(0.8)
    paired = paired_gain(own, own.sample(frac=1.0, random_state=1), Resampling(200, 1))
    assert paired.gain.value == 0
    assert paired.races == 2000


def test_races_that_one_model_lacks_in_part_or_whole_are_left_out_and_counted() -> None:
    own, other = predictions(1.0), predictions(0.4)
    other.loc[other["race_id"] == 0, "p"] = np.nan
    other = other[other["race_id"] != 1]
    other = other.drop(index=other.index[other["race_id"] == 2][0])
    own = own[own["race_id"] != 3]
    paired = paired_gain(own, other, Resampling(200, 1))
    assert (paired.races, paired.left_out) == (1996, 4)
    assert np.isfinite([paired.gain.value, paired.gain.low, paired.gain.high]).all()


def test_models_that_never_met_cannot_be_compared() -> None:
    own = predictions(1.0)
    with pytest.raises(DataError, match="score both on one period"):
        paired_gain(own[own["race_id"] < 10], own[own["race_id"] >= 10], Resampling(200, 1))
