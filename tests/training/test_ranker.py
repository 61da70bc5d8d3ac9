from __future__ import annotations

import numpy as np
import pytest

from tests.training.simulated_races import Simulated, simulate
from training.data.inputs import Inputs
from training.model import ranker, temperature
from training.model.ranker import FittedRanker
from training.statistics import likelihood
from training.statistics.sample import Sample
from velo import settings
from velo.errors import ModelError

NAMES = ("a", "b", "noise")
PARAMETERS = settings.Ranker(
    rounds=40, early_stopping=10, min_data_in_leaf=50, num_leaves=7, threads=1
)


def sample_of(world: Simulated, start: np.ndarray | None = None) -> Sample:
    return Sample(world.features, world.win_share, world.races, start)


@pytest.fixture(scope="module")
def world() -> Simulated:
    return simulate(1500, [0.9, -0.6, 0.0], seed=21)


@pytest.fixture(scope="module")
def later() -> Simulated:
    return simulate(800, [0.9, -0.6, 0.0], seed=22)


@pytest.mark.parametrize("objective", ["conditional_logit", "lambdarank", "rank_xendcg"])
def test_every_objective_learns_who_is_strong(
    world: Simulated, later: Simulated, objective: str
) -> None:
    data = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS, sample_of(later))
    fitted = ranker.fit(data, PARAMETERS, seed=1, objective=objective)
    score = fitted.scores(later.features)
    scale = temperature.fit(score, later.win_share, later.races)
    p = np.exp(temperature.log_probabilities(score, scale, later.races))
    truth = likelihood.r2(later.races.softmax(later.strength), later.win_share, later.races)
    assert likelihood.r2(p, later.win_share, later.races) > 0.6 * truth
    assert fitted.importance()["a"] > fitted.importance()["noise"]


def test_the_same_seed_gives_the_same_model(world: Simulated) -> None:
    data = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS)
    first, second = (ranker.fit(data, PARAMETERS, 7, "conditional_logit") for _ in range(2))
    assert first.text == second.text
    assert ranker.fit(data, PARAMETERS, 8, "conditional_logit").text != first.text


def test_bins_are_made_once_for_every_objective(world: Simulated) -> None:
    data = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS)
    alone = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS)
    ranker.fit(data, PARAMETERS, 7, "rank_xendcg", rounds=5)
    after = ranker.fit(data, PARAMETERS, 7, "conditional_logit", rounds=5)
    assert after.text == ranker.fit(alone, PARAMETERS, 7, "conditional_logit", rounds=5).text


def test_without_a_stopping_slice_every_round_is_kept(world: Simulated) -> None:
    data = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS)
    assert ranker.fit(data, PARAMETERS, 1, "conditional_logit").rounds == 40
    assert ranker.fit(data, PARAMETERS, 1, "conditional_logit", rounds=3).rounds == 3


def test_early_stopping_keeps_the_round_that_the_later_slice_liked_best() -> None:
    few = simulate(120, [0.9, -0.6, 0.0], seed=23)
    later = simulate(400, [0.9, -0.6, 0.0], seed=24)
    eager = PARAMETERS.model_copy(
        update={
            "rounds": 400,
            "learning_rate": 0.3,
            "min_data_in_leaf": 5,
            "min_sum_hessian_in_leaf": 0.1,
            "lambda_l2": 0.0,
        }
    )
    data = ranker.binned(sample_of(few), Inputs(NAMES), eager, sample_of(later))
    stopped = ranker.fit(data, eager, 1, "conditional_logit")
    longer = ranker.fit(data, eager, 1, "conditional_logit", rounds=stopped.rounds)

    def likely(model: FittedRanker) -> float:
        p = later.races.softmax(model.scores(later.features))
        return likelihood.log_loss_race(p, later.win_share, later.races)

    alone = ranker.binned(sample_of(few), Inputs(NAMES), eager)
    overdone = ranker.fit(alone, eager, 1, "conditional_logit", rounds=400)
    assert stopped.rounds < 100
    assert likely(stopped) == likely(longer)
    assert likely(stopped) < likely(overdone)


def test_a_slice_that_is_only_watched_has_no_say_in_the_trees_that_are_kept(
    world: Simulated,
) -> None:
    """Boosting goes on to that round even where the slice has long had enough."""
    for seed, rounds in ((24, 2), (25, 60)):
        later = simulate(40, [-0.9, 0.6, 0.0], seed=seed)
        watching = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS, sample_of(later))
        alone = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS)
        watched = ranker.fit(watching, PARAMETERS, 1, "conditional_logit", rounds=rounds)
        unwatched = ranker.fit(alone, PARAMETERS, 1, "conditional_logit", rounds=rounds)
        assert watched.rounds == rounds <= len(watched.curve)
        np.testing.assert_array_equal(
            watched.scores(later.features), unwatched.scores(later.features)
        )


def test_a_model_that_starts_from_the_truth_learns_next_to_nothing(world: Simulated) -> None:
    plain = ranker.fit(
        ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS),
        PARAMETERS,
        1,
        "conditional_logit",
    )
    informed = ranker.fit(
        ranker.binned(sample_of(world, world.strength), Inputs(NAMES), PARAMETERS),
        PARAMETERS,
        1,
        "conditional_logit",
    )
    spread = [float(np.std(model.scores(world.features))) for model in (plain, informed)]
    assert spread[1] < 0.35 * spread[0]


def test_a_ranking_objective_cannot_start_from_the_market(world: Simulated) -> None:
    data = ranker.binned(sample_of(world, world.strength), Inputs(NAMES), PARAMETERS)
    with pytest.raises(ModelError, match="cannot start from the market"):
        ranker.fit(data, PARAMETERS, 1, "lambdarank")


def test_an_unknown_objective_is_refused(world: Simulated) -> None:
    data = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS)
    with pytest.raises(ModelError, match="'auto' is not an objective"):
        ranker.fit(data, PARAMETERS, 1, "auto")


def test_a_model_goes_through_its_text_unchanged(world: Simulated) -> None:
    data = ranker.binned(sample_of(world), Inputs(NAMES), PARAMETERS)
    fitted = ranker.fit(data, PARAMETERS, 1, "conditional_logit", rounds=4)
    read = FittedRanker.from_text(fitted.text)
    assert read.rounds == 4
    assert (read.scores(world.features) == fitted.scores(world.features)).all()


def test_a_text_that_is_no_model_is_refused_in_one_line() -> None:
    with pytest.raises(ModelError, match="not a LightGBM model") as caught:
        FittedRanker.from_text("hello")
    assert "\n" not in str(caught.value)
