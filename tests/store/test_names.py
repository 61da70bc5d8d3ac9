"""No name that somebody chose for a column can mean a column of ours."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import FeatureView, Field, FileSource
from feast.types import Float64

from tests.store.random_repositories import STAMP, START, Repository, View
from velo.errors import InputError
from velo.store.online.database import connect, ensure
from velo.store.online.materialize import DAWN
from velo.store.online.newest import Newest
from velo.store.online.store import microseconds, table_of
from velo.store.online.table_differences import TableDifferences, everything
from velo.store.relation import relation

DAY = timedelta(hours=15)


def agrees(seed: int, folder: Path) -> None:
    """Offline, and in the online table as of one moment, a drawn repository is what it must be."""
    folder.mkdir()
    drawn = Repository.of(seed, folder)
    if drawn.is_refused:
        with pytest.raises(InputError):
            drawn.retrieved()
    else:
        answer = drawn.retrieved()
        assert answer.column_names == [*drawn.entities.column_names, *drawn.outputs], seed
        assert rows_of(answer) == drawn.expected(), seed
        if "" not in drawn.entities.column_names:
            pq.write_table(drawn.entities, folder / "entities.parquet")
    for view in drawn.views:
        if view.keys:
            assert online(drawn, view, folder) == morning(view), (seed, view.name)
    shutil.rmtree(folder)


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    """By place, for names may be alike."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def online(drawn: Repository, view: View, folder: Path) -> dict[tuple[Any, ...], list[Any]]:
    """What is brought into the home's online store as of one moment, key by key."""
    known = drawn.store.get_feature_view(view.name)
    table = table_of(drawn.store.config, known)
    lasting = timedelta(hours=view.lasting or 0) // timedelta(microseconds=1)
    last = microseconds(START + DAY)
    newest = Newest(known, table, last - lasting if lasting else DAWN, last)
    online, con = connect(folder / "online.db"), duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    ensure(online, table)
    comparison = TableDifferences(con, online, newest)
    comparison.make(everything(relation(con, known.batch_source, str(folder), "source")))
    for rows in comparison.lacking():
        online.executemany(table.replace, rows)
    held = online.execute(f"SELECT * FROM {table}").fetchall()
    online.close()
    wide = len(view.keys)
    return {row[:wide]: list(row[wide + 1 :]) for row in held}


def morning(view: View) -> dict[tuple[Any, ...], list[Any]]:
    """The same by brute force; a key is there where a row of it counts."""
    keys = {tuple(row[key] for key in view.keys) for row in view.rows}
    lasting = (
        timedelta(hours=view.lasting)
        if view.lasting
        else START - START.min.replace(tzinfo=START.tzinfo)
    )
    there = {
        tuple(row[key] for key in view.keys)
        for row in view.rows
        if row[view.happened] and START + DAY - lasting <= row[view.happened] <= START + DAY
    }
    return {key: view.newest(key, START + DAY, False) for key in keys & there if None not in key}


@pytest.mark.parametrize("seed", range(14))
def test_a_random_repository_is_joined_as_brute_force_says(seed: int, tmp_path: Path) -> None:
    agrees(seed, tmp_path / "drawn")


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_random_repositories_are_joined_as_brute_force_says(
    hundred: int, tmp_path: Path
) -> None:
    for seed in range(100):
        agrees(1000 + 100 * hundred + seed, tmp_path / "drawn")


@pytest.mark.parametrize("name", ["rowid", "ROWID", "RowId"])
def test_an_entity_column_called_rowid_swaps_no_rows(little: Any, name: str) -> None:
    rows = {name: [2, 1], "k": [1, 2]}
    assert little(rows).column("f").to_pylist() == [10.0, 20.0]


def test_columns_that_differ_in_case_or_have_no_name_come_back_as_they_came(little: Any) -> None:
    answer = little({"": [5, 6], "K": [7, 8], "k": [1, 2], "F": [3, 4]})
    assert answer.column_names == ["", "K", "k", "F", "event_timestamp", "f"]
    assert rows_of(answer)[0][:4] == (5, 7, 1, 3)
    assert answer.column("f").to_pylist() == [10.0, 20.0]


def test_a_query_may_give_columns_that_differ_in_case(little: Any) -> None:
    answer = little(
        "SELECT 7 AS K, 1 AS k, TIMESTAMPTZ '2024-06-01 00:00:00+00' AS event_timestamp "
        "-- the last;\n;"
    )
    assert answer.column_names == ["K", "k", "event_timestamp", "f"]
    assert rows_of(answer)[0][:2] == (7, 1)
    assert answer.column("f").to_pylist() == [10.0]


