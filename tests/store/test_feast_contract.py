"""What Feast asks of any offline store beside the join: writes, pulls, logs, mapped columns."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.data_source import PushMode, PushSource
from feast.feature_logging import LoggingConfig
from feast.infra.offline_stores.file_source import FileLoggingDestination
from feast.types import Float64, Int64

from tests.store.little_tables import STAMP, hour, values

HORSE = Entity(name="horse", join_keys=["horse_id"], value_type=ValueType.INT64)
FILE = pa.schema(
    [("horse_no", pa.int32()), ("ran_at", STAMP), ("told_at", STAMP), ("rating", pa.float64())]
)
"""Every column but the feature is called otherwise in the file."""


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    ratings = [
        {"horse_no": 7, "ran_at": hour(1), "told_at": hour(2), "rating": 60.0},
        {"horse_no": 7, "ran_at": hour(1), "told_at": hour(5), "rating": 61.0},
        {"horse_no": 8, "ran_at": hour(3), "told_at": hour(3), "rating": 80.0},
    ]
    pq.write_table(pa.Table.from_pylist(ratings, schema=FILE), tmp_path / "ratings.parquet")
    settings = tmp_path / "feature_store.yaml"
    settings.write_text(
        f"project: contract\nprovider: local\nregistry: {tmp_path}/registry.db\n"
        f"online_store: {{type: sqlite, path: {tmp_path}/online.db}}\n"
        "offline_store: {type: velo.store.asof.AsofOfflineStore, threads: 1, memory_limit: 1GB}\n"
        "entity_key_serialization_version: 3\n"
    )
    feast = FeatureStore(fs_yaml_file=settings)
    batch = FileSource(
        name="ratings",
        path=str(tmp_path / "ratings.parquet"),
        timestamp_field="happened",
        created_timestamp_column="told",
        field_mapping={"horse_no": "horse_id", "ran_at": "happened", "told_at": "told"},
    )
    pushed = FileSource(
        name="weights_file",
        path=str(tmp_path / "weights.parquet"),
        timestamp_field="event_timestamp",
    )
    weights = pa.schema([("horse_id", pa.int64()), ("event_timestamp", STAMP), ("lbs", pa.int64())])
    pq.write_table(weights.empty_table(), tmp_path / "weights.parquet")
    views = [
        FeatureView(
            name="rating",
            entities=[HORSE],
            ttl=timedelta(hours=30),
            schema=[Field(name="rating", dtype=Float64)],
            source=batch,
        ),
        FeatureView(
            name="weight",
            entities=[HORSE],
            ttl=timedelta(hours=30),
            schema=[Field(name="lbs", dtype=Int64)],
            source=PushSource(name="scales", batch_source=pushed),
        ),
    ]
    (tmp_path / "log").mkdir()
    service = FeatureService(
        name="card",
        features=views,
        logging_config=LoggingConfig(
            destination=FileLoggingDestination(path=str(tmp_path / "log"))
        ),
    )
    feast.apply([HORSE, *views, service])
    return feast


def entities(*horses: int, at: int) -> pd.DataFrame:
    rows = [{"horse_id": horse, "event_timestamp": hour(at)} for horse in horses]
    return pd.DataFrame(rows).astype({"event_timestamp": "datetime64[us, UTC]"})


def test_every_column_may_be_called_otherwise_in_the_file(store: FeatureStore) -> None:
    answer = store.get_historical_features(entities(7, 8, 9, at=4), ["rating:rating"]).to_df()
    assert values(answer.replace({float("nan"): None}), "rating") == [(61.0,), (80.0,), (None,)]
    as_told = store.get_historical_features(
        entities(7, at=4), ["rating:rating"], filter_by_created_timestamp=True
    ).to_df()
    assert values(as_told, "rating") == [(60.0,)]


def test_a_key_may_be_of_another_width_than_the_file_s(store: FeatureStore) -> None:
    narrow = entities(7, at=4).astype({"horse_id": "int16"})
    answer = store.get_historical_features(narrow, ["rating:rating"]).to_df()
    assert values(answer, "rating") == [(61.0,)]


@pytest.mark.parametrize("how", ["push", "write"])
def test_rows_that_are_written_offline_are_joined(store: FeatureStore, how: str) -> None:
    row = entities(7, at=2).assign(lbs=126)
    if how == "push":
        store.push("scales", row, to=PushMode.OFFLINE)
    else:
        store.write_to_offline_store("weight", row)
    answer = store.get_historical_features(entities(7, at=9), ["weight:lbs"]).to_df()
    assert values(answer, "lbs") == [(126,)]


def test_materialising_takes_the_newest_word_on_the_newest_event(store: FeatureStore) -> None:
    store.materialize(hour(0), hour(6))
    answer = store.get_online_features(
        features=["rating:rating"], entity_rows=[{"horse_id": 7}, {"horse_id": 8}]
    ).to_dict()
    assert answer["rating"] == [61.0, 80.0]


def test_what_was_served_is_logged_and_can_be_read_back(store: FeatureStore) -> None:
    service = store.get_feature_service("card")
    served = entities(7, 8, at=4)
    logs = pa.table(
        {
            "horse_id": pa.array(served["horse_id"], pa.int64()),
            "rating__rating": pa.array([61.0, None], pa.float64()),
            "rating__rating__timestamp": pa.array([hour(1), None], STAMP),
            "rating__rating__status": pa.array([1, 2], pa.int32()),
            "weight__lbs": pa.array([126, None], pa.int64()),
            "weight__lbs__timestamp": pa.array([hour(2), None], STAMP),
            "weight__lbs__status": pa.array([1, 2], pa.int32()),
            "__log_timestamp": pa.array([hour(4)] * 2, STAMP),
            "__log_date": pa.array([hour(4).date()] * 2, pa.date32()),
            "__request_id": pa.array(["one", "two"], pa.string()),
        }
    )
    store.write_logged_features(logs, service)
    assert service.logging_config is not None
    written = pq.read_table(str(service.logging_config.destination.path))  # type: ignore[attr-defined]
    assert sorted(written.column("__request_id").to_pylist()) == ["one", "two"]
