"""On-demand features of a retrieval: computed from the joined rows, in their order."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import FeatureService, Field, RequestSource
from feast.errors import RequestDataNotFoundInEntityDfException
from feast.infra.offline_stores.file_source import SavedDatasetFileStorage
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64

from tests.store.little_tables import HORSE, PLAIN, LittleStore, hour, values
from velo.store.on_demand import SLICE

RATES = [f"{PLAIN.name}:a", "doubled:twice"]


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> LittleStore:
    little = LittleStore(tmp_path_factory.mktemp("on demand"))
    plain = little.views[PLAIN.name]
    today = RequestSource(name="today", schema=[Field(name="bonus", dtype=Float64)])

    @on_demand_feature_view(
        sources=[plain, today],
        schema=[Field(name="twice", dtype=Float64), Field(name="thrice", dtype=Float64)],
        mode="pandas",
    )
    def doubled(rows: pd.DataFrame) -> pd.DataFrame:
        out = pd.DataFrame(index=rows.index)
        out["twice"] = 2 * rows["a"] + rows["bonus"]
        out["thrice"] = 3 * rows["plain_view__a"]
        return out

    @on_demand_feature_view(
        sources=[plain], schema=[Field(name="wanting", dtype=Float64)], mode="pandas"
    )
    def wanting(rows: pd.DataFrame) -> pd.DataFrame:
        if (rows["a"] == 2.0).any():
            raise ValueError("no horse may be 2")
        return pd.DataFrame({"wanting": rows["a"]}, index=rows.index)

    @on_demand_feature_view(
        sources=[plain], schema=[Field(name="whole", dtype=Int64)], mode="python"
    )
    def wholly(rows: dict) -> dict:
        return {"whole": [None if a is None else int(a) for a in rows["a"]]}

    little.feast.apply(
        [doubled, wanting, wholly, FeatureService(name="all of them", features=[doubled, wholly])]
    )
    little.write(
        PLAIN,
        [
            {"horse_id": h, "happened_at": hour(1), "raw_a": float(h) if h else None}
            for h in range(3)
        ],
    )
    return little


def entities(rows: int) -> pd.DataFrame:
    """Horse 0 has a null, 1 and 2 have values, 3 is unknown."""
    runner = pd.Series(range(rows))
    return pd.DataFrame(
        {
            "runner": runner,
            "horse_id": (runner * 7) % 4,
            "bonus": 0.5 * runner,
            "event_timestamp": hour(5),
        }
    )


def test_a_view_sees_the_joined_features_and_the_request_columns(little: LittleStore) -> None:
    answer = little.feast.get_historical_features(entities(4), RATES).to_arrow()
    assert values(answer, "runner", "a", "twice") == [
        (0, None, None),
        (1, None, None),
        (2, 2.0, 5.0),
        (3, 1.0, 3.5),
    ]
    assert "thrice" not in answer.column_names


def test_its_features_are_called_by_it_where_that_is_asked(little: LittleStore) -> None:
    full = little.feast.get_historical_features(entities(4), RATES, full_feature_names=True)
    assert {"plain_view__a", "doubled__twice"} <= set(full.to_arrow().column_names)
    assert full.to_arrow().column("doubled__twice").to_pylist() == [None, None, 5.0, 3.5]


def test_a_view_in_python_mode_is_computed_too(little: LittleStore) -> None:
    answer = little.feast.get_historical_features(
        entities(4), little.feast.get_feature_service("all of them")
    ).to_arrow()
    assert answer.column("whole").to_pylist() == [None, None, 2, 1]
    assert answer.column("thrice").to_pylist() == [None, None, 6.0, 3.0]


@pytest.mark.slow
def test_many_slices_are_one_result_in_the_rows_order(little: LittleStore) -> None:
    """The first slice has no known horse, so its features have no type of their own."""
    rows = entities(2 * SLICE + 7)
    rows.loc[: SLICE - 1, "horse_id"] = 3
    job = little.feast.get_historical_features(rows, [*RATES, "wholly:whole"])
    table = job.to_arrow()
    a = table.column("a").to_numpy()
    assert table.column("runner").to_pylist() == list(range(len(rows)))
    pd.testing.assert_series_equal(
        table.column("twice").to_pandas(), pd.Series(2 * a + rows["bonus"]), check_names=False
    )
    pd.testing.assert_frame_equal(job.to_df(), table.to_pandas())
    batches = pa.concat_tables(job.to_batches(50_000))
    assert batches.num_rows == table.num_rows
    assert batches.cast(table.schema).equals(table)


def test_no_entity_rows_give_no_rows_and_every_column(little: LittleStore) -> None:
    job = little.feast.get_historical_features(entities(0), RATES)
    assert job.to_arrow().num_rows == 0
    assert {"a", "twice"} <= set(job.to_arrow().column_names)
    assert [each.num_rows for each in job.to_batches()] == [0]


def test_a_missing_request_column_is_named(little: LittleStore) -> None:
    with pytest.raises(RequestDataNotFoundInEntityDfException, match="bonus"):
        little.feast.get_historical_features(entities(2).drop(columns="bonus"), RATES)


def test_a_saved_dataset_keeps_the_on_demand_features(little: LittleStore, tmp_path: Path) -> None:
    file = tmp_path / "saved.parquet"
    job = little.feast.get_historical_features(entities(4), RATES)
    little.feast.create_saved_dataset(
        job, name="with rates", storage=SavedDatasetFileStorage(path=str(file))
    )
    assert pq.read_table(file).equals(job.to_arrow())
    again = little.feast.get_saved_dataset("with rates").to_df()
    assert values(again, "twice") == [(None,), (None,), (5.0,), (3.5,)]
    assert [each.name for each in tmp_path.iterdir()] == ["saved.parquet"]


def test_a_failure_leaves_the_file_that_was_there(little: LittleStore, tmp_path: Path) -> None:
    file = tmp_path / "kept.parquet"
    file.write_text("yesterday's")
    job = little.feast.get_historical_features(entities(4), ["wanting:wanting"])
    with pytest.raises(ValueError, match="no horse"):
        job.to_parquet(file)
    assert file.read_text() == "yesterday's"
    assert [each.name for each in tmp_path.iterdir()] == ["kept.parquet"]


def test_views_that_share_a_file_are_joined_each_for_itself(little: LittleStore) -> None:
    little.write(HORSE, [])
    both = little.feast.get_historical_features(
        entities(4).assign(dam_id=1),
        [f"{HORSE.name}:note", f"{PLAIN.name}:a"],
    ).to_arrow()
    assert both.column("note").null_count == 4
    assert both.column("a").to_pylist() == [None, None, 2.0, 1.0]
