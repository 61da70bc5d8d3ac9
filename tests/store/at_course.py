"""A Feast project of one view, what a horse did at a course, with a column of every scalar kind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.types import Bool, Bytes, Float32, Float64, Int64, String, UnixTimestamp

NOON = datetime(2024, 5, 4, 12, tzinfo=UTC)
HORSE = Entity(name="horse", join_keys=["horse_id"], value_type=ValueType.INT64)
COURSE = Entity(name="course", join_keys=["course"], value_type=ValueType.STRING)
KINDS: dict[str, Any] = {
    "wins": Float64,
    "share": Float32,
    "starts": Int64,
    "note": String,
    "raw": Bytes,
    "ran": Bool,
    "last": UnixTimestamp,
}


def feast(root: Path, online: dict[str, Any] | None = None) -> FeatureStore:
    """A project of one view in a folder."""
    config = RepoConfig(
        project="little",
        provider="local",
        registry=str(root / "registry.db"),
        online_store=online
        or {"type": "velo.store.online.store.HomeOnlineStore", "path": str(root / "online.db")},
        offline_store={"type": "velo.store.asof.AsofOfflineStore"},
        entity_key_serialization_version=3,
        repo_path=root,
    )
    return FeatureStore(config=config)


def view(root: Path, kinds: dict[str, Any] | None = None) -> FeatureView:
    fields = [Field(name=name, dtype=kind) for name, kind in (kinds or KINDS).items()]
    keys = [Field(name="horse_id", dtype=Int64), Field(name="course", dtype=String)]
    return FeatureView(
        name="at_course",
        entities=[HORSE, COURSE],
        schema=[*keys, *fields],
        source=FileSource(path=str(root / "rows.parquet"), timestamp_field="known"),
    )


def rows() -> pa.Table:
    stamp = pa.timestamp("us", "UTC")
    return pa.table(
        {
            "horse_id": pa.array([2**62 + 1, 7, 7], pa.int64()),
            "course": ["Ascot", "Ascot", "Châtel"],
            "known": pa.array([NOON] * 3, stamp),
            "wins": [0.5, None, 1 / 3],
            "share": pa.array([0.1, None, 2.0], pa.float32()),
            "starts": pa.array([2**61, None, 0], pa.int64()),
            "note": ["o'brien", None, ""],
            "raw": pa.array([b"\x00\xff", None, b"x"], pa.binary()),
            "ran": [True, None, False],
            "last": pa.array([NOON, None, NOON], stamp),
        }
    )


def everything(store: FeatureStore) -> None:
    store.materialize(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC))
