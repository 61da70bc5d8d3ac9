"""A key is matched with itself and with nothing that only converts to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.errors import FeastJoinKeysDuringMaterialization
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from feast.types import Float64, Int64, String

from tests.store.stores import store_in
from velo.errors import InputError
from velo.store.online.database import connect, ensure
from velo.store.online.materialize import DAWN
from velo.store.online.newest import Newest
from velo.store.online.store import microseconds, table_of
from velo.store.online.table_differences import TableDifferences, everything
from velo.store.relation import relation

NOON = datetime(2024, 5, 4, 12, tzinfo=UTC)
STAMP = pa.timestamp("us", "UTC")
FAR = 2**60 + 1
TYPES = {ValueType.INT64: Int64, ValueType.STRING: String, ValueType.DOUBLE: Float64}


def applied(folder: Path, keys: Any, kind: ValueType = ValueType.INT64) -> FeatureStore:
    """Feature f is 10, 20, ... for the keys."""
    column = keys if isinstance(keys, pa.Array) else pa.array(keys)
    numbers = [10.0 * (i + 1) for i in range(len(column))]
    table = pa.table({"k": column, "f": numbers, "ts": pa.array([NOON] * len(column), STAMP)})
    pq.write_table(table, folder / "v.parquet")
    key = Entity(name="key", join_keys=["k"], value_type=kind)
    view = FeatureView(
        name="v",
        entities=[key],
        schema=[Field(name="f", dtype=Float64)],
        source=FileSource(path=str(folder / "v.parquet"), timestamp_field="ts"),
    )
    store = store_in(folder)
    store.apply([key, view])
    return store


def ask(store: FeatureStore, keys: Any) -> list[float | None]:
    column = keys if isinstance(keys, pa.Array) else pa.array(keys)
    moments = pa.array([NOON + timedelta(1)] * len(column), STAMP)
    rows = pa.table({"k": column, "event_timestamp": moments})
    features: list[float | None] = (
        store.get_historical_features(rows, ["v:f"]).to_arrow().column("f").to_pylist()
    )
    return features


@pytest.mark.parametrize("asked", [["1", "2"], ["1", "02"], ["1", "x"], ["1 ", None]])
def test_text_does_not_ask_for_whole_numbers(tmp_path: Path, asked: list[str | None]) -> None:
    with pytest.raises(InputError, match=r"'k' is text.*whole"):
        ask(applied(tmp_path, [1, 2]), asked)


def test_whole_numbers_do_not_ask_for_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'k' is whole.*text"):
        ask(applied(tmp_path, ["1", "02"], ValueType.STRING), [1, 2])


@pytest.mark.parametrize("asked", [[float(FAR)], [1.0, float(2**53)], [-float(2**55), None]])
def test_floats_that_may_be_several_whole_numbers_are_refused(
    tmp_path: Path, asked: list[float]
) -> None:
    with pytest.raises(InputError, match=r"'k'.*whole numbers"):
        ask(applied(tmp_path, [FAR, FAR - 1, 2**53 + 1]), asked)


def test_narrow_floats_are_refused_where_they_begin_to_skip_numbers(tmp_path: Path) -> None:
    store = applied(tmp_path, [2**24 + 1, 7])
    assert ask(store, pa.array([7.0], pa.float32())) == [20.0]
    with pytest.raises(InputError, match="16,777,216"):
        ask(store, pa.array([float(2**24)], pa.float32()))


def test_floats_that_are_one_whole_number_are_that_number(tmp_path: Path) -> None:
    """Of pandas, which makes floats of numbers beside a missing one; 1.5 is nobody."""
    store = applied(tmp_path, [1, 2, 2**53 - 1])
    rows = pd.DataFrame(
        {"k": [1.0, None, 2.0, 1.5, float(2**53 - 1)], "event_timestamp": [NOON] * 5}
    )
    answer = store.get_historical_features(rows, ["v:f"]).to_arrow()
    assert answer.column("f").to_pylist() == [10.0, None, 20.0, None, 30.0]


def test_a_source_whose_keys_became_floats_is_refused_from_where_they_lie(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'k'"):
        ask(applied(tmp_path, [float(FAR), 2.0]), [FAR])
    assert ask(applied(tmp_path, [1.0, None, 2.0]), [2, 1]) == [30.0, 10.0]


def test_a_key_that_is_declared_a_float_is_matched_as_it_is(tmp_path: Path) -> None:
    store = applied(tmp_path, [0.5, 1e300], ValueType.DOUBLE)
    assert ask(store, [1e300, 0.5, 0.25]) == [20.0, 10.0, None]


@pytest.mark.parametrize(
    "asked",
    [
        pa.array([1, 2], pa.int8()),
        pa.array([1, 2], pa.uint64()),
        pa.array([1, 2], pa.decimal128(9)),
    ],
    ids=["narrow", "unsigned", "decimal"],
)
def test_whole_numbers_of_any_width_are_the_same_keys(tmp_path: Path, asked: pa.Array) -> None:
    assert ask(applied(tmp_path, [1, 2]), asked) == [10.0, 20.0]


def test_keys_that_are_all_missing_are_nobodys_of_any_type(tmp_path: Path) -> None:
    assert ask(applied(tmp_path, ["York"], ValueType.STRING), pa.nulls(2)) == [None, None]
    rows = "SELECT NULL AS k, TIMESTAMPTZ '2024-06-01 00:00:00+00' AS event_timestamp"
    answer = applied(tmp_path, [1]).get_historical_features(rows, ["v:f"]).to_arrow()
    assert answer.column("f").to_pylist() == [None]


def test_text_of_a_dictionary_is_text(tmp_path: Path) -> None:
    store = applied(tmp_path, ["York", "Ascot"], ValueType.STRING)
    assert ask(store, pa.array(["Ascot", "Cork"]).dictionary_encode()) == [20.0, None]


def materialised(store: FeatureStore) -> None:
    store.materialize(NOON - timedelta(1), NOON + timedelta(1))


def test_feast_materialize_refuses_a_source_with_a_missing_key(tmp_path: Path) -> None:
    """Feast makes floats of the others, so that 2^60 + 1 would be stored as 2^60."""
    store = applied(tmp_path, [FAR, None])
    with pytest.raises(InputError, match="lacks a part of its key"):
        materialised(store)
    assert store.get_online_features(["v:f"], [{"k": FAR - 1}]).to_dict()["f"] == [None]


@pytest.mark.parametrize("keys", [[float(FAR)], [1.5], [2.0, float(2**53)]])
def test_feast_materialize_refuses_keys_that_came_as_unclear_floats(
    tmp_path: Path, keys: list[float]
) -> None:
    store = applied(tmp_path, keys)
    with pytest.raises(InputError, match=r"'k' has floats"):
        materialised(store)


def test_feast_materialize_takes_floats_that_are_whole(tmp_path: Path) -> None:
    store = applied(tmp_path, [1.0, 2.0])
    materialised(store)
    assert store.get_online_features(["v:f"], [{"k": 2}]).to_dict()["f"] == [20.0]


@pytest.mark.parametrize(
    ("keys", "amiss"), [([float(FAR)], "has floats"), ([1.5], "has floats"), (["02"], "text")]
)
def test_a_morning_is_not_brought_of_keys_that_only_convert(
    tmp_path: Path, keys: list[Any], amiss: str
) -> None:
    store = applied(tmp_path, keys)
    view = store.get_feature_view("v")
    table = table_of(store.config, view)
    import duckdb

    con, online = duckdb.connect(), connect(tmp_path / "online.db")
    con.execute("SET TimeZone = 'UTC'")
    ensure(online, table)
    newest = Newest(view, table, DAWN, microseconds(NOON + timedelta(1)))
    source = relation(con, view.batch_source, str(tmp_path), "source")
    with pytest.raises(InputError, match=amiss):
        TableDifferences(con, online, newest).make(everything(source))
    online.close()


@pytest.mark.parametrize(
    "given", [Value(double_val=7.0), Value(string_val="07"), Value(bool_val=1)]
)
def test_the_online_store_takes_no_key_of_another_kind(tmp_path: Path, given: Value) -> None:
    """SQLite would make 7 of each."""
    store = applied(tmp_path, [7])
    key = EntityKey(join_keys=["k"], entity_values=[given])
    view = store.get_feature_view("v")
    with pytest.raises(InputError, match="'k' is a whole number"):
        store.provider.online_write_batch(
            store.config, view, [(key, {"f": Value(double_val=1.0)}, NOON, None)], None
        )
    with pytest.raises(InputError, match="'k' is a whole number"):
        store.provider.online_read(store.config, view, [key], ["f"])


def test_a_source_without_the_key_is_refused_by_the_error_that_feast_has_for_it(
    tmp_path: Path,
) -> None:
    store = applied(tmp_path, [1])
    table = pq.read_table(tmp_path / "v.parquet")
    pq.write_table(table.rename_columns(["other", "f", "ts"]), tmp_path / "v.parquet")
    with pytest.raises(FeastJoinKeysDuringMaterialization, match="'k'"):
        materialised(store)


def test_the_online_store_takes_no_key_of_another_view(tmp_path: Path) -> None:
    store = applied(tmp_path, [7])
    key = EntityKey(join_keys=["trainer"], entity_values=[Value(int64_val=7)])
    view = store.get_feature_view("v")
    with pytest.raises(InputError, match="has the key k and was given trainer"):
        store.provider.online_read(store.config, view, [key], ["f"])
