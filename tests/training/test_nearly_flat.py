"""Models that hardly part the runners of a race: no weight, no certainty, and nothing kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from tests.live.predicted import race, runner
from tests.training.cards import CARD
from tests.training.simulated_races import simulate
from training.blending import blend
from training.blending.blend import Blend
from training.blending.calibration import Uncalibrated
from training.data.inputs import Inputs
from training.model import linear, temperature
from training.model.linear import Linear
from training.model.model import Fundamental, Model
from training.record.registry import Registered
from training.scoring import Stored
from training.statistics import pool
from training.statistics.bootstrap import Resampling
from training.statistics.races import Races
from training.statistics.sample import Sample
from velo.errors import ModelError
from velo.formats import in_text
from velo.live.scoring import score
from velo.live.serialise import as_rows

WORLD = simulate(1200, [0.8, 0.0], seed=3)
FORM, NOISE = WORLD.features.T
MARKET = WORLD.races.softmax(0.8 * FORM)
FITTED = MARKET, WORLD.win_share, WORLD.races


def test_scores_the_wrong_way_round_have_no_weight_in_the_blend() -> None:
    """Their temperature is the hottest, and what is left of them is a millionth of a nat."""
    hottest = temperature.fit(-FORM, WORLD.win_share, WORLD.races)
    for score_ in (-FORM, NOISE):
        column = temperature.log_probabilities(score_, hottest, WORLD.races)
        fitted = blend.benter(column, *FITTED)
        spread = blend.intervals(fitted, column, *FITTED, WORLD.race_dates, Resampling(200, 1))
        assert (fitted.alpha, fitted.alpha_share) == (0, 0)
        assert np.isnan([spread.exponent.low, spread.exponent.high]).all()
        assert spread.beta.low < fitted.beta < spread.beta.high
        assert fitted.beta == pytest.approx(blend.power_market(*FITTED).beta, abs=1e-9)


def test_a_boosted_score_that_hardly_moved_has_no_weight() -> None:
    fitted = blend.residual(1e-5 * NOISE, *FITTED)
    assert fitted.gamma == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_an_exponent_is_bounded_and_the_other_is_the_likeliest_beside_it(sign: int) -> None:
    market = WORLD.races.softmax(0.1 * FORM + 0.3 * NOISE)
    column = sign * 1e-3 * FORM
    fitted = blend.residual(column, market, WORLD.win_share, WORLD.races)
    assert fitted.gamma == sign * pool.STEEPEST
    spread = blend.intervals(
        fitted, column, market, WORLD.win_share, WORLD.races, WORLD.race_dates, Resampling(200, 1)
    )
    # Every draw asks for more than the bound, so nothing is known of how sure it is.
    assert np.isnan([spread.exponent.low, spread.exponent.high]).all()

    def loss(beta: float) -> float:
        log_p = WORLD.races.log_softmax(fitted.gamma * column + beta * np.log(market))
        return -float(WORLD.win_share @ log_p)

    assert fitted.beta == pytest.approx(minimize_scalar(loss, (0, 1)).x, abs=1e-5)


def test_no_chance_is_0_or_1_however_steep_the_blend() -> None:
    p = Blend("benter", 858_134.0, 0.9).probabilities(NOISE, MARKET, WORLD.races)
    assert p.min() > 0
    assert p.max() < 1
    np.testing.assert_allclose(WORLD.races.sum(p), 1, atol=1e-12)
    assert np.isfinite(WORLD.races.log_likelihood(p, WORLD.win_share)).all()


def test_a_feature_that_varies_by_rounding_alone_is_flat() -> None:
    """On other days it may differ for good, and a weight on the rounding would decide the race."""
    inputs = Inputs(("form", "year"))
    year = np.nextafter(np.float32(2019), np.float32(3000), dtype=np.float32)
    rounded = np.where(WORLD.win_share > 0, year, np.float32(2019))
    features = np.stack([FORM, rounded], axis=1).astype(np.float32)
    fitted = linear.fit(Sample(features, WORLD.win_share, WORLD.races), inputs)
    later = np.array([[0.0, 2019.0], [0.0, 2020.0]])
    assert np.ptp(fitted.scores(later)) == 0


def stored(weight: float) -> Stored:
    """A model of one line, through a feature of any size."""
    inputs = Inputs(("a", "b", "c"))
    line = Linear(
        inputs.columns,
        (0, 0, 0),
        np.zeros(3),
        np.ones(3),
        np.zeros(3, dtype=np.bool_),
        np.array([weight, 0.0, 0.0]),
    )
    alone = Fundamental(inputs, line, 1.0, starts_from_market=False)
    market = Blend("market", 0.0, 1.0)
    model = Model(alone, "shin", Blend("benter", 0.4, 0.7), market, Uncalibrated(), Uncalibrated())
    return Stored(Registered(Path("folder"), "s", "r", "7", {}), CARD, model)


def entries(odds: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "race_id": 1,
            "horse_id": [1, 2],
            "date": pd.Timestamp("2026-05-02"),
            "course": "Ripon",
            "horse": ["Arkle", "Red Rum"],
            "decision_odds": odds,
        }
    )


def seen(value: float) -> pd.DataFrame:
    return pd.DataFrame({"a": [value, 1.0], "b": 0.0, "c": 0.0})


def test_a_score_beyond_all_reason_is_a_chance_that_has_odds() -> None:
    scored = score(stored(1e9), entries([2.0, 2.0]), seen(3.0))
    assert scored["p"].between(0, 1, inclusive="neither").all()
    assert scored["p_model"].between(0, 1, inclusive="neither").all()


def test_a_model_without_a_chance_for_a_runner_is_refused_before_anything_is_kept() -> None:
    message = r"^version 7 gives Arkle a chance of nan.*train again$"
    with np.errstate(invalid="ignore"), pytest.raises(ModelError, match=message):
        score(stored(1.0), entries([2.0, 2.0]), seen(float("inf")))


def test_a_chance_of_0_in_an_earlier_ledger_has_no_fair_odds() -> None:
    (row,) = as_rows([race(1, [runner(1, p=0.0)], day=date(2026, 5, 2))])
    assert (row["fair_odds"], row["edge"]) == (None, -1)
    (row,) = as_rows([race(1, [runner(1, None, p=None)])])
    assert row["fair_odds"] == 4


def test_a_figure_that_could_not_be_measured_is_a_dash() -> None:
    assert (in_text.number(None, 4), in_text.number(0.12345, 4)) == ("-", "0.1235")


def test_a_lone_runner_is_sure_to_win() -> None:
    assert Races.of(np.array([1, 2])).softmax(np.array([3.0, -900.0])).tolist() == [1, 1]
