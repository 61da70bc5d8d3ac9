"""Which of several rows counts: by time to the microsecond, and one way only where all is alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import FeatureStore, FeatureView, Field, FileSource
from feast.types import Float64
from hypothesis import given
from hypothesis import strategies as st

from tests.store.stores import KEY, store_in
from velo.store.moments import moment
from velo.store.online.database import connect, ensure
from velo.store.online.materialize import DAWN
from velo.store.online.newest import Newest
from velo.store.online.parts import find_parts
from velo.store.online.store import microseconds, table_of
from velo.store.online.table_differences import TableDifferences, everything, since
from velo.store.relation import relation

NOON = datetime(2024, 5, 4, 12, tzinfo=UTC)
NANO = 1_714_824_000_000_000_000
"""The same noon in nanoseconds."""


def applied(
    folder: Path, table: pa.Table, features: list[str], created: str = "", **offline: Any
) -> FeatureStore:
    pq.write_table(table, folder / "v.parquet")
    return declared(folder, folder / "v.parquet", features, created, **offline)


def declared(
    folder: Path, path: Path, features: list[str], created: str = "", **offline: Any
) -> FeatureStore:
    keys = (
        [KEY] if "k" in pq.read_schema(next(iter([*path.rglob("*.parquet"), path]))).names else []
    )
    view = FeatureView(
        name="v",
        entities=keys,
        schema=[Field(name=name, dtype=Float64) for name in features],
        source=FileSource(path=str(path), timestamp_field="ts", created_timestamp_column=created),
    )
    store = store_in(folder, **offline)
    store.apply([*keys, view])
    return store


def of_nanoseconds(*moments: int, zone: str | None = "UTC") -> pa.Table:
    """Feature f counts them from 1; all of key 1."""
    return pa.table(
        {
            "k": [1] * len(moments),
            "f": [float(i + 1) for i in range(len(moments))],
            "ts": pa.array([NANO + each for each in moments], pa.timestamp("ns", zone)),
        }
    )


@pytest.mark.parametrize("zone", ["UTC", None])
def test_a_row_half_a_microsecond_from_now_is_not_seen(tmp_path: Path, zone: str | None) -> None:
    """Rounded it would be of the next microsecond; cut off it is of this one."""
    store = applied(tmp_path, of_nanoseconds(999, 1500, 1999, zone=zone), ["f"])
    at = [NOON + timedelta(microseconds=n) for n in (-1, 0, 1, 2)]
    rows = pa.table({"k": [1] * 4, "event_timestamp": pa.array(at, pa.timestamp("us", "UTC"))})
    features = store.get_historical_features(rows, ["v:f"]).to_arrow().column("f").to_pylist()
    assert features == [None, 1.0, 3.0, 3.0]


def test_entity_rows_of_nanoseconds_are_cut_off_too(tmp_path: Path) -> None:
    store = applied(tmp_path, of_nanoseconds(1000, 2000), ["f"])
    at = pa.array([NANO + 999, NANO + 1999], pa.timestamp("ns", "UTC"))
    rows = pa.table({"k": [1, 1], "event_timestamp": at})
    answer = store.get_historical_features(rows, ["v:f"]).to_arrow()
    assert answer.column("f").to_pylist() == [None, 1.0]
    assert answer.schema.field("event_timestamp").type == pa.timestamp("us", "UTC")
    of_pandas = store.get_historical_features(rows.to_pandas(), ["v:f"]).to_df()
    assert pd.isna(of_pandas["f"][0])


@pytest.mark.slow
@given(st.integers(-(2**62), 2**62))
def test_nanoseconds_are_cut_off_before_1970_as_after(nanoseconds: int) -> None:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    table = pa.table({"t": pa.array([nanoseconds], pa.timestamp("ns", "UTC"))})
    con.register("rows", table)
    cut = con.execute(f"SELECT epoch_us({moment('t', 'TIMESTAMPTZ_NS')}) FROM rows").fetchall()
    assert cut == [(nanoseconds // 1000,)]


@pytest.mark.parametrize("zone", ["UTC", None])
def test_parquet_of_nanoseconds_is_materialised(tmp_path: Path, zone: str | None) -> None:
    store = applied(tmp_path, of_nanoseconds(-1, 999, 1500, 2000, zone=zone), ["f"])
    for last, f in ((NOON, 2.0), (NOON + timedelta(microseconds=1), 3.0)):
        store.materialize(NOON, last)
        assert store.get_online_features(["v:f"], [{"k": 1}]).to_dict()["f"] == [f]


def test_a_morning_is_brought_of_nanoseconds_part_by_part(tmp_path: Path) -> None:
    """As of noon: the row of 999 ns after it is of that microsecond, the one of 1,500 ns is not."""
    (tmp_path / "rows").mkdir()
    pq.write_table(of_nanoseconds(0, 999, 1500), tmp_path / "rows" / "a.parquet")
    store = declared(tmp_path, tmp_path / "rows", ["f"])
    view = store.get_feature_view("v")
    table, folder = table_of(store.config, view), tmp_path / "rows"
    con, online = duckdb.connect(), connect(tmp_path / "online.db")
    con.execute("SET TimeZone = 'UTC'")
    ensure(online, table)
    parts = find_parts(con, folder, "ts")
    source = relation(con, view.batch_source, str(tmp_path), "source")
    for at, before, f in ((0, frozenset(), 2.0), (1, parts, 3.0)):
        last = microseconds(NOON) + at
        known = since(folder, "ts", parts, before, last - 1, DAWN, source.types["ts"])
        comparison = TableDifferences(con, online, Newest(view, table, DAWN, last))
        comparison.make(known)
        for rows in comparison.lacking():
            online.executemany(table.replace, rows)
        assert online.execute(f"SELECT f FROM {table}").fetchall() == [(f,)]
    online.close()


def test_a_view_without_entities_is_materialised(tmp_path: Path) -> None:
    table = of_nanoseconds(0, 1000).drop(["k"])
    store = applied(tmp_path, table, ["f"])
    store.materialize(NOON - timedelta(1), NOON + timedelta(1))
    answer = store.get_online_features(["v:f"], {"anything": [1, 2]}).to_dict()
    assert answer["f"] == [2.0, 2.0]


def test_a_view_without_entities_is_brought_to_a_morning(tmp_path: Path) -> None:
    store = applied(tmp_path, of_nanoseconds(0, 1000).drop(["k"]), ["f"])
    assert brought(store, tmp_path) == [(2.0,)]


TIES = 4_000


def tied(seed: int, created: bool) -> pa.Table:
    """Forty keys, a hundred rows each, all of one moment, in another order for every seed."""
    con = duckdb.connect()
    table = con.sql(
        f"SELECT range % 40 AS k, nullif(hash(range) % 7, 0)::DOUBLE AS f, "
        f"nullif(hash(range, 1) % 5, 0)::DOUBLE AS g, TIMESTAMPTZ '{NOON.isoformat()}' AS ts, "
        f"TIMESTAMPTZ '{NOON.isoformat()}' AS written FROM range({TIES}) "
        f"ORDER BY hash(range, {seed})"
    ).to_arrow_table()
    return table if created else table.drop(["written"])


def greatest(table: pa.Table) -> list[tuple[float, float]]:
    """By key: the greatest f, and the greatest g beside it."""
    best: dict[int, tuple[float, float]] = {}
    for row in table.to_pylist():
        pair = (row["f"] or -1.0, row["g"] or -1.0)
        best[row["k"]] = max(best.get(row["k"], pair), pair)
    return [best[key] for key in sorted(best)]


@pytest.mark.few(1)
@pytest.mark.parametrize("created", [False, True])
@pytest.mark.parametrize("when_created", [False, True])
def test_full_ties_are_settled_one_way_by_any_number_of_threads(
    tmp_path: Path, created: bool, when_created: bool
) -> None:
    rows = pa.table({"k": list(range(40)), "event_timestamp": pa.array([NOON] * 40)})
    for seed, threads in ((1, 2), (2, 2), (3, 1)):
        table = tied(seed, created)
        store = applied(tmp_path, table, ["f", "g"], "written" if created else "", threads=threads)
        for features in (["v:f", "v:g"], ["v:g"]):
            answer = store.get_historical_features(
                rows, features, filter_by_created_timestamp=when_created
            ).to_arrow()
            wanted = [[pair["fg".index(name[-1])] for pair in greatest(table)] for name in features]
            got = [
                [-1.0 if each is None else each for each in answer.column(name[-1]).to_pylist()]
                for name in features
            ]
            assert got == wanted


@pytest.mark.parametrize("created", [False, True])
def test_full_ties_are_settled_online_as_offline(tmp_path: Path, created: bool) -> None:
    table = tied(5, created)
    store = applied(tmp_path, table, ["f", "g"], "written" if created else "")
    held = [
        tuple(-1.0 if each is None else each for each in row) for row in brought(store, tmp_path)
    ]
    assert held == greatest(table)
    assert brought(store, tmp_path, again=True) == []


def brought(store: FeatureStore, folder: Path, again: bool = False) -> list[tuple[Any, ...]]:
    """Features of the online table after a morning was brought; or only what that wrote."""
    view = store.get_feature_view("v")
    table = table_of(store.config, view)
    con, online = duckdb.connect(), connect(folder / "online.db")
    con.execute("SET TimeZone = 'UTC'")
    ensure(online, table)
    comparison = TableDifferences(
        con, online, Newest(view, table, DAWN, microseconds(NOON) + 10**6)
    )
    comparison.make(everything(relation(con, view.batch_source, str(folder), "source")))
    written = [row for rows in comparison.lacking() for row in rows]
    online.executemany(table.replace, written)
    names = ", ".join(table.feature_columns.values())
    held = online.execute(f"SELECT {names} FROM {table} ORDER BY 1 * {table.columns[0]}").fetchall()
    online.close()
    return written if again else held
