"""`feast apply`, `feast plan` and questions: answered as by Feast's own, or refused in a line."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import FeatureStore, FeatureView, Field, FileSource, Project
from feast.errors import EntityNotFoundException
from feast.repo_contents import RepoContents
from feast.types import Float64, Int64

from tests.store.stores import KEY, store_in
from velo.errors import InputError, NothingBuilt
from velo.offline.tables import FEATURE_REPO
from velo.settings import PROJECT_ROOT
from velo.store.online.materialize import views_served

NOON = datetime(2024, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(1)


def view_in(folder: Path, *fields: Field, **columns: Any) -> FeatureView:
    stamps = pa.array([NOON], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"k": [1], **columns, "ts": stamps}), folder / "v.parquet")
    return FeatureView(
        name="v",
        entities=[KEY],
        schema=list(fields),
        source=FileSource(name="v", path=str(folder / "v.parquet"), timestamp_field="ts"),
    )


F = Field(name="f", dtype=Float64)


@pytest.mark.filterwarnings("ignore:There are some mismatches in your feature view:UserWarning")
def test_a_view_is_applied_before_its_entity_and_materialised_after(tmp_path: Path) -> None:
    """As by Feast's own store, which knows no such entity when it comes to rows."""
    store = store_in(tmp_path)
    view = view_in(tmp_path, F, f=[1.0])
    store.apply([view])
    with pytest.raises(EntityNotFoundException):
        store.materialize(NOON - DAY, NOON + DAY)
    with pytest.raises(InputError, match=r"'v' has no key.*entit"):
        views_served(store)
    store.apply([KEY, view_in(tmp_path, F, f=[1.0])])
    store.materialize(NOON - DAY, NOON + DAY)
    assert store.get_online_features(["v:f"], [{"k": 1}]).to_dict()["f"] == [1.0]


def test_a_name_may_be_key_and_feature(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    view = view_in(tmp_path, Field(name="k", dtype=Int64), F, f=[1.0])
    view.features.append(Field(name="k", dtype=Int64))
    store.apply([KEY, view])
    store.materialize(NOON - DAY, NOON + DAY)
    answer = store.get_online_features(["v:f"], [{"k": 1}, {"k": 2}]).to_dict()
    assert answer["f"] == [1.0, None]


def test_a_feature_may_differ_from_the_key_in_case_alone(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.apply([KEY, view_in(tmp_path, Field(name="K", dtype=Float64), K=[7.0])])
    store.materialize(NOON - DAY, NOON + DAY)
    assert store.get_online_features(["v:K"], [{"k": 1}]).to_dict()["K"] == [7.0]


def test_a_table_grows_a_feature_that_differs_in_case_alone(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.apply([KEY, view_in(tmp_path, F, f=[1.0])])
    both = [F, Field(name="F", dtype=Float64)]
    store.apply([KEY, view_in(tmp_path, *both, f=[1.0], F=[2.0])])
    store.materialize(NOON - DAY, NOON + DAY)
    assert store.get_online_features(["v:F"], [{"k": 1}]).to_dict()["F"] == [2.0]
    assert store.get_online_features(["v:f"], [{"k": 1}]).to_dict()["f"] == [1.0]


def test_a_plan_before_the_first_apply_says_what_would_be_made(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    view = view_in(tmp_path, F, f=[1.0])
    contents = RepoContents(
        projects=[Project(name="p")],
        data_sources=[view.batch_source],
        feature_views=[view],
        on_demand_feature_views=[],
        stream_feature_views=[],
        label_views=[],
        entities=[KEY],
        feature_services=[],
        permissions=[],
    )
    registry, infrastructure, _ = store.plan(contents)
    assert "Created feature view" in registry.to_string()
    assert infrastructure.to_string()
    assert not (tmp_path / "online.db").exists()


@pytest.mark.parametrize(
    "rows",
    [
        [{"k": 1}, {"j": 1}],
        [{"k": 1, "j": 1}, {"k": 1}],
        [{"k": 1}, {"k": 1, "j": 1}],
        {"k": [1, 2], "j": [1]},
    ],
)
def test_ragged_entity_rows_are_refused_as_by_feasts_own_store(tmp_path: Path, rows: Any) -> None:
    store = store_in(tmp_path)
    store.apply([KEY, view_in(tmp_path, F, f=[1.0])])
    with pytest.raises(ValueError, match="must have the same"):
        store.get_online_features(["v:f"], rows)


def removed(folder: Path) -> FeatureStore:
    store = store_in(folder)
    store.apply([KEY, view_in(folder, F, f=[1.0])])
    (folder / "v.parquet").unlink()
    return store


def test_a_source_without_files_is_named_with_the_mend(tmp_path: Path) -> None:
    store = removed(tmp_path)
    rows = pa.table({"k": [1], "event_timestamp": pa.array([NOON])})
    with pytest.raises(NothingBuilt, match=r"'v' has no files.*velo build"):
        store.get_historical_features(rows, ["v:f"])
    with pytest.raises(NothingBuilt, match=r"'v' has no files.*velo build"):
        store.materialize(NOON - DAY, NOON + DAY)


def test_a_view_whose_columns_are_to_be_found_out_needs_files_and_says_so(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    view = view_in(tmp_path, f=[1.0])
    (tmp_path / "v.parquet").unlink()
    with pytest.raises(NothingBuilt, match=r"'v' has no files.*velo build"):
        store.apply([KEY, view])


@pytest.mark.slow
@pytest.mark.parametrize("command", ["apply", "plan"])
def test_feasts_command_works_in_a_home_without_a_build(tmp_path: Path, command: str) -> None:
    done = feast(tmp_path / "deep" / "home", command)
    assert done.returncode == 0, done.stderr
    assert "horse_form" in done.stdout


@pytest.mark.slow
def test_feasts_command_says_in_one_line_that_there_is_no_build(tmp_path: Path) -> None:
    assert feast(tmp_path / "home", "apply").returncode == 0
    done = feast(tmp_path / "home", "materialize", "2020-01-01T00:00:00", "2024-01-01T00:00:00")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: source ")
    assert "velo build" in done.stderr.splitlines()[-1]


def feast(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "feast.cli.cli",
            "-c",
            FEATURE_REPO.name,
            *arguments,
        ],
        cwd=PROJECT_ROOT,
        env={**os.environ, "VELO_HOME": str(home), "FEAST_USAGE": "False"},
        capture_output=True,
        text=True,
        timeout=300,
    )