def test_an_entity_column_with_a_features_name_is_refused_and_full_names_part_them(
    little: Any,
) -> None:
    rows = {"f": [9, 9], "k": [1, 2]}
    with pytest.raises(InputError, match=r"'f'.*full feature names"):
        little(rows)
    answer = little(rows, full_feature_names=True)
    assert answer.column("f").to_pylist() == [9, 9]
    assert answer.column("v__f").to_pylist() == [10.0, 20.0]


@pytest.mark.parametrize("name", ["happened", "Happened", "seen", "entity_row_number", "k0"])
def test_a_null_in_a_feature_of_this_name_drops_no_row(tmp_path: Path, name: str) -> None:
    """The newest word is that nothing is known; an older value would be a wrong one."""
    rows = {"k": [1, 1], name: [5.0, None]}
    table = pa.table({**rows, "ts": pa.array([START, START + timedelta(hours=1)], STAMP)})
    asked = ask(tmp_path, table, [name], {"k": [1], "event_timestamp": [START + DAY]})
    assert asked.column(name).to_pylist() == [None]


def test_a_feature_called_entity_row_number_scrambles_no_rows(tmp_path: Path) -> None:
    keys = list(range(50))
    table = pa.table(
        {
            "k": keys,
            "entity_row_number": [float(-key) for key in keys],
            "ts": pa.array([START] * 50, STAMP),
        }
    )
    rows = {"k": keys, "event_timestamp": [START + DAY] * 50}
    answer = ask(tmp_path, table, ["entity_row_number"], rows)
    assert answer.column("entity_row_number").to_pylist() == [float(-key) for key in keys]


def test_a_feature_that_the_file_lacks_is_named_and_no_path_is_given_for_it(
    tmp_path: Path,
) -> None:
    """DuckDB has columns of its own for every file: `filename`, `file_row_number`."""
    table = pa.table({"k": [1], "ts": pa.array([START], STAMP)})
    with pytest.raises(InputError, match=r"'filename'.*'k'"):
        ask(tmp_path, table, ["filename"], {"k": [1], "event_timestamp": [START + DAY]})


def test_features_that_differ_in_case_alone_are_two_online_as_well(tmp_path: Path) -> None:
    table = pa.table({"k": [1], "f": [1.0], "F": [2.0], "ts": pa.array([START], STAMP)})
    store = applied(tmp_path, table, ["f", "F"])
    store.materialize(START - DAY, START + DAY)
    for name, value in (("f", 1.0), ("F", 2.0)):
        answer = store.get_online_features([f"v:{name}"], [{"k": 1}]).to_dict()
        assert answer[name] == [value]


def test_an_old_table_keeps_its_columns_and_rows_when_no_name_collides(tmp_path: Path) -> None:
    table = pa.table({"k": [1], "f": [1.0], "ts": pa.array([START], STAMP)})
    store = applied(tmp_path, table, ["f"])
    with sqlite3.connect(tmp_path / "online.db") as con:
        columns = [row[1] for row in con.execute("PRAGMA table_info(p_v)")]
    assert columns == ["k", "__event_timestamp", "f"]
    assert store.get_online_features(["v:f"], [{"k": 1}]).to_dict()["f"] == [None]


def applied(folder: Path, table: pa.Table, features: list[str]) -> Any:
    from tests.store.stores import KEY, store_in

    pq.write_table(table, folder / "v.parquet")
    store = store_in(folder)
    view = FeatureView(
        name="v",
        entities=[KEY],
        schema=[Field(name=name, dtype=Float64) for name in features],
        source=FileSource(path=str(folder / "v.parquet"), timestamp_field="ts"),
    )
    store.apply([KEY, view])
    return store


def ask(folder: Path, table: pa.Table, features: list[str], rows: Any, **how: Any) -> pa.Table:
    store = applied(folder, table, features)
    given = rows if isinstance(rows, str) else pa.table(rows)
    return store.get_historical_features(given, [f"v:{f}" for f in features], **how).to_arrow()


@pytest.fixture
def little(tmp_path: Path) -> Any:
    """f is 10 for key 1 and 20 for key 2; ask with entity rows without their time."""
    table = pa.table({"k": [1, 2], "f": [10.0, 20.0], "ts": pa.array([START] * 2, STAMP)})

    def asking(rows: Any, **how: Any) -> pa.Table:
        if isinstance(rows, dict):
            rows = {**rows, "event_timestamp": pd.to_datetime([START + DAY] * 2)}
        return ask(tmp_path, table, ["f"], rows, **how)

    return asking
