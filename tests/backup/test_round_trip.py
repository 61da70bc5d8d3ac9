"""A whole home, backed up, gone, and restored somewhere else: everything there works as before."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.backup.forged import STORE, keep, little_home
from tests.cli.velo_command import velo
from tests.offline.built_world import (
    SETTINGS,
    Applied,
    Features,
    LittleWorld,
    differences,
    retrieved_features,
)
from tests.warehouse.raceform_file import contents
from training.data.dataset import feature_store
from training.model import artifact
from training.record import mlflow_store, registry
from training.record.mlflow_store import client
from training.record.tracking import Recorder
from velo.backup.backup import HomeCopy, backup
from velo.backup.relocation import _above, places
from velo.backup.restore import restore
from velo.errors import HomeError, InputError
from velo.home import Home
from velo.offline.build import current_build
from velo.store.online.materialize import materialize
from velo.store.online.serving import require_morning_of

TABLES = ("races", "runners", "results")


@dataclass(frozen=True)
class Moved:
    """A home that was restored, and what the one that it was made of held."""

    home: Home
    kept: HomeCopy
    features: Features
    tables: dict[str, list[tuple[object, ...]]]
    morning: date
    run_id: str
    before: Path


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory, little_world: LittleWorld) -> Iterator[Moved]:
    """Names with signs that mean something in URIs, patterns and SQL."""
    root = tmp_path_factory.mktemp("keeping")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(root / "o'brien [x] *%20"))
        first = Applied.to(Home.current())
        features = first.features_of(little_world.starts)
        first.rebuilt(little_world.starts)
        morning = date.fromisoformat(materialize(first.home, SETTINGS, first.store).as_of)
        with Recorder(first.home, "train") as recorder:
            sha256 = artifact.save(recorder.model_folder, {"temperature": 1.5}, "tree\n")
            recorder.enrol(sha256, "a ranker")
        (first.home.root / "velo.toml").write_text("[odds_band]\nlow = 4.5\n", encoding="utf-8")
        first.home.spill.mkdir(exist_ok=True)
        (first.home.spill / "rest").write_text("spilt", encoding="utf-8")
        kept = keep(first.home, root / "kept.tar.gz")
        tables = contents(first.home, TABLES)
        first.home.root.rename(root / "gone")
        patch.setenv("VELO_HOME", str(root / "another 100% [place]" / "h*me é"))
        restore(root / "kept.tar.gz", Path(root / "another 100% [place]" / "h*me é"))
        home = Home.current()
        yield Moved(home, kept, features, tables, morning, recorder.run_id, first.home.root)
        assert not first.home.root.exists(), "something still wrote to the old place"
        beside = {path.name for path in root.iterdir()}
        assert beside == {"kept.tar.gz", "gone", "another 100% [place]"}, "a stray folder"


@pytest.mark.slow
def test_the_warehouse_holds_every_row(moved: Moved) -> None:
    assert contents(moved.home, TABLES) == moved.tables


@pytest.mark.slow
def test_status_knows_the_restored_home(moved: Moved) -> None:
    status = velo(moved.home.root, "status", "--json")
    assert status.json["home"] == str(moved.home.root)
    assert status.json["build"]["folder"] == str(moved.home.offline / "build-000002")
    assert status.json["models"]["challenger"]["run_id"] == moved.run_id
    assert status.json["settings"]["odds_band"]["low"] == 4.5


@pytest.mark.slow
def test_the_registered_model_loads_from_the_new_place(moved: Moved) -> None:
    model = registry.resolve(moved.home, "challenger")
    assert model.folder.is_relative_to(moved.home.root)
    assert artifact.load(model.folder, model.sha256).model["temperature"] == 1.5


@pytest.mark.slow
def test_mlflow_says_that_all_lies_at_the_new_place(moved: Moved) -> None:
    store, place = client(moved.home), moved.home.artifacts.as_uri()
    assert mlflow_store.experiment_id(store, moved.home)
    assert store.get_run(moved.run_id).info.artifact_uri == f"{place}/{moved.run_id}/artifacts"
    version = store.get_model_version_by_alias(registry.MODEL, "challenger")
    assert version.source == mlflow_store.model_folder(moved.home, moved.run_id).as_uri()
    with sqlite3.connect(moved.home.root / "mlflow.db") as con:
        assert moved.before.as_uri() not in "\n".join(con.iterdump())


@pytest.mark.slow
def test_the_next_training_writes_to_the_new_place(moved: Moved) -> None:
    with Recorder(moved.home, "train") as recorder:
        sha256 = artifact.save(recorder.model_folder, {"temperature": 2.0}, "tree\n")
        recorder.enrol(sha256, "a ranker", alias=None)
    assert recorder.version == "2"
    assert registry.resolve(moved.home, "2").folder.is_relative_to(moved.home.root)


@pytest.mark.slow
def test_the_features_are_retrieved_from_the_restored_build(
    moved: Moved, little_world: LittleWorld
) -> None:
    store = feature_store()
    store.refresh_registry()
    again = retrieved_features(moved.home, store, little_world.starts)
    # Sums over threads differ in their last digit from one retrieval to the next.
    assert differences(again, moved.features, tolerance=1e-12) == []
    held = store.registry.proto().SerializeToString()
    assert str(moved.before).encode() not in held


@pytest.mark.slow
def test_the_online_store_serves_the_morning_that_it_served(moved: Moved) -> None:
    assert require_morning_of(moved.home, feature_store(), moved.morning).build == 2


@pytest.mark.slow
def test_only_the_current_build_is_kept_and_nothing_of_the_disks_rest(moved: Moved) -> None:
    assert current_build(moved.home).number == 2
    assert [path.name for path in moved.home.offline.glob("build-*")] == ["build-000002"]
    assert not list(moved.home.root.rglob("rest"))


@pytest.mark.slow
def test_what_is_told_is_what_tar_and_sha256sum_say(moved: Moved) -> None:
    listed = subprocess.run(
        ["tar", "-tzf", moved.kept.archive], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert listed[0] == "manifest.json"
    assert len(listed) == 1 + moved.kept.files
    summed = subprocess.run(
        ["sha256sum", moved.kept.archive], capture_output=True, text=True, check=True
    ).stdout
    assert summed.split()[0] == moved.kept.sha256


def test_a_home_is_never_restored_over_another(tmp_path: Path) -> None:
    keep(little_home(tmp_path / "mine"), tmp_path / "a.tar.gz")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(HomeError, match="is not empty"):
        restore(tmp_path / "a.tar.gz", tmp_path / "mine")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_to_elsewhere_is_no_place_for_a_home(tmp_path: Path) -> None:
    keep(little_home(tmp_path / "mine"), tmp_path / "a.tar.gz")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HomeError, match="no folder"):
        restore(tmp_path / "a.tar.gz", tmp_path / "home")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_an_archive_never_takes_another_files_place_or_lies_in_its_home(tmp_path: Path) -> None:
    home = little_home(tmp_path / "home")
    keep(home, tmp_path / "a.tar.gz")
    with pytest.raises(InputError, match="is there already"):
        keep(home, tmp_path / "a.tar.gz")
    with pytest.raises(InputError, match="lies in the home"):
        keep(home, home.reports / "a.tar.gz")
    with pytest.raises(InputError, match="there is no folder"):
        keep(home, tmp_path / "nowhere" / "a.tar.gz")


def test_an_empty_home_is_not_backed_up(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with pytest.raises(HomeError, match="nothing to back up"):
        keep(Home(tmp_path / "home"), tmp_path / "a.tar.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]
    assert not list((tmp_path / "home").iterdir())


def test_folders_that_are_links_are_followed_and_come_back_as_folders(tmp_path: Path) -> None:
    home = little_home(tmp_path / "home")
    home.reports.rename(tmp_path / "other disk")
    home.reports.symlink_to(tmp_path / "other disk")
    keep(home, tmp_path / "a.tar.gz")
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert not (tmp_path / "again" / "reports").is_symlink()
    assert (tmp_path / "again" / "reports" / "backtest_1.json").is_file()
    (tmp_path / "other disk" / "round").symlink_to(home.reports)
    with pytest.raises(HomeError, match="leads back into itself"):
        backup(home, STORE, tmp_path / "b.tar.gz")


def moved_home(tmp_path: Path) -> tuple[Home, str]:
    """A home with a registered model that was moved by hand, and the model's run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path / "first 100%"))
        with Recorder(Home.current(), "train") as recorder:
            sha256 = artifact.save(recorder.model_folder, {"temperature": 1.5}, "tree\n")
            recorder.enrol(sha256, "a ranker")
    (tmp_path / "first 100%").rename(tmp_path / "second")
    return Home(tmp_path / "second"), recorder.run_id


@pytest.mark.slow
def test_a_home_that_was_moved_by_hand_is_brought_over_by_backup_and_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved, run_id = moved_home(tmp_path)
    assert places(moved) == {tmp_path / "first 100%"}
    keep(moved, tmp_path / "a.tar.gz")
    restore(tmp_path / "a.tar.gz", tmp_path / "third")
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "third"))
    home = Home.current()
    assert places(home) == {home.root}
    store = client(home)
    assert mlflow_store.experiment_id(store, home)
    assert store.get_run(run_id).info.artifact_uri.startswith(home.artifacts.as_uri())
    assert registry.resolve(home, "challenger").folder.is_relative_to(home.root)


def test_the_users_own_files_name_no_home() -> None:
    own = [
        _above(uri, "offline", "current")
        for uri in (
            "/data/offline/mine.parquet",
            "s3://bucket/offline/current/x.parquet",
            "offline/current/x",
        )
    ]
    assert own == [None, None, None]
    assert _above("file:///a%20b/offline/current/x", "offline", "current") == Path("/a b")
