"""The online store under Feast's own calls."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import FeatureStore, FeatureView, FileSource
from feast.types import Array, Float64

from tests.store.at_course import COURSE, HORSE, KINDS, NOON, everything, feast, rows, view
from velo.errors import HomeError, InputError
from velo.store.online.database import connect, ensure, writing
from velo.store.online.online_table import OnlineTable

ASKED = {"horse_id": [7, 2**62 + 1, 8, 7], "course": ["Châtel", "Ascot", "Ascot", "Ascot"]}


def answered(store: FeatureStore, features: list[str] | None = None) -> dict[str, list[Any]]:
    names = [f"at_course:{name}" for name in features or KINDS]
    answer: dict[str, list[Any]] = store.get_online_features(names, ASKED).to_dict()
    return answer


def test_every_scalar_comes_back_as_from_feasts_own_store(
    project: FeatureStore, tmp_path: Path
) -> None:
    everything(project)
    stock = tmp_path / "stock"
    stock.mkdir()
    pq.write_table(rows(), stock / "rows.parquet")
    other = feast(stock, {"type": "sqlite", "path": str(stock / "online.db")})
    other.apply([HORSE, COURSE, view(stock)])
    everything(other)
    assert answered(project) == answered(other)


def test_a_write_of_some_features_leaves_the_others(project: FeatureStore) -> None:
    everything(project)
    from feast.protos.feast.types.EntityKey_pb2 import EntityKey
    from feast.protos.feast.types.Value_pb2 import Value

    key = EntityKey(
        join_keys=["horse_id", "course"],
        entity_values=[Value(int64_val=7), Value(string_val="Châtel")],
    )
    known = project.get_feature_view("at_course")
    project.provider.online_write_batch(
        project.config, known, [(key, {"wins": Value(double_val=9.0)}, NOON, None)], None
    )
    features = answered(project)
    assert features["wins"][0] == 9.0
    assert features["note"][0] == ""
    assert features["ran"][0] is False


def test_a_value_of_another_kind_than_is_declared_comes_back_as_it_was_written(
    project: FeatureStore,
) -> None:
    """As from Feast's own store: a push may give a double to a feature of 32 bits."""
    from feast.protos.feast.types.EntityKey_pb2 import EntityKey
    from feast.protos.feast.types.Value_pb2 import Value

    key = EntityKey(
        join_keys=["horse_id", "course"],
        entity_values=[Value(int64_val=7), Value(string_val="Châtel")],
    )
    known = project.get_feature_view("at_course")
    online, config = project.provider, project.config
    online.online_write_batch(
        config, known, [(key, {"share": Value(double_val=1.1)}, NOON, None)], None
    )
    _, values = online.online_read(config, known, [key], ["share"])[0]
    assert values is not None
    assert values["share"].double_val == 1.1
    assert answered(project, ["share"])["share"][0] == 1.1


def test_a_view_whose_features_are_inferred_is_materialised(tmp_path: Path) -> None:
    pq.write_table(
        rows().select(["horse_id", "course", "known", "wins"]), tmp_path / "rows.parquet"
    )
    store = feast(tmp_path)
    inferred = FeatureView(
        name="at_course",
        entities=[HORSE, COURSE],
        source=FileSource(path=str(tmp_path / "rows.parquet"), timestamp_field="known"),
    )
    store.apply([HORSE, COURSE, inferred])
    everything(store)
    assert answered(store, ["wins"])["wins"] == [1 / 3, 0.5, None, None]


def test_a_feature_that_is_new_is_empty_and_the_others_stay(
    project: FeatureStore, tmp_path: Path
) -> None:
    everything(project)
    more = {name: kind for name, kind in KINDS.items() if name != "note"} | {"extra": Float64}
    pq.write_table(
        rows().append_column("extra", pa.array([1.0, 2.0, 3.0])), tmp_path / "rows.parquet"
    )
    project.apply([HORSE, COURSE, view(tmp_path, more)])
    features = answered(project, ["wins", "extra"])
    assert features["wins"] == [1 / 3, 0.5, None, None]
    assert features["extra"] == [None] * 4


def test_another_type_empties_the_table(tmp_path: Path) -> None:
    con = connect(tmp_path / "online.db")
    table = OnlineTable("t", {"horse_id": "int64_val"}, {"wins": "double_val"})
    assert ensure(con, table)
    con.execute(table.replace, [1, 2, 0.5])
    assert not ensure(con, table)
    assert ensure(con, OnlineTable("t", {"horse_id": "int64_val"}, {"wins": "string_val"}))
    assert con.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
    con.close()


def test_a_view_that_is_taken_away_takes_its_table_along(
    project: FeatureStore, tmp_path: Path
) -> None:
    project.apply([], objects_to_delete=[project.get_feature_view("at_course")], partial=False)
    with sqlite3.connect(tmp_path / "online.db") as con:
        assert "little_at_course" not in {
            n for (n,) in con.execute("SELECT name FROM sqlite_master")
        }


def test_teardown_leaves_no_file(project: FeatureStore, tmp_path: Path) -> None:
    everything(project)
    project.teardown()
    assert not list(tmp_path.glob("online.db*"))


def test_a_store_that_is_being_written_says_so(project: FeatureStore, tmp_path: Path) -> None:
    con = connect(tmp_path / "online.db")
    other = connect(tmp_path / "online.db")
    other.execute("PRAGMA busy_timeout = 50")
    with writing(con), pytest.raises(HomeError, match="being written"), writing(other):
        pass
    con.close()
    other.close()


def test_a_view_without_a_table_is_named_with_the_mend(
    project: FeatureStore, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "online.db") as con:
        con.execute("DROP TABLE little_at_course")
    with pytest.raises(HomeError, match=r"at_course.*apply"):
        answered(project)


def test_a_pushed_list_is_served_but_not_materialised_in_bulk(tmp_path: Path) -> None:
    kinds = {"curve": Array(Float64)}
    table = pa.table(
        {
            "horse_id": [7],
            "course": ["Ascot"],
            "known": pa.array([NOON], pa.timestamp("us", "UTC")),
            "curve": [[0.5, 1.0]],
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    store = feast(tmp_path)
    store.apply([HORSE, COURSE, view(tmp_path, kinds)])
    everything(store)
    assert answered(store, ["curve"])["curve"] == [None, None, None, [0.5, 1.0]]
    from velo.store.online.materialize import views_served

    with pytest.raises(InputError, match=r"curve.*feast materialize"):
        views_served(store)


@pytest.mark.skipif("VELO_TEST_REDIS" not in os.environ, reason="VELO_TEST_REDIS names no server")
def test_redis_serves_what_feasts_own_store_serves(project: FeatureStore, tmp_path: Path) -> None:
    redis = tmp_path / "redis"
    redis.mkdir()
    pq.write_table(rows(), redis / "rows.parquet")
    online = {
        "type": "redis",
        "connection_string": os.environ["VELO_TEST_REDIS"],
        "skip_dedup": True,
    }
    other = feast(redis, online)
    other.apply([HORSE, COURSE, view(redis)])
    everything(project)
    everything(other)
    assert answered(project) == answered(other)
    other.teardown()
