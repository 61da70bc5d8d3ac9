"""What moved a runner adds up to what the model says of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_races import simulate
from training.blending.blend import Blend
from training.blending.calibration import Uncalibrated
from training.data.inputs import Inputs
from training.model import explanation, scorer
from training.model.explanation import explained, pushes
from training.model.model import Fundamental, Model
from training.record.holdout_file import COLUMNS, read_holdout, write_holdout
from training.statistics.sample import Sample
from velo import settings
from velo.errors import ModelError

NAMES = ("form_ewma", "class_drop", "draw_iv", "layoff_days")
INPUTS = Inputs(NAMES)
MADE = simulate(300, [0.9, 0.5, 0.0, -0.4], seed=3)


def frame() -> pd.DataFrame:
    features = MADE.features.astype(np.float32)
    features[::7, 3] = np.nan
    fair = MADE.races.softmax(MADE.strength)
    return pd.DataFrame(features, columns=list(NAMES)).assign(
        race_id=MADE.races.index,
        horse_id=np.arange(MADE.races.n),
        date=MADE.races.broadcast(MADE.race_dates).astype("datetime64[us]"),
        course="Ascot",
        horse="Seabird",
        win_share=MADE.win_share,
        decision_odds=1 / (1.15 * fair),
        settlement_odds=1 / (1.15 * fair),
    )


def model(kind: str) -> Model:
    given = frame()
    sample = Sample(given[list(NAMES)].to_numpy(dtype=np.float32), MADE.win_share, MADE.races)
    params = settings.Ranker(threads=1, min_data_in_leaf=20)
    objective = "linear" if kind == "linear" else "conditional_logit"
    fitted = scorer.fit(objective, sample, INPUTS, params, 1, rounds=25)
    mode = "residual" if kind == "residual" else "benter"
    return Model(
        Fundamental(INPUTS, fitted, 1.3, starts_from_market=kind == "residual"),
        "proportional",
        Blend(mode, 0.4, 0.7),
        Blend("market", 0.0, 1.0),
        Uncalibrated(),
        Uncalibrated(),
    )


@pytest.mark.parametrize("kind", ["trees", "linear", "residual"])
def test_pushes_and_the_market_make_up_the_blend_within_each_race(kind: str) -> None:
    given, fitted = frame(), model(kind)
    predicted = fitted.predict(given)
    strength = pushes(fitted, given).sum(axis=1) + 0.7 * np.log(predicted["p_market"])
    assert MADE.races.softmax(strength.to_numpy()) == pytest.approx(predicted["p"].to_numpy())


def test_a_field_is_not_moved_as_a_whole() -> None:
    total = MADE.races.sum(pushes(model("trees"), frame()))
    assert total == pytest.approx(np.zeros_like(total), abs=1e-9)


def test_the_three_that_moved_a_runner_most_come_largest_first_with_their_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given, fitted = frame(), model("trees")
    rows = explained(fitted, given, fitted.predict(given))
    monkeypatch.setattr(explanation, "BLOCK_ROWS", 50)
    pd.testing.assert_frame_equal(explained(fitted, given, fitted.predict(given)), rows)
    sizes = rows[["push_1", "push_2", "push_3"]].abs().to_numpy()
    assert (np.diff(sizes, axis=1) <= 0).all()
    row = 8
    feature = rows["feature_1"].iloc[row]
    assert rows["value_1"].iloc[row] == pytest.approx(given[feature].iloc[row], nan_ok=True)


def test_the_holdouts_predictions_come_back_as_they_were_kept(tmp_path) -> None:
    given, fitted = frame(), model("trees")
    rows = explained(fitted, given, fitted.predict(given))
    write_holdout(tmp_path, rows)
    back = read_holdout(tmp_path)
    assert tuple(back.columns) == COLUMNS
    assert back["p"].to_numpy() == pytest.approx(rows["p"].to_numpy(), abs=0)
    assert back["feature_2"].astype(str).tolist() == rows["feature_2"].astype(str).tolist()


def test_a_run_that_kept_no_predictions_is_named(tmp_path) -> None:
    with pytest.raises(ModelError, match="train again"):
        read_holdout(tmp_path)


def test_a_torn_file_is_named(tmp_path) -> None:
    (tmp_path / "holdout_predictions.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(ModelError, match="cannot be read"):
        read_holdout(tmp_path)
