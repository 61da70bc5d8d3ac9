from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_races import simulate
from training.blending import calibration
from training.blending.blend import Blend
from training.blending.calibration import Beta, Calibrator, Uncalibrated
from training.data.inputs import Inputs
from training.model import linear
from training.model.artifact import Artifact
from training.model.model import Fundamental, Model
from training.statistics.sample import Sample
from velo.errors import ModelError

WORLD = simulate(300, [0.7, 0.5], seed=95)
FEATURES = ("draw_iv", "form_ewma")
INPUTS = Inputs(FEATURES)


def model(calibrator: Calibrator, opponent: Calibrator) -> Model:
    sample = Sample(WORLD.features.astype(np.float32), WORLD.win_share, WORLD.races, None)
    fundamental = Fundamental(INPUTS, linear.fit(sample, INPUTS), 1.0, starts_from_market=False)
    return Model(
        fundamental,
        "shin",
        Blend("benter", 0.4, 0.7),
        Blend("market", 0.0, 1.1),
        calibrator,
        opponent,
    )


def card() -> pd.DataFrame:
    odds = 1 / (1.15 * WORLD.races.softmax(0.5 * WORLD.features[:, 1]))
    frame = pd.DataFrame(WORLD.features, columns=list(FEATURES)).assign(
        race_id=WORLD.races.index, decision_odds=odds
    )
    frame.loc[frame["race_id"] == 5, "decision_odds"] = np.nan
    return frame


def fitted(kind: calibration.Kind) -> Calibrator:
    plain = model(Uncalibrated(), Uncalibrated()).predict(card())["p"].to_numpy()
    known = WORLD.races.index != 5
    rows, races = WORLD.races.keep(np.arange(300) != 5)
    assert (rows == known).all()
    return calibration.fit(kind, plain[rows], WORLD.win_share[rows], races)


@pytest.mark.parametrize("kind", ["none", "isotonic", "beta"])
def test_a_stored_model_predicts_the_same_bits(kind: calibration.Kind) -> None:
    whole = model(fitted(kind), Beta(1.1, 0.8, 0.2))
    plain = json.loads(json.dumps(whole.to_dict()))
    again = Model.of(Artifact(plain, None, ""))
    pd.testing.assert_frame_equal(whole.predict(card()), again.predict(card()), check_exact=True)


def test_each_side_goes_through_its_own_calibrator() -> None:
    plain = model(Uncalibrated(), Uncalibrated()).predict(card())
    bent = model(Beta(1.3, 0.6, 0.5), Beta(0.8, 1.4, 0.0)).predict(card())
    races = WORLD.races
    for name, calibrator in (("p", Beta(1.3, 0.6, 0.5)), ("p_market_power", Beta(0.8, 1.4, 0.0))):
        expected = calibrator.probabilities(plain[name].to_numpy(), races)
        np.testing.assert_array_equal(bent[name].to_numpy(), expected)
    for name in ("p_model", "p_market"):
        pd.testing.assert_series_equal(bent[name], plain[name])


def test_a_race_without_a_price_has_a_model_but_no_blend() -> None:
    predictions = model(fitted("isotonic"), fitted("beta")).predict(card())
    missing = predictions[predictions["race_id"] == 5]
    assert missing[["p", "p_market", "p_market_power"]].isna().all(axis=None)
    assert missing["p_model"].sum() == pytest.approx(1.0)
    sums = (
        predictions[predictions["race_id"] != 5].groupby("race_id")[["p", "p_market_power"]].sum()
    )
    np.testing.assert_allclose(sums, 1.0)


def test_a_model_from_before_calibration_is_refused() -> None:
    plain = model(Uncalibrated(), Uncalibrated()).to_dict()
    del plain["calibrator"]
    with pytest.raises(ModelError, match="lacks 'calibrator'; train again"):
        Model.of(Artifact(plain, None, ""))
