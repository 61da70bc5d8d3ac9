"""Constraints hold on a feature in every form in which the model sees it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_races import fields, winners
from training.data import constraints
from training.data.inputs import Inputs
from training.model import ranker, scorer
from training.statistics.races import Races
from training.statistics.sample import Sample
from velo import settings
from velo.errors import SettingsError

INPUTS = Inputs(("rate", "days", "ground"), "both", {"ground": ("firm", "soft")})


def params(**chosen: Any) -> settings.Ranker:
    few: dict[str, Any] = {"rounds": 60, "min_data_in_leaf": 20, "feature_fraction": 1.0}
    return settings.Ranker(threads=1, **few, **chosen)


def test_nothing_is_held_unless_it_is_asked_for() -> None:
    assert constraints.parameters(INPUTS, settings.Ranker()) == {}


def test_difference_and_rank_are_held_as_their_feature_is() -> None:
    lightgbm = constraints.parameters(INPUTS, params(monotone={"rate": 1, "days": -1}))
    assert lightgbm["monotone_constraints"] == [1, -1, 0, 1, -1, 1, -1]


def test_features_in_no_group_form_one_more() -> None:
    lightgbm = constraints.parameters(INPUTS, params(interactions=(("rate",),)))
    assert lightgbm["interaction_constraints"] == [[0, 3, 5], [1, 2, 4, 6]]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"monotone": {"pace": 1}}, "ranker.monotone: the model has no feature 'pace'"),
        ({"interactions": (("rate", "pace"),)}, "ranker.interactions: .* no feature 'pace'"),
        ({"monotone": {"ground": 1}}, "'ground' is a category and has no order"),
    ],
)
def test_a_constraint_on_what_is_not_there_is_refused(chosen: dict, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        constraints.parameters(INPUTS, params(**chosen))
    assert "\n" not in str(caught.value)


def test_a_direction_other_than_up_or_down_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VELO_RANKER__MONOTONE", '{"rate": 2}')
    with pytest.raises(SettingsError, match="monotone"):
        settings.load()


def noisy_rates(seed: int) -> tuple[pd.DataFrame, Races, np.ndarray]:
    """A rate that helps up to the middle and then not, beside a chance second feature."""
    races = fields(500, seed)
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"rate": rng.random(races.n), "days": rng.random(races.n)})
    strength = 2.0 * np.minimum(frame["rate"], 0.5) + 2.0 * (frame["rate"] > 0.5) * frame["days"]
    return frame, races, winners(strength.to_numpy(), races, seed + 1)


def swept(fitted: scorer.Scorer, inputs: Inputs) -> np.ndarray:
    """Scores of a runner whose rate rises step by step, in a field that stays as it is."""
    others = [0.2, 0.5, 0.8]
    scores = []
    for rate in np.linspace(0, 1, 101):
        card = pd.DataFrame({"rate": [rate, *others], "days": 0.5})
        scores.append(fitted.scores(inputs.matrix(card, Races.of(np.zeros(4))))[0])
    return np.diff(scores)


def test_a_held_feature_never_makes_a_runner_less_likely_whatever_the_field() -> None:
    frame, races, won = noisy_rates(31)
    inputs = Inputs(("rate", "days"), "both")
    sample = Sample(inputs.matrix(frame, races), won, races)
    free = scorer.fit("conditional_logit", sample, inputs, params(), 1)
    held = scorer.fit("conditional_logit", sample, inputs, params(monotone={"rate": 1}), 1)
    assert swept(free, inputs).min() < -1e-6
    assert swept(held, inputs).min() >= 0


def test_features_of_two_groups_never_stand_on_one_branch() -> None:
    frame, races, won = noisy_rates(32)
    inputs = Inputs(("rate", "days"))
    sample = Sample(inputs.matrix(frame, races), won, races)

    def joined(**chosen: Any) -> float:
        """How far a rate's effect depends on the days: 0 where the score is a sum of both."""
        data = ranker.binned(sample, inputs, params(**chosen))
        score = ranker.fit(data, params(**chosen), 1, "conditional_logit").scores
        corners = np.array([[0.9, 0.9], [0.9, 0.1], [0.1, 0.9], [0.1, 0.1]], dtype=np.float32)
        return float(abs(score(corners) @ np.array([1, -1, -1, 1])))

    assert joined() > 0.05
    assert joined(interactions=(("rate",), ("days",))) < 1e-9
