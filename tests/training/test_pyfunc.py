"""The stored model loads as MLflow's pyfunc and says what `Model.predict` says."""

from __future__ import annotations

import json
from dataclasses import dataclass

import mlflow
import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_dataset import SETTINGS, simulated_dataset
from training import pyfunc
from training.blending.calibration import Uncalibrated
from training.blending.calibration_choice import Trials
from training.model import artifact
from training.model.model import Model
from training.record.mlflow_store import client
from training.record.tracking import Recorder
from training.walk import evaluation, walk_forward
from velo.errors import ModelError
from velo.home import Home


@dataclass(frozen=True)
class Registered:
    home: Home
    recorder: Recorder
    model: Model
    sha256: str
    days: pd.DataFrame


@pytest.fixture(scope="module")
def registered(tmp_path_factory) -> Registered:
    """A model of the simulated data set, trained, completed and registered."""
    data = simulated_dataset()
    home = Home(tmp_path_factory.mktemp("home with a space"))
    method = "proportional"
    oof = walk_forward.out_of_fold(data, SETTINGS, method, "conditional_logit")
    blended = evaluation.fit_blend(oof.frame, SETTINGS, Trials())
    kept = walk_forward.fit_last(data, SETTINGS, method, "conditional_logit", oof.size)
    model = Model(kept, method, blended.blend, blended.power_market, Uncalibrated(), Uncalibrated())
    days = data.between(*data.plan.holdout)
    with Recorder(home, "train") as recorder:
        folder = recorder.model_folder
        sha256 = artifact.save(folder, model.to_dict(), model.ranker_text)
        pyfunc.add(folder, model, sha256, data.rows(slice(int((data.frame["race_id"] == 0).sum()))))
        recorder.enrol(sha256, "a ranker")
    return Registered(home, recorder, model, sha256, days)


@pytest.fixture
def loaded(registered, monkeypatch):
    """As those load it who trust their own store."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", registered.home.tracking_uri)
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", registered.home.tracking_uri)
    return mlflow.pyfunc.load_model("models:/velo-ranker@challenger")


def asked(registered: Registered) -> pd.DataFrame:
    features = list(registered.model.fundamental.features)
    return registered.days[["race_id", "horse_id", "decision_odds", *features]]


def test_it_says_what_the_model_says(registered, loaded):
    kept = Model.of(artifact.load(registered.recorder.model_folder, registered.sha256))
    theirs = loaded.predict(asked(registered))
    ours = kept.predict(asked(registered)).reset_index(drop=True)
    pd.testing.assert_frame_equal(theirs, ours, check_exact=True)
    fitted = registered.model.predict(asked(registered))  # kept to twelve digits
    np.testing.assert_allclose(theirs["p"], fitted["p"], rtol=1e-9)


def test_the_order_of_the_rows_is_kept_and_does_not_matter(registered, loaded):
    rows = asked(registered)
    mixed = rows.sample(frac=1.0, random_state=1)
    got = loaded.predict(mixed)
    assert got["horse_id"].tolist() == mixed["horse_id"].tolist()
    ours = registered.model.predict(rows).set_index("horse_id")["p"]
    np.testing.assert_allclose(got["p"], ours.loc[got["horse_id"]], rtol=1e-12)


def test_the_signature_asks_for_race_price_and_features_and_the_example_fits_it(registered, loaded):
    names = loaded.metadata.signature.inputs.input_names()
    assert names == ["race_id", "horse_id", "decision_odds", "form", "draw", "noise"]
    example = loaded.metadata.load_input_example(str(registered.recorder.model_folder))
    assert loaded.predict(example)["p"].sum() == pytest.approx(1.0)


def test_a_missing_feature_is_refused_by_the_signature(registered, loaded):
    with pytest.raises(mlflow.exceptions.MlflowException, match="draw"):
        loaded.predict(asked(registered).drop(columns="draw"))


def test_what_mlflow_needs_is_no_part_of_the_models_identity(registered):
    folder = registered.recorder.model_folder
    assert artifact.load(folder, registered.sha256).model["inputs"]["features"] == [
        "form",
        "draw",
        "noise",
    ]
    assert {path.suffix for path in folder.iterdir()} <= {"", ".txt", ".json", ".yaml"}


def test_no_index_is_asked_for_this_package(registered):
    wanted = (registered.recorder.model_folder / "requirements.txt").read_text(encoding="utf-8")
    assert "lightgbm==" in wanted
    assert "velo" not in wanted


def test_a_changed_model_is_refused_by_the_loader_too(registered, tmp_path):
    folder = registered.recorder.model_folder
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    plain = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    (tmp_path / "model.json").write_text(json.dumps(plain | {"temperature": 0.1}), encoding="utf-8")
    with pytest.raises(ModelError, match="is not the registered model"):
        mlflow.pyfunc.load_model(str(tmp_path))


def test_a_folder_that_names_no_hash_is_refused(registered, tmp_path):
    folder = registered.recorder.model_folder
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    entry = mlflow.models.Model.load(str(tmp_path))
    entry.metadata = None
    entry.save(str(tmp_path / "MLmodel"))
    with pytest.raises(ModelError, match="is not the registered model"):
        mlflow.pyfunc.load_model(str(tmp_path))


def test_the_version_is_found_by_its_run(registered):
    version = client(registered.home).get_model_version_by_alias("velo-ranker", "challenger")
    assert version.run_id == registered.recorder.run_id
