from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from tests.training.simulated_races import simulate
from training.data.inputs import Inputs
from training.model import linear
from training.model.linear import Linear
from training.statistics.races import Races
from training.statistics.sample import Sample
from velo.errors import ModelError

INPUTS = Inputs(("a", "b", "c"))


def test_the_fit_is_the_optimum_that_a_general_search_finds() -> None:
    world = simulate(300, [0.8, -0.4, 0.0], seed=5)
    fitted = linear.fit(Sample(world.features, world.win_share, world.races), INPUTS)
    x = (world.features - world.features.mean(axis=0)) / world.features.std(axis=0)

    def loss(weights: np.ndarray) -> float:
        log_q = world.races.log_softmax(x @ weights)
        return -float(world.win_share @ log_q) + 0.5 * linear.PENALTY * float(weights @ weights)

    best = minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-6})
    np.testing.assert_allclose(fitted.weights, best.x, atol=1e-4)


def test_planted_weights_come_back() -> None:
    world = simulate(6000, [0.8, -0.4, 0.0], seed=6)
    fitted = linear.fit(Sample(world.features, world.win_share, world.races), INPUTS)
    np.testing.assert_allclose(fitted.weights / fitted.scale, [0.8, -0.4, 0.0], atol=0.05)


def test_blocks_of_races_sum_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    world = simulate(200, [0.8, -0.4, 0.0], seed=7)
    sample = Sample(world.features, world.win_share, world.races)
    whole = linear.fit(sample, INPUTS)
    monkeypatch.setattr(linear, "BLOCK_ROWS", 37)
    np.testing.assert_allclose(linear.fit(sample, INPUTS).weights, whole.weights, rtol=1e-5)


def test_a_missing_value_counts_as_the_mean_and_is_flagged_where_it_is_common() -> None:
    world = simulate(3000, [0.8, 0.0, 0.0], seed=8)
    features = world.features.copy()
    rng = np.random.default_rng(1)
    features[rng.random(world.races.n) < 0.10, 0] = np.nan
    features[rng.random(world.races.n) < 0.001, 1] = np.nan
    fitted = linear.fit(Sample(features, world.win_share, world.races), INPUTS)
    assert fitted.flagged.tolist() == [True, False, False]
    assert len(fitted.weights) == 4
    unknown = np.full((1, 3), np.nan)
    assert fitted.scores(unknown)[0] == pytest.approx(fitted.weights[3])


def test_a_flag_tells_what_being_missing_means() -> None:
    world = simulate(4000, [0.0], seed=9)
    debut = world.features[:, 0] > 1
    features = np.where(debut[:, None], np.nan, 0.0)
    run = -1.5 * debut + np.random.default_rng(3).gumbel(size=world.races.n)
    won = (run == world.races.broadcast(world.races.max(run))).astype(float)
    fitted = linear.fit(Sample(features, won, world.races), Inputs(("a",)))
    assert fitted.weights[1] == pytest.approx(-1.5, abs=0.2)


def test_what_is_made_of_a_feature_has_no_flag_of_its_own() -> None:
    world = simulate(300, [0.8, 0.0, 0.0], seed=15)
    missing = np.where(world.features > 1, np.nan, world.features)
    inputs = Inputs(("a", "b", "c"), "both")
    frame = pd.DataFrame(missing, columns=["a", "b", "c"])
    fitted = linear.fit(
        Sample(inputs.matrix(frame, world.races), world.win_share, world.races), inputs
    )
    assert np.flatnonzero(fitted.flagged).tolist() == [0, 1, 2]


def test_a_constant_feature_gets_no_weight() -> None:
    world = simulate(500, [0.8, 0.0, 0.0], seed=10)
    features = world.features.copy()
    features[:, 1] = 7.5
    fitted = linear.fit(Sample(features, world.win_share, world.races), INPUTS)
    assert fitted.weights[1] == 0


def test_features_that_copy_each_other_still_settle() -> None:
    world = simulate(500, [0.8], seed=11)
    features = np.repeat(world.features, 3, axis=1)
    fitted = linear.fit(Sample(features, world.win_share, world.races), INPUTS)
    assert np.ptp(fitted.weights) < 1e-6


def test_a_starting_score_is_taken_as_known_and_left_out_of_the_scores() -> None:
    world = simulate(4000, [0.8, -0.4], seed=12)
    start = 0.8 * world.features[:, 0]
    sample = Sample(world.features, world.win_share, world.races, start)
    fitted = linear.fit(sample, Inputs(("a", "b")))
    np.testing.assert_allclose(fitted.weights / fitted.scale, [0.0, -0.4], atol=0.06)


def test_a_linear_model_goes_through_json_unchanged() -> None:
    world = simulate(200, [0.8, -0.4, 0.0], seed=13)
    fitted = linear.fit(Sample(world.features, world.win_share, world.races), INPUTS)
    read = Linear.from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert (read.scores(world.features) == fitted.scores(world.features)).all()


def test_a_linear_model_with_a_weight_cut_off_is_refused() -> None:
    plain = Linear(("a",), (0,), np.zeros(1), np.ones(1), np.zeros(1, bool), np.ones(1)).to_dict()
    with pytest.raises(ModelError, match="1 columns but arrays of lengths"):
        Linear.from_dict({**plain, "weights": []})


@pytest.mark.slow
def test_two_hundred_thousand_rows_fit_in_seconds() -> None:
    world = simulate(25_000, [0.1] * 21, seed=14)
    races: Races = world.races
    begun = time.process_time()
    fitted = linear.fit(
        Sample(world.features, world.win_share, races), Inputs(tuple(map(str, range(21))))
    )
    assert time.process_time() - begun < 30, "of computing, however busy the machine is"
    np.testing.assert_allclose(fitted.weights / fitted.scale, 0.1, atol=0.04)
