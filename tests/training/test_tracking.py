"""Runs and versions in a real MLflow store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.judging.gate import judge
from training.model import artifact
from training.record import declarations, mlflow_store, registry
from training.record.mlflow_store import client
from training.record.tracking import Recorder
from velo.errors import HomeError, ModelError
from velo.home import Home
from velo.settings import Gate


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """One home with an MLflow store; making its tables takes seconds."""
    home = Home(tmp_path_factory.mktemp("home with a space"))
    client(home)
    return home


def trained(home: Home, temperature: float = 1.0) -> Recorder:
    with Recorder(home, "train", {"velo.git": "abc"}) as recorder:
        sha256 = artifact.save(recorder.model_folder, {"temperature": temperature}, "tree\n")
        recorder.enrol(sha256, "A ranker of 21 features.", {"velo.prices.decision": "sp"})
    return recorder


def enrol_and_divide_by_zero(recorder: Recorder) -> None:
    recorder.enrol(artifact.save(recorder.model_folder, {}), "never to be seen")
    _ = 1 / 0


def save_and_interrupt(recorder: Recorder) -> None:
    artifact.save(recorder.model_folder, {})
    raise KeyboardInterrupt


def test_a_run_that_comes_through_is_finished_and_its_version_is_the_challenger(opened):
    recorder = trained(opened)
    run = client(opened).get_run(recorder.run_id)
    assert run.info.status == "FINISHED"
    registered = registry.resolve(opened, "challenger")
    assert registered.version == recorder.version
    assert registered.run_id == recorder.run_id
    assert registered.tags["velo.prices.decision"] == "sp"
    assert artifact.load(registered.folder, registered.sha256).model["temperature"] == 1.0


def test_version_and_run_id_name_the_same_model(opened):
    recorder = trained(opened)
    by_version = registry.resolve(opened, str(recorder.version))
    by_run = registry.resolve(opened, recorder.run_id)
    assert by_version.folder == by_run.folder
    assert by_version.sha256 == by_run.sha256
    assert by_run.version is None


def test_a_crash_marks_the_run_failed_and_leaves_no_version(opened):
    before = len(client(opened).search_model_versions("name = 'velo-ranker'"))
    recorder = Recorder(opened, "train")
    with pytest.raises(ZeroDivisionError), recorder:
        enrol_and_divide_by_zero(recorder)
    run = client(opened).get_run(recorder.run_id)
    assert run.info.status == "FAILED"
    assert run.data.tags["velo.error"] == "division by zero"
    assert len(client(opened).search_model_versions("name = 'velo-ranker'")) == before
    with pytest.raises(ModelError, match="failed, not finished"):
        registry.resolve(opened, recorder.run_id)


def test_a_registration_that_breaks_halfway_leaves_no_version(opened, monkeypatch):
    from mlflow import MlflowClient

    before = len(client(opened).search_model_versions("name = 'velo-ranker'"))

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(MlflowClient, "set_registered_model_alias", full)
    with pytest.raises(OSError, match="disk full"), Recorder(opened, "train") as recorder:
        recorder.enrol(artifact.save(recorder.model_folder, {}), "never to be seen")
    assert client(opened).get_run(recorder.run_id).info.status == "FAILED"
    assert len(client(opened).search_model_versions("name = 'velo-ranker'")) == before


def test_a_model_that_is_not_in_the_runs_folder_cannot_be_enrolled(opened):
    recorder = Recorder(opened, "train")
    with pytest.raises(ModelError, match=r"holds no model\.json"), recorder:
        recorder.enrol("0" * 64, "nothing there")
    assert client(opened).get_run(recorder.run_id).info.status == "FAILED"


def test_an_interrupted_run_is_taken_away_with_its_files(opened):
    recorder = Recorder(opened, "train")
    with pytest.raises(KeyboardInterrupt), recorder:
        save_and_interrupt(recorder)
    assert client(opened).get_run(recorder.run_id).info.lifecycle_stage == "deleted"
    assert not (opened.artifacts / recorder.run_id).exists()


def test_params_metrics_folds_documents_and_plots_are_in_the_run(opened):
    with Recorder(opened, "train") as recorder:
        recorder.params({"gate": {"ae_ratio": 1.03}, "priors": "x" * 7000, "service": "velo"})
        recorder.metrics({"r2": 0.19, "roi_top20": float("nan"), "gamma": None})
        recorder.fold(1, {"r2": 0.17})
        recorder.fold(2, {"r2": 0.18})
        recorder.document("report.json", {"races": 3})
        recorder.plots({"reliability.png": b"\x89PNG"})
    run = client(opened).get_run(recorder.run_id)
    assert run.data.params["gate.ae_ratio"] == "1.03"
    assert len(run.data.params["priors"]) == 6000
    assert run.data.metrics == {"r2": 0.19, "fold_r2": 0.18}
    steps = client(opened).get_metric_history(recorder.run_id, "fold_r2")
    assert [(metric.step, metric.value) for metric in steps] == [(1, 0.17), (2, 0.18)]
    names = {entry.path for entry in client(opened).list_artifacts(recorder.run_id)}
    assert names == {"report.json", "plots"}


def test_the_gate_table_and_the_verdict_are_in_the_run(opened):
    verdict = judge({}, {}, {"form": ("form_ewma",)}, Gate())
    with Recorder(opened, "train") as recorder:
        recorder.verdict(verdict)
    folder = opened.artifacts / recorder.run_id / "artifacts"
    assert json.loads((folder / "gate.json").read_text()) == verdict.to_dict()
    assert "| ae_ratio |" in (folder / "gate.md").read_text()
    assert client(opened).get_run(recorder.run_id).data.tags["velo.verdict"] == "refused"


def test_a_document_with_nan_is_refused(opened):
    with pytest.raises(ValueError, match="JSON"), Recorder(opened, "train") as recorder:
        recorder.document("report.json", {"roi": float("nan")})


@pytest.mark.parametrize("reference", ["best", "", "-1", "../model", "g" * 32])
def test_a_reference_of_no_known_kind_is_refused(opened, reference):
    with pytest.raises(ModelError, match="names no model"):
        registry.resolve(opened, reference)


@pytest.mark.parametrize("reference", ["champion", "999999", "0" * 32])
def test_a_model_that_is_not_there_is_refused_with_what_there_is(opened, reference):
    with pytest.raises(ModelError, match="velo train"):
        registry.resolve(opened, reference)


def test_nothing_is_printed_on_stdout(opened, capfd):
    trained(opened)
    out, err = capfd.readouterr()
    assert out == ""
    assert err == ""


def test_a_home_that_was_moved_is_refused_rather_than_written_elsewhere(opened, tmp_path):
    (tmp_path / "mlflow.db").write_bytes((opened.root / "mlflow.db").read_bytes())
    with pytest.raises(HomeError, match="was made for"), Recorder(Home(tmp_path), "train"):
        pass


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "mlflow.db").write_bytes(b"not a database at all, of some length" * 100)
    with pytest.raises(HomeError, match=r"^[^\n]*mlflow\.db[^\n]*$"):
        mlflow_store.client(Home(tmp_path))


def test_a_run_keeps_the_declarations_and_their_hash(opened: Home, tmp_path: Path) -> None:
    for name in ("form.py", "tables/form.sql", "feature_store.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "form.py").touch()
    (tmp_path / "notes.txt").touch()
    tags = []
    for formula in ("one", "another"):
        (tmp_path / "form.py").write_text(formula, encoding="utf-8")
        with Recorder(opened, "train") as recorder:
            declarations.keep(recorder, tmp_path)
        store = client(opened)
        tags.append(store.get_run(recorder.run_id).data.tags[declarations.TAG])
        kept = opened.artifacts / recorder.run_id / "artifacts" / "feature_repo"
        assert declarations.declarations(kept) == declarations.declarations(tmp_path)
        assert (kept / "form.py").read_text(encoding="utf-8") == formula
        assert not (kept / "notes.txt").exists()
    assert tags[0] != tags[1]
    listed = {each.path for each in store.list_artifacts(recorder.run_id, "feature_repo")}
    assert listed == {
        "feature_repo/feature_store.yaml",
        "feature_repo/form.py",
        "feature_repo/tables",
    }
