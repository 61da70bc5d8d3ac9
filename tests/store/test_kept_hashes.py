"""The registry and the online store hold what was written to them, whoever of ours wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from feast import FeatureStore
from feast.infra.registry.file import FileRegistryStore
from feast.repo_config import RegistryConfig

from tests.store.at_course import COURSE, HORSE, NOON, everything, feast, rows, view
from training.data.dataset import feature_store
from velo.backup.relocation import relocate
from velo.errors import HomeError
from velo.home import Home
from velo.store.in_home import HomeRegistryStore
from velo.store.online.digest import compute, is_as_written, kept
from velo.store.online.serving import views_not_as_written
from velo.store.online.store import file_of, table_of
from velo.store.registry_file import hash_of, holds_declarations, require_as_written
from velo.store.registry_file import is_as_written as registry_as_written


@pytest.fixture
def online(project: FeatureStore) -> Iterator[sqlite3.Connection]:
    """The file of the store, opened past it."""
    with closing(sqlite3.connect(file_of(project.config), isolation_level=None)) as con:
        yield con


def as_written(project: FeatureStore, online: sqlite3.Connection) -> bool | None:
    table = table_of(project.config, project.get_feature_view("at_course"))
    if kept(online, table) is not None:
        assert is_as_written(online, table) == (kept(online, table) == compute(online, table))
    return is_as_written(online, table)


def row(**values: Any) -> pd.DataFrame:
    usual = {
        "horse_id": 7,
        "course": "Ascot",
        "known": NOON,
        "wins": 3.0,
        "share": 0.5,
        "starts": 9,
        "note": "x",
        "raw": b"\0",
        "ran": True,
        "last": NOON,
    }
    return pd.DataFrame([{**usual, **values}])


def test_feast_materialize_and_pushes_keep_the_digest_of_what_they_wrote(
    project: FeatureStore,
    online: sqlite3.Connection,
) -> None:
    assert as_written(project, online), "an empty table too"
    everything(project)
    assert as_written(project, online)
    project.write_to_online_store("at_course", row())
    project.write_to_online_store("at_course", row(course="York"))
    project.write_to_online_store("at_course", row(course="York", note=None))
    assert as_written(project, online)
    everything(project)
    assert as_written(project, online)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE little_at_course SET wins = wins + 1e-9 WHERE course = 'Châtel'",
        "UPDATE little_at_course SET wins = 0 WHERE wins IS NULL",
        "UPDATE little_at_course SET note = NULL WHERE note = ''",
        "UPDATE little_at_course SET starts = 'a' WHERE starts = 0",
        "DELETE FROM little_at_course WHERE course = 'Châtel'",
        "ALTER TABLE little_at_course DROP COLUMN ran",
    ],
)
def test_a_row_that_was_changed_past_the_store_is_found(
    project: FeatureStore,
    online: sqlite3.Connection,
    change: str,
) -> None:
    everything(project)
    online.execute(change)
    assert as_written(project, online) is False
    assert views_not_as_written(Home(Path("nowhere")), project) == ["at_course"]


def test_the_audit_reads_no_store_of_an_earlier_version_and_leaves_it_as_it_is(
    project: FeatureStore,
    online: sqlite3.Connection,
) -> None:
    everything(project)
    online.execute("DROP TABLE __digests")
    online.execute("PRAGMA user_version = 1")
    with pytest.raises(HomeError, match=r"^[^\n]*is of version 1, [^\n]*run `velo migrate`$"):
        views_not_as_written(Home(Path("nowhere")), project)
    assert online.execute("PRAGMA user_version").fetchone() == (1,)
    assert not online.execute("SELECT 1 FROM sqlite_master WHERE name = '__digests'").fetchall()


def test_the_order_of_rows_does_not_matter_and_swapped_values_do(
    project: FeatureStore,
    online: sqlite3.Connection,
) -> None:
    everything(project)
    online.execute("VACUUM")
    assert as_written(project, online)
    online.execute("UPDATE little_at_course SET share = 2.1 - share WHERE share IS NOT NULL")
    assert as_written(project, online) is False


def registry(root: Path, project: FeatureStore) -> HomeRegistryStore:
    """The home's registry, written as `feast apply` writes it."""
    store = HomeRegistryStore(RegistryConfig(path="registry.db"), root)
    store.update_registry_proto(project.registry.proto())
    return store


def test_the_hash_of_the_registry_is_kept_by_whoever_writes_it(
    home: Home,
    project: FeatureStore,
) -> None:
    store = registry(home.root, project)
    assert registry_as_written(home.registry)
    store.set_project_metadata("little", "a", "b")
    assert registry_as_written(home.registry)
    read = FileRegistryStore(RegistryConfig(path=str(home.registry)), home.root)
    assert read.get_registry_proto().feature_views[0].spec.name == "at_course"
    store.teardown()
    assert not hash_of(home.registry).exists()


def test_a_registry_that_was_written_past_feast_is_not_loaded(
    home: Home,
    project: FeatureStore,
) -> None:
    registry(home.root, project)
    home.registry.write_bytes(home.registry.read_bytes() + b"\x12\x00")
    with pytest.raises(HomeError, match=r"registry\.db is not what Feast last wrote: remove it"):
        feature_store()
    hash_of(home.registry).unlink()
    require_as_written(home.registry)


@pytest.mark.parametrize("changed", [False, True])
def test_a_restore_keeps_the_hash_and_does_not_make_a_changed_registry_good(
    home: Home,
    project: FeatureStore,
    changed: bool,
) -> None:
    source = str(home.root / "offline" / "current" / "rows")
    proto = project.registry.proto()
    proto.feature_views[0].spec.batch_source.file_options.uri = source
    registry(home.root, project).update_registry_proto(proto)
    if changed:
        home.registry.write_bytes(home.registry.read_bytes() + b"\x12\x00")
    relocate(home, Path("/elsewhere"))
    assert b"/elsewhere/offline/current/rows" in home.registry.read_bytes()
    assert registry_as_written(home.registry) is not changed


def test_a_registry_of_an_earlier_version_is_taken_as_it_is(home: Home) -> None:
    home.registry.write_bytes(b"\n" * 400)
    assert registry_as_written(home.registry) is None
    require_as_written(home.registry)


def test_where_nothing_is_applied_a_reader_says_so_and_leaves_no_registry(home: Home) -> None:
    with pytest.raises(HomeError, match=r"^nothing is applied: run `feast -c feature_repo apply`"):
        feature_store()
    assert not home.registry.exists()


def test_the_empty_registry_that_feast_makes_holds_no_declarations(tmp_path: Path) -> None:
    pq.write_table(rows(), tmp_path / "rows.parquet")
    store = feast(tmp_path)
    store.list_feature_views()
    assert (tmp_path / "registry.db").exists()
    assert not holds_declarations(tmp_path / "registry.db")
    store.apply([HORSE, COURSE, view(tmp_path)])
    assert holds_declarations(tmp_path / "registry.db")
