"""What can be done with a retrieval: look at it, run it, keep it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast.errors import SavedDatasetLocationAlreadyExists
from feast.infra.offline_stores.file_source import SavedDatasetFileStorage

from tests.store.little_tables import (
    HORSE,
    PAIR,
    LittleStore,
    entity_table,
    hour,
    values,
)

ENTITIES = [
    {"horse_id": h, "dam_id": 1, "trainer_id": 1, "course": "York", "hour": at}
    for h, at in ((2, 9), (1, 3), (1, 9), (3, 4))
]


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> LittleStore:
    little = LittleStore(tmp_path_factory.mktemp("jobs"))
    little.write(
        HORSE,
        [
            {"horse_id": h, "happened_at": hour(h + 1), "created_at": hour(h + 1), "raw_a": 1.0 * h}
            for h in (1, 2)
        ],
    )
    return little


def job_of(little: LittleStore, **how: Any) -> Any:
    return little.feast.get_historical_features(
        entity_df=entity_table(ENTITIES).to_pandas(),
        features=[f"{HORSE.name}:a", f"{PAIR.name}:note"],
        **how,
    )


def test_a_frame_and_an_arrow_table_hold_the_same(little: LittleStore) -> None:
    job = job_of(little)
    frame, table = job.to_df(), job.to_arrow()
    assert list(frame.columns) == table.column_names
    assert values(frame, "runner", "a") == values(table, "runner", "a")
    assert table.column("a").to_pylist() == [2.0, 1.0, 1.0, None]
    assert isinstance(frame, pd.DataFrame)
    assert table.schema.field("event_timestamp").type == pa.timestamp("us", tz="UTC")


def test_features_are_called_by_their_view_where_that_is_asked(little: LittleStore) -> None:
    full = job_of(little, full_feature_names=True)
    assert full.full_feature_names
    assert full.to_arrow().column_names[-2:] == ["horse_view__a", "pair_view__note"]
    assert job_of(little).to_arrow().column_names[-2:] == ["a", "note"]


def test_a_retrieval_shows_its_query_and_what_it_was_asked_for(little: LittleStore) -> None:
    job = job_of(little)
    assert job.to_sql().count("ASOF LEFT JOIN") == 2
    assert job._con.sql(job.to_sql()).to_arrow_table().equals(job.to_arrow())
    assert job.metadata.features == [f"{HORSE.name}:a", f"{PAIR.name}:note"]
    assert {"runner", "horse_id", "trainer_id", "course"} <= set(job.metadata.keys)
    assert (job.metadata.min_event_timestamp, job.metadata.max_event_timestamp) == (
        hour(3),
        hour(9),
    )


def test_a_retrieval_is_kept_as_parquet_and_not_overwritten_unasked(
    little: LittleStore, tmp_path: Path
) -> None:
    storage = SavedDatasetFileStorage(path=str(tmp_path / "o'brien kept.parquet"))
    job = job_of(little)
    job.persist(storage)
    kept = pq.read_table(tmp_path / "o'brien kept.parquet")
    assert values(kept, *kept.column_names) == values(job.to_arrow(), *kept.column_names)
    with pytest.raises(SavedDatasetLocationAlreadyExists):
        job.persist(storage)
    little.write(HORSE, [])
    job_of(little).persist(storage, allow_overwrite=True)
    assert pq.read_table(tmp_path / "o'brien kept.parquet").column("a").null_count == 4


def test_a_saved_dataset_is_a_retrieval_with_a_name(little: LittleStore, tmp_path: Path) -> None:
    storage = SavedDatasetFileStorage(path=str(tmp_path / "saved.parquet"))
    saved = little.feast.create_saved_dataset(job_of(little), name="spring", storage=storage)
    assert saved.min_event_timestamp == hour(3)
    assert len(pq.read_table(tmp_path / "saved.parquet")) == len(ENTITIES)
