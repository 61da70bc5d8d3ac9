"""A line beside the market the whole way: trained, judged, stored, loaded, refitted, walked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import mlflow.pyfunc
import numpy as np
import pandas as pd
import pytest

from backtest.walk_forward import recipe_of
from tests.training.judged_worlds import SETTINGS, built, home_at
from training.model import artifact
from training.promotion.recorded_run import RecordedRun
from training.promotion.refit import refit
from training.record.holdout_file import COLUMNS, SCORE
from training.record.mlflow_store import client
from training.record.registry import resolve
from training.run import train
from training.scoring import score_period, stored_model
from velo.errors import SettingsError
from velo.offline.spine import Spine
from velo.settings import Settings

pytestmark = pytest.mark.slow


def beside(mode: str = "beside") -> Settings:
    training = SETTINGS.training.model_copy(update={"blend": mode})
    return SETTINGS.model_copy(update={"training": training})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    """A home with a small world of a planted edge."""
    with home_at(tmp_path_factory.mktemp("beside")) as here:
        built(here, 20_000, 0.85, 7)
        yield here


def test_what_was_trained_scores_refits_and_loads_as_itself(home, monkeypatch) -> None:
    done = train(home, beside())
    criteria = {each.name for each in done.verdict.criteria}
    assert "score_slope" in criteria
    assert not criteria & {"alpha_share", "gamma"}
    assert done.report.holdout["score_slope"] > 0
    kept = stored_model(home, done.version)
    assert kept.model.fundamental.scorer.objective == "beside"
    folder = kept.registered.folder
    assert not (folder / artifact.RANKER).exists()
    first, last = done.report.holdout_days
    scored = score_period(home, kept, first, last).predictions
    judged = pd.read_parquet(Path(folder).parent / "holdout_predictions.parquet")
    assert tuple(judged.columns) == (*COLUMNS, SCORE)
    np.testing.assert_allclose(judged[SCORE], scored["score"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(judged["p"], scored["p"], rtol=0, atol=1e-9)
    again = train(home, beside())
    assert resolve(home, again.version).sha256 == kept.registered.sha256

    monkeypatch.setenv("MLFLOW_TRACKING_URI", home.tracking_uri)
    loaded = mlflow.pyfunc.load_model(str(folder))
    example = json.loads((folder / "input_example.json").read_text())
    rows = pd.DataFrame(example["data"], columns=example["columns"]).astype({"race_id": "int64"})
    assert loaded.predict(rows)["p"].sum() == pytest.approx(1.0)

    longer = refit(home, RecordedRun.of(home, kept.registered), lambda stage: None)
    own = stored_model(home, longer.version)
    assert own.model.blend.scale == kept.model.blend.scale
    assert own.train_end == Spine(home).last_day + timedelta(days=1)
    assert recipe_of(own, SETTINGS).training.blend == "beside"


def test_a_blend_left_open_is_recorded_with_what_the_three_gained(home) -> None:
    done = train(home, beside("auto"))
    choice = done.report.model.blend_choice
    assert choice is not None
    assert set(choice.gains) == {"benter", "residual", "beside"}
    assert f"of 3 blends {choice.kind} is the likeliest" in done.report.model.note
    assert done.report.blend == choice.kind == stored_model(home, done.version).model.blend.mode
    judged = RecordedRun.of(home, resolve(home, done.version))
    assert judged.settings().training.blend == choice.kind


def test_chosen_features_are_recorded_with_both_gains_and_kept_by_a_refit(home) -> None:
    training = beside().training.model_copy(update={"select": 8})
    settings = beside().model_copy(update={"training": training})
    done = train(home, settings)
    choice = done.report.model.features
    assert choice is not None
    assert (choice.count, choice.among, len(choice.features)) == (8, 21, 8)
    assert choice.nested is not None
    assert choice.once is not None
    assert set(done.report.nulls) == set(choice.features)
    kept = stored_model(home, done.version)
    assert set(kept.model.fundamental.features) == set(choice.features)
    assert kept.card.chosen is not None
    assert {fold: list(names) for fold, names in kept.card.chosen.by_fold.items()} == choice.by_fold
    run = client(home).get_run(done.run_id).data
    assert run.metrics["select_gain_nested"] == pytest.approx(choice.nested.value)
    assert run.metrics["select_gain_once_low"] == pytest.approx(choice.once.low)
    assert run.tags["velo.select"] == choice.words
    assert len(score_period(home, kept, *done.report.holdout_days).predictions) > 0
    longer = stored_model(
        home, refit(home, RecordedRun.of(home, kept.registered), lambda stage: None).version
    )
    assert longer.model.fundamental.features == kept.model.fundamental.features
    assert recipe_of(longer, SETTINGS).training.select == 8


def test_a_search_and_a_choice_are_not_for_one_run(home) -> None:
    training = beside().training.model_copy(update={"select": 8})
    with pytest.raises(SettingsError, match="--tune and --select"):
        train(home, beside().model_copy(update={"training": training}), tune=2)
