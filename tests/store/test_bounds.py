"""The store's settings bound the DuckDB that joins."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64

from tests.store.little_tables import values

ROWS = 600_000


@pytest.fixture
def bounded(tmp_path: Path) -> FeatureStore:
    """A store of one wide view, with 100 MB, one thread and a spill folder."""
    settings = tmp_path / "bounded.yaml"
    settings.write_text(
        f"project: bounded\nprovider: local\nregistry: {tmp_path}/registry.db\n"
        f"online_store: {{type: sqlite, path: {tmp_path}/online.db}}\n"
        "offline_store:\n  type: velo.store.asof.AsofOfflineStore\n"
        f"  memory_limit: 100MB\n  threads: 1\n  temp_directory: {tmp_path}/spill\n"
        "entity_key_serialization_version: 3\n"
    )
    return FeatureStore(fs_yaml_file=settings)


def wide_view(folder: Path) -> tuple[Entity, FeatureView]:
    """Thirty features of each of 20,000 horses, known from 2024 on."""
    import duckdb

    numbers = ", ".join(f"random() AS f{n}" for n in range(30))
    duckdb.execute(
        f"COPY (SELECT range AS horse_id, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS event_timestamp, "
        f"{numbers} FROM range(20000)) TO '{folder}/wide.parquet' (FORMAT parquet)"
    )
    horse = Entity(name="horse_id", join_keys=["horse_id"], value_type=ValueType.INT64)
    view = FeatureView(
        name="wide",
        entities=[horse],
        schema=[Field(name=f"f{n}", dtype=Float64) for n in range(30)],
        source=FileSource(path=f"{folder}/wide.parquet", timestamp_field="event_timestamp"),
    )
    return horse, view


@pytest.mark.slow
def test_more_rows_than_fit_are_spilled_and_streamed_in_order(
    bounded: FeatureStore, tmp_path: Path
) -> None:
    """145 MB of features alone, of 100 MB; the spill folder is empty again afterwards."""
    bounded.apply([*wide_view(tmp_path)])
    entities = (
        "SELECT range AS runner, (range * 7919) % 20000 AS horse_id, "
        f"TIMESTAMPTZ '2024-06-01 00:00:00+00' AS event_timestamp FROM range({ROWS})"
    )
    job = bounded.get_historical_features(entities, [f"wide:f{n}" for n in range(30)])
    job.to_parquet(tmp_path / "out.parquet")
    spilled = list((tmp_path / "spill").iterdir())
    assert spilled, "nothing was spilled: the test is too small"
    result = pq.read_table(tmp_path / "out.parquet", columns=["runner", "horse_id", "f29"])
    assert result.column("runner").to_pylist() == list(range(ROWS))
    wide = pq.read_table(tmp_path / "wide.parquet", columns=["horse_id", "f29"])
    known = dict(values(wide, "horse_id", "f29"))
    assert all(known[h] == f for h, f in values(result.slice(0, 50_000), "horse_id", "f29"))
