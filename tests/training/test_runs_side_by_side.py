"""A killed run is closed by the next, and two that are written at once do not meet."""

from __future__ import annotations

import platform

import pytest

from tests.training.crashing import HANGING, TRAINING, started
from training.model import artifact
from training.record import abandoned, registry
from training.record.mlflow_store import client, experiment_id
from training.record.nested import PARENT, Nested, of_trial
from training.record.process import PROCESS
from training.record.tracking import Recorder
from training.record.trial import Trial
from training.statistics.bootstrap import Estimate
from velo.errors import ModelError
from velo.home import Home

GONE = f"{platform.node()} 4194305 1.00"
"""No machine gives out so high a number."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """One home with an MLflow store; making its tables takes seconds."""
    home = Home(tmp_path_factory.mktemp("home"))
    client(home)
    return home


def versions(home: Home) -> dict[str, str]:
    store = client(home)
    return {str(v.version): v.run_id for v in store.search_model_versions("name = 'velo-ranker'")}


def trained(home: Home, temperature: float = 1.0) -> Recorder:
    with Recorder(home, "train") as recorder:
        sha256 = artifact.save(recorder.model_folder, {"temperature": temperature})
        recorder.enrol(sha256, "a ranker")
    return recorder


def fail(recorder: Recorder, trial: Trial) -> None:
    recorder.trial("abc", trial)
    _ = 1 / 0


def interrupt(recorder: Recorder) -> None:
    recorder.nested(Nested("fold 1", 1.0, 2.0))
    raise KeyboardInterrupt


def test_a_run_of_a_dead_process_is_failed_and_one_of_a_living_is_left(opened):
    store, home = client(opened), opened
    experiment = experiment_id(store, home)
    dead = store.create_run(experiment, tags={PROCESS: GONE}).info.run_id
    with Recorder(home, "alive") as recorder:
        assert store.get_run(dead).info.status == "FAILED"
        assert store.get_run(dead).data.tags["velo.error"] == abandoned.WHY
        with Recorder(home, "beside"):
            assert store.get_run(recorder.run_id).info.status == "RUNNING"


def test_a_version_of_a_killed_run_is_withdrawn_and_the_last_whole_one_is_challenger_again(opened):
    store = client(opened)
    whole = trained(opened)
    half = trained(opened, 2.0)
    store.update_run(half.run_id, status="RUNNING")
    store.set_tag(half.run_id, PROCESS, GONE)
    with pytest.raises(ModelError, match="running, not finished"):
        registry.resolve(opened, "challenger")
    assert abandoned.close(store, experiment_id(store, opened), opened) == (half.run_id,)
    assert half.version not in versions(opened)
    assert registry.resolve(opened, "challenger").version == whole.version


def test_a_trial_is_recorded_once_and_moves_from_a_run_that_failed(opened):
    trial = Trial(0, {"num_leaves": 4}, -1.9, Estimate(0.01, -0.01, 0.03), (10, 12), 1.0, 2.0)
    failed = Recorder(opened, "tuning")
    with pytest.raises(ZeroDivisionError), failed:
        fail(failed, trial)
    with Recorder(opened, "tuning again") as second:
        second.trial("abc", trial)
    with Recorder(opened, "and again") as third:
        third.trial("abc", trial)
    store = client(opened)
    query = "tags.`velo.study` = 'abc'"
    (run,) = store.search_runs([experiment_id(store, opened)], query)
    assert run.data.tags[PARENT] == second.run_id != third.run_id
    assert run.data.params["ranker.num_leaves"] == "4"
    steps = store.get_metric_history(run.info.run_id, "rounds_of_fold")
    assert [(metric.step, metric.value) for metric in steps] == [(1, 10.0), (2, 12.0)]
    assert of_trial("abc", trial).name == run.info.run_name


def test_an_interrupted_run_takes_its_folds_with_it(opened):
    recorder = Recorder(opened, "train")
    with pytest.raises(KeyboardInterrupt), recorder:
        interrupt(recorder)
    store = client(opened)
    query = f"tags.`{PARENT}` = '{recorder.run_id}'"
    assert not store.search_runs([experiment_id(store, opened)], query)


@pytest.mark.slow
def test_a_run_that_is_killed_outright_is_failed_by_the_next_which_is_not_disturbed(opened):
    before = versions(opened)
    hanging = started(HANGING, str(opened.root))
    run_id = hanging.stdout.readline().strip()
    assert client(opened).get_run(run_id).info.status == "RUNNING"
    hanging.kill()
    hanging.wait()
    recorder = trained(opened, 3.0)
    assert client(opened).get_run(run_id).info.status == "FAILED"
    assert {*versions(opened)} - {*before} == {recorder.version}
    assert registry.resolve(opened, "challenger").run_id == recorder.run_id


@pytest.mark.slow
def test_two_that_train_at_once_in_a_new_home_each_register_their_own_models(tmp_path):
    home = Home(tmp_path / "home")
    both = [started(TRAINING, str(home.root), who) for who in ("one", "other")]
    for process in both:
        assert process.wait(timeout=240) == 0, process.stderr.read()
    store = client(home)
    runs = store.search_runs([experiment_id(store, home)], "params.who LIKE '%'")
    assert sorted(run.data.params["who"] for run in runs) == ["one"] * 3 + ["other"] * 3
    assert {run.info.status for run in runs} == {"FINISHED"}
    for version, run_id in versions(home).items():
        registered = registry.resolve(home, version)
        params = store.get_run(run_id).data.params
        model = artifact.load(registered.folder, registered.sha256).model
        assert (model["who"], str(model["turn"])) == (params["who"], params["turn"])
        folds = store.search_runs([experiment_id(store, home)], f"tags.`{PARENT}` = '{run_id}'")
        assert len(folds) == 3
        for fold in folds:
            assert len(store.get_metric_history(fold.info.run_id, "likelihood")) == 50
    assert sorted(versions(home), key=int) == ["1", "2", "3", "4", "5", "6"]
