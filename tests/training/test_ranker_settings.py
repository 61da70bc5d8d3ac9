"""Each parameter of the ranker changes what it says, in the trees themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.training.simulated_races import simulate
from training.data.inputs import Inputs
from training.model import ranker, temperature
from training.model.ranker import FittedRanker
from training.statistics import likelihood
from training.statistics.sample import Sample
from velo import settings

WEIGHTS = [0.9, -0.7, 0.5, 0.5, -0.4, 0.4, 0.3, 0.3, -0.2, 0.2]
WORLD, LATER = simulate(700, WEIGHTS, seed=21), simulate(400, WEIGHTS, seed=22)
INPUTS = Inputs(tuple("abcdefghij"))
PLAIN: dict[str, Any] = {
    "rounds": 6,
    "learning_rate": 0.1,
    "num_leaves": 12,
    "min_data_in_leaf": 1,
    "min_sum_hessian_in_leaf": 1e-3,
    "lambda_l2": 0.0,
    "feature_fraction": 1.0,
    "threads": 1,
}
OBJECTIVES = ["conditional_logit", "lambdarank", "rank_xendcg"]


def fitted(objective: str = "conditional_logit", **changes: Any) -> FittedRanker:
    chosen = settings.Ranker(**(PLAIN | changes))
    data = ranker.binned(Sample(WORLD.features, WORLD.win_share, WORLD.races), INPUTS, chosen)
    return ranker.fit(data, chosen, 1, objective)


def trees(model: FittedRanker) -> list[dict[str, Any]]:
    return [tree["tree_structure"] for tree in model._booster.dump_model()["tree_info"]]


def below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for side in ("left_child", "right_child"):
        if side in node:
            yield from below(node[side])


def leaves(model: FittedRanker) -> list[list[dict[str, Any]]]:
    return [[node for node in below(tree) if "leaf_value" in node] for tree in trees(model)]


def splits(model: FittedRanker) -> list[list[dict[str, Any]]]:
    return [[node for node in below(tree) if "threshold" in node] for tree in trees(model)]


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("share", [0.5, 0.4])
def test_half_of_the_runners_teach_nearly_as_much_as_all(objective: str, share: float) -> None:
    def gain(fraction: float) -> float:
        model = fitted(objective, rounds=40, bagging_fraction=fraction, num_leaves=6)
        score = model.scores(LATER.features)
        scale = temperature.fit(score, LATER.win_share, LATER.races)
        p = np.exp(temperature.log_probabilities(score, scale, LATER.races))
        return likelihood.r2(p, LATER.win_share, LATER.races)

    assert gain(share) > 0.8 * gain(1.0) > 0.08


@pytest.mark.parametrize("share", [0.8, 0.6, 0.5, 0.2])
def test_a_tree_is_grown_on_the_share_of_the_runners_that_is_bagged(share: float) -> None:
    drawn = [tree["internal_count"] for tree in trees(fitted(bagging_fraction=share))]
    assert drawn == pytest.approx([share * WORLD.races.n] * 6, rel=0.06)
    assert fitted(bagging_fraction=share).text != fitted(bagging_fraction=1.0).text


@pytest.mark.parametrize("fraction", [0.2, 0.5])
def test_a_tree_sees_the_share_of_the_features_that_is_drawn(fraction: float) -> None:
    for tree in splits(fitted(feature_fraction=fraction)):
        assert len({node["split_feature"] for node in tree}) <= round(fraction * 10)
    assert max(len({n["split_feature"] for n in tree}) for tree in splits(fitted())) > 5


@pytest.mark.parametrize("most", [3, 8])
def test_a_tree_has_no_more_leaves_than_are_set(most: int) -> None:
    assert {len(tree) for tree in leaves(fitted(num_leaves=most))} == {most}


@pytest.mark.parametrize("least", [50, 400])
def test_no_leaf_has_far_fewer_runners_than_are_set(least: int) -> None:
    """LightGBM reckons them from the information on each side, and counts only afterwards."""
    trees = leaves(fitted(min_data_in_leaf=least))
    assert 0.8 * least <= min(leaf["leaf_count"] for tree in trees for leaf in tree)
    assert min(leaf["leaf_count"] for tree in leaves(fitted()) for leaf in tree) < 0.8 * 50


@pytest.mark.parametrize("least", [10.0, 60.0])
def test_no_leaf_has_less_information_than_is_set(least: float) -> None:
    booster = fitted(min_sum_hessian_in_leaf=least)
    assert least <= min(leaf["leaf_weight"] for tree in leaves(booster) for leaf in tree)
    assert min(leaf["leaf_weight"] for tree in leaves(fitted()) for leaf in tree) < 10


def test_twice_the_learning_rate_is_twice_the_first_step() -> None:
    slow, fast = (
        fitted(rounds=1, learning_rate=rate).scores(LATER.features) for rate in (0.1, 0.2)
    )
    np.testing.assert_allclose(fast, 2 * slow, rtol=1e-9)


def test_the_penalty_draws_a_leaf_to_nothing_as_its_information_says() -> None:
    """A leaf's value is its slope over information plus penalty."""
    two = Sample(np.sign(WORLD.features[:, :1]), WORLD.win_share, WORLD.races)
    trees = []
    for penalty in (0.0, 100.0):
        chosen = settings.Ranker(**(PLAIN | {"rounds": 1, "lambda_l2": penalty}))
        data = ranker.binned(two, Inputs(("a",)), chosen)
        trees.append(leaves(ranker.fit(data, chosen, 1, "conditional_logit"))[0])
    for free, held in zip(*trees, strict=True):
        information = free["leaf_weight"]
        assert held["leaf_value"] / free["leaf_value"] == pytest.approx(
            information / (information + 100), rel=1e-3
        )


@pytest.mark.parametrize("bins", [3, 15])
def test_a_feature_is_cut_at_no_more_places_than_it_has_bins(bins: int) -> None:
    cuts: dict[int, set[float]] = {}
    for tree in splits(fitted(max_bin=bins, rounds=30)):
        for node in tree:
            cuts.setdefault(node["split_feature"], set()).add(node["threshold"])
    assert 1 <= max(len(places) for places in cuts.values()) < bins


def test_rounds_are_trees() -> None:
    assert [len(trees(fitted(rounds=rounds))) for rounds in (1, 9)] == [1, 9]


def test_threads_are_those_that_boost() -> None:
    assert "[num_threads: 2]" in fitted(threads=2).text


def test_patience_is_how_long_boosting_waits_for_a_better_round() -> None:
    for patience in (2, 5):
        chosen = settings.Ranker(**(PLAIN | {"rounds": 300, "early_stopping": patience}))
        sample, later = (Sample(x.features, x.win_share, x.races) for x in (WORLD, LATER))
        model = ranker.fit(
            ranker.binned(sample, INPUTS, chosen, later), chosen, 1, "conditional_logit"
        )
        assert len(model.curve) == model.rounds + patience < 300
