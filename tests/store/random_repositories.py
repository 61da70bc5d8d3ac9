"""Whole feature repositories drawn at random, under the names that a store is likeliest to trip on.

Everything is drawn of one seed: views, their keys, features and times, the names of all of these,
rows with nulls, corrections and full ties, and entity rows with columns of the same names.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.types import Float64

from velo.errors import InputError

START = datetime(2024, 1, 1, tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
STAMP = pa.timestamp("us", "UTC")
NAMES = [
    *("rowid", "ROWID", "RowId", "happened", "Happened", "seen", "SEEN", "created", "entity"),
    *("Entity", "known", "known_0", "k0", "K0", "k1", "f0", "F0", "f1", "t0", "c0", "C1", "e"),
    *("entity_row_number", "entity_rows", "view_0", "source", "Source", "path", "filename"),
    *("file_row_number", "file_index", "select", "order", "from", "where", "null", "true"),
    *('a"b', "o'brien", "a b", "a;b--", "été", "ÉTÉ", "x~1", "~feature~61", "__standing", "%s"),
]
Row = dict[str, Any]


@dataclass
class View:
    """One view: its columns in the file, and its rows."""

    name: str
    keys: list[str]
    features: list[str]
    happened: str
    created: str | None
    lasting: int | None
    rows: list[Row]

    @property
    def schema(self) -> pa.Schema:
        times = [self.happened, *([self.created] if self.created else [])]
        return pa.schema(
            [
                *((key, pa.int64()) for key in self.keys),
                *((time, STAMP) for time in times),
                *((name, pa.float64()) for name in self.features),
            ]
        )

    def newest(self, key: tuple[Any, ...], at: datetime, when_created: bool) -> list[Any]:
        """The features that count at a moment; nulls where there is no row."""
        best: tuple[Any, ...] | None = None
        greatest_values = [None] * len(self.features)
        for row in self.rows:
            happened, created = row[self.happened], row[self.created] if self.created else None
            if happened is None or happened > at or tuple(row[k] for k in self.keys) != key:
                continue
            if None in key or (self.lasting and happened + timedelta(hours=self.lasting) < at):
                continue
            if when_created and self.created and (created is None or created > at):
                continue
            values = [row[name] for name in self.features]
            greatest = [(value is not None, value or 0.0) for value in values]
            rank = (happened, created or LONG_AGO, greatest)
            if best is None or rank > best:
                best, greatest_values = rank, values
        return greatest_values


@dataclass
class Repository:
    """Views under a Feast store, and entity rows that ask for them."""

    store: FeatureStore
    views: list[View]
    entities: pa.Table
    timestamp: str
    full: bool
    when_created: bool

    @classmethod
    def of(cls, seed: int, folder: Path, **stores: Any) -> Repository:
        """Draw, write and apply a repository."""
        draw = random.Random(seed)
        views = [_view(draw, number) for number in range(draw.randint(1, 3))]
        config = RepoConfig(
            project="drawn",
            provider="local",
            registry=str(folder / "registry.db"),
            online_store={
                "type": "velo.store.online.store.HomeOnlineStore",
                "path": str(folder / "online.db"),
            },
            offline_store={
                "type": "velo.store.asof.AsofOfflineStore",
                "threads": draw.choice([1, 2]),
            },
            entity_key_serialization_version=3,
            repo_path=folder,
        )
        store = FeatureStore(config=config)
        keys = sorted({key for view in views for key in view.keys})
        entities = {
            key: Entity(name=f"entity_{i}", join_keys=[key], value_type=ValueType.INT64)
            for i, key in enumerate(keys)
        }
        declared = []
        for view in views:
            file = folder / f"{view.name}.parquet"
            table = pa.Table.from_pylist(view.rows, schema=view.schema)
            order = draw.sample(range(table.num_columns), table.num_columns)
            pq.write_table(table.select(order), file)
            declared.append(
                FeatureView(
                    name=view.name,
                    entities=[entities[key] for key in view.keys],
                    ttl=timedelta(hours=view.lasting or 0),
                    schema=[Field(name=name, dtype=Float64) for name in view.features],
                    source=FileSource(
                        name=view.name,
                        path=str(file),
                        timestamp_field=view.happened,
                        created_timestamp_column=view.created or "",
                    ),
                )
            )
        store.apply([*entities.values(), *declared])
        timestamp, rows = _entity_rows(draw, keys)
        return cls(store, views, rows, timestamp, draw.random() < 0.7, draw.random() < 0.4)

    @property
    def asked(self) -> list[str]:
        return [f"{view.name}:{name}" for view in self.views for name in view.features]

    @property
    def outputs(self) -> list[str]:
        return [
            f"{view.name}__{name}" if self.full else name
            for view in self.views
            for name in view.features
        ]

    @property
    def is_refused(self) -> bool:
        """Whether two columns of the result would have one name."""
        names = [*self.entities.column_names, *self.outputs]
        return len(set(names)) < len(names)

    def expected(self) -> list[tuple[Any, ...]]:
        """Every row of the result, by brute force."""
        rows = []
        for row in self.entities.to_pylist():
            values = [row[name] for name in self.entities.column_names]
            for view in self.views:
                key = tuple(row[name] for name in view.keys)
                values += view.newest(key, row[self.timestamp], self.when_created)
            rows.append(tuple(values))
        return rows

    def retrieved(self, given: Any = None) -> pa.Table:
        """The result of the store.

        Raises:
            InputError: of columns of one name, Feast's own error among them.
        """
        try:
            return self.store.get_historical_features(
                self.entities if given is None else given,
                self.asked,
                full_feature_names=self.full,
                filter_by_created_timestamp=self.when_created,
            ).to_arrow()
        except Exception as error:
            if type(error).__name__ == "FeatureNameCollisionError":
                raise InputError(str(error)) from error
            raise


def _view(draw: random.Random, number: int) -> View:
    keys = [f"own key {number}"] if draw.random() < 0.2 else draw.sample(NAMES, draw.randint(0, 2))
    has_created = draw.random() < 0.5
    left = [name for name in NAMES if name not in keys]
    names = draw.sample(left, draw.randint(1, 4) + 1 + has_created)
    happened, created = names.pop(), names.pop() if has_created else None
    view = View(f"view{number}", keys, names, happened, created, draw.choice([None, None, 7]), [])
    for _ in range(draw.randint(0, 25)):
        view.rows.append(_row(draw, view))
    # Alike in keys and times, and perhaps in everything.
    for row in draw.sample(view.rows, min(len(view.rows), draw.choice([0, 0, 4]))):
        view.rows.append(row | {name: _value(draw) for name in view.features})
    return view


def _row(draw: random.Random, view: View) -> Row:
    row: Row = {key: draw.choice([0, 1, 2, 2**60 + 1, None]) for key in view.keys}
    row[view.happened] = _moment(draw)
    if view.created:
        row[view.created] = _moment(draw)
    return row | {name: _value(draw) for name in view.features}


def _value(draw: random.Random) -> float | None:
    return draw.choice([None, 0.0, 1.0, 2.0, 3.5])


def _moment(draw: random.Random) -> datetime | None:
    return None if draw.random() < 0.08 else START + timedelta(hours=draw.randint(0, 20))


def _entity_rows(draw: random.Random, keys: list[str]) -> tuple[str, pa.Table]:
    spare = [name for name in ["", *NAMES] if name not in keys]
    extra = draw.sample(spare, draw.randint(0, 5))
    free = [name for name in NAMES if name not in {*keys, *extra}]
    timestamp = draw.choice(["event_timestamp", draw.choice(free)])
    names = [*keys, *extra, timestamp]
    draw.shuffle(names)
    size = draw.randint(1, 20)
    columns: dict[str, pa.Array] = {}
    for name in names:
        values: list[int | None]
        if name == timestamp:
            moments = [START + timedelta(hours=draw.randint(-2, 30)) for _ in range(size)]
            columns[name] = pa.array(moments, STAMP)
        elif name in keys:
            values = [draw.choice([0, 1, 2, 3, 2**60, 2**60 + 1, None]) for _ in range(size)]
            columns[name] = pa.array(values, pa.int64())
        else:
            columns[name] = pa.array(
                [draw.choice([None, 1, 2, 9]) for _ in range(size)], pa.int64()
            )
    return timestamp, pa.table(columns)
