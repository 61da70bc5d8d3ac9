"""SHAP values within the race: they add up to the score, and say what matters."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.simulated_dataset import SETTINGS, simulated_dataset
from training.model.attribution import attribute
from training.statistics.races import Races
from training.walk import walk_forward
from training.walk.blend_path import blend_path


@pytest.fixture(scope="module")
def walked():
    data = simulated_dataset()
    return data, walk_forward.out_of_fold(data, SETTINGS, "proportional", "conditional_logit")


def last_days(data, oof):
    return data.rows(
        slice(data.span(oof.fits[-1].fold.test_start, data.plan.holdout_end).start, None)
    )


def test_the_shares_of_a_runner_add_up_to_its_score_less_that_of_its_race(walked):
    data, oof = walked
    model, days = oof.fits[-1].boosted, last_days(data, oof)
    attribution = attribute(model, days, seed=1, most_races=10**6)
    races = Races.of(days["race_id"].to_numpy())
    scores = model.scorer.scores(attribution.inputs.astype(np.float32))
    centred = scores - races.broadcast(races.sum(scores) / races.sizes)
    np.testing.assert_allclose(attribution.shares.sum(axis=1), centred, atol=1e-9)


def test_what_makes_winners_comes_first_and_noise_last(walked):
    data, oof = walked
    attribution = attribute(oof.fits[-1].boosted, last_days(data, oof), seed=1)
    assert list(attribution.importance) == ["form", "draw", "noise"]


def test_a_sample_is_of_whole_races_and_the_same_for_a_seed(walked):
    data, oof = walked
    days = last_days(data, oof)
    one, two = (attribute(oof.fits[-1].boosted, days, seed=4, most_races=20) for _ in range(2))
    np.testing.assert_array_equal(one.shares, two.shares)
    np.testing.assert_allclose(one.shares.sum(axis=0), 0.0, atol=1e-9)


def test_a_linear_model_has_none(walked):
    data, oof = walked
    assert attribute(oof.fits[-1].straight, last_days(data, oof), seed=1) is None


def test_each_fold_has_its_own_weight_with_an_interval(walked):
    _, oof = walked
    weights = blend_path(oof, SETTINGS)
    assert [each.fold for each in weights] == [1, 2]
    assert {each.name for each in weights} == {"alpha_share"}
    assert all(each.weight.low < each.weight.value < each.weight.high for each in weights)


def test_a_fold_keeps_the_likelihood_after_each_round_of_its_days(walked):
    _, oof = walked
    for fit in oof.fits:
        assert len(fit.curve) >= fit.rounds > 0
        assert fit.began < fit.ended
