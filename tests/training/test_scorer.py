"""Every objective is fitted, scored with, stored and read in one way, categories included."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_races import fields, winners
from training.blending.blend import Blend
from training.blending.calibration import Uncalibrated
from training.data.inputs import Inputs
from training.model import scorer
from training.model.artifact import Artifact
from training.model.model import Fundamental, Model
from training.statistics import likelihood
from training.statistics.races import Races
from training.statistics.sample import Sample
from velo import settings
from velo.errors import ModelError

OBJECTIVES = ("conditional_logit", "lambdarank", "rank_xendcg", "linear")
KNOBS = settings.Ranker(rounds=40, early_stopping=10, min_data_in_leaf=50, threads=1)
YARDS = ("abbot", "bell", "cole", "drew")
# In the order of their names neither rising nor falling: a code taken for a number says nothing.
WORTH = pd.Series([1.2, -1.2, 1.2, -1.2], index=YARDS)
INPUTS = Inputs(("rating", "yard"), "both", {"yard": YARDS})


def entries(races: int, seed: int) -> tuple[pd.DataFrame, Races, np.ndarray]:
    field = fields(races, seed)
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"rating": rng.normal(0, 1, field.n), "yard": rng.choice(YARDS, field.n)})
    strength = 0.3 * frame["rating"] + WORTH.reindex(frame["yard"]).to_numpy()
    return frame, field, winners(strength.to_numpy(), field, seed + 1)


def sample_of(races: int, seed: int) -> Sample:
    frame, field, won = entries(races, seed)
    return Sample(INPUTS.matrix(frame, field), won, field)


@pytest.fixture(scope="module", params=OBJECTIVES)
def fitted(request: pytest.FixtureRequest) -> scorer.Scorer:
    early, late = sample_of(2000, 41), sample_of(500, 43)
    return scorer.fit(request.param, early, INPUTS, KNOBS, 1, stopping=late)


def test_a_category_is_learnt_as_one(fitted: scorer.Scorer) -> None:
    card = pd.DataFrame({"rating": 0.0, "yard": YARDS})
    score = fitted.scores(INPUTS.matrix(card, Races.of(np.zeros(4))))
    good, bad = score[[0, 2]], score[[1, 3]]
    # A ranking objective fixes no scale, so the gap is held against the spread.
    assert good.min() - bad.max() > 0.8 * np.ptp(score)


def test_an_unknown_yard_is_a_runner_like_any_other(fitted: scorer.Scorer) -> None:
    card = pd.DataFrame({"rating": 0.0, "yard": ["abbot", "bell", "ewell", None]})
    score = fitted.scores(INPUTS.matrix(card, Races.of(np.zeros(4))))
    assert np.isfinite(score).all()
    assert score[2] == score[3]


def test_it_says_what_it_was_fitted_to_and_what_each_feature_weighs(fitted: scorer.Scorer) -> None:
    assert fitted.objective in OBJECTIVES
    weights = fitted.importance()
    assert tuple(weights) == INPUTS.columns
    assert weights["yard"] > weights["rating"]
    whole = Fundamental(INPUTS, fitted, 1.0, starts_from_market=False)
    assert set(whole.importance()) == {"rating", "yard"}
    assert sum(whole.importance().values()) == pytest.approx(sum(weights.values()))


def test_a_stored_model_predicts_what_it_predicted(fitted: scorer.Scorer) -> None:
    model = Model(
        Fundamental(INPUTS, fitted, 0.9, starts_from_market=False),
        "proportional",
        Blend("benter", 0.4, 0.8),
        Blend("market", 0.0, 1.1),
        Uncalibrated(),
        Uncalibrated(),
    )
    plain = json.loads(json.dumps(model.to_dict()))
    again = Model.of(Artifact(plain, model.ranker_text, "0" * 64))
    frame, field, _ = entries(30, 47)
    frame = frame.assign(race_id=field.index, decision_odds=5.0)
    pd.testing.assert_frame_equal(model.predict(frame), again.predict(frame))
    assert list(model.predict(frame).columns[:2]) == ["race_id", "decision_odds"]


def test_a_card_gets_what_it_gets_among_other_races(fitted: scorer.Scorer) -> None:
    frame, field, _ = entries(30, 48)
    whole = fitted.scores(INPUTS.matrix(frame, field))
    rows, card = field.keep(np.arange(30) == 12)
    np.testing.assert_array_equal(fitted.scores(INPUTS.matrix(frame[rows], card)), whole[rows])


def test_the_linear_model_gets_no_less_than_the_trees() -> None:
    early, late = sample_of(2000, 41), sample_of(1000, 44)
    r2 = {}
    for objective in ("linear", "conditional_logit"):
        score = scorer.fit(objective, early, INPUTS, KNOBS, 1).scores(late.features)
        r2[objective] = likelihood.r2(late.races.softmax(score), late.win_share, late.races)
    assert r2["linear"] > 0.98 * r2["conditional_logit"]


def test_an_unknown_objective_is_refused() -> None:
    with pytest.raises(ModelError, match="'ndcg' is not an objective"):
        scorer.fit("ndcg", sample_of(50, 41), INPUTS, KNOBS, 1)
