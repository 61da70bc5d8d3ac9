"""Small nasty tables in parquet under a real Feast store, and what a join of them must give.

Times are whole hours, so that events meet entity rows, time-to-live ends and corrections exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64, String
from hypothesis import strategies as st

START = datetime(2024, 1, 1, tzinfo=UTC)
HOURS = 40
STAMP = pa.timestamp("us", tz="UTC")


def hour(number: int) -> datetime:
    """The moment that is so many hours after the start."""
    return START + timedelta(hours=number)


@dataclass(frozen=True)
class Layout:
    """One view's shape: its keys, whether rows carry a created time, how many hours they last."""

    name: str
    keys: tuple[str, ...]
    created: bool
    lasting: int | None
    kinds: dict[str, pa.DataType] = field(default_factory=dict, hash=False)

    @property
    def schema(self) -> pa.Schema:
        """The file's columns; `raw_a` is called `a` by the view."""
        return pa.schema(
            [
                *((key, self.kinds.get(key, pa.int64())) for key in self.keys),
                ("happened_at", STAMP),
                *([("created_at", STAMP)] if self.created else []),
                ("raw_a", pa.float64()),
                ("note", pa.string()),
            ]
        )


HORSE = Layout("horse_view", ("horse_id",), created=True, lasting=7)
PAIR = Layout(
    "pair_view", ("trainer_id", "course"), created=True, lasting=None, kinds={"course": pa.string()}
)
PLAIN = Layout("plain_view", ("horse_id",), created=False, lasting=None)
WEATHER = Layout("weather_view", (), created=True, lasting=10)
LAYOUTS = (HORSE, PAIR, PLAIN, WEATHER)

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@st.composite
def view_rows(draw: st.DrawFn, layout: Layout, most: int = 25) -> list[Row]:
    """Rows of a view with ties, null keys, null values and late corrections.

    No two have one key, event time and created time: which of those is newer no one can say.
    """
    moments = st.integers(0, HOURS)
    whens = st.tuples(moments, st.one_of(st.none(), moments) if layout.created else st.none())
    ids = {pa.int64(): st.integers(0, 2), pa.string(): st.sampled_from(["Ascot", "York"])}
    keys = st.tuples(
        *(st.one_of(st.none(), ids[layout.kinds.get(k, pa.int64())]) for k in layout.keys)
    )
    unique = draw(st.lists(st.tuples(keys, whens), max_size=most, unique=True))
    rows = []
    for number, (key, (happened, created)) in enumerate(unique):
        row: Row = {**dict(zip(layout.keys, key, strict=True)), "happened_at": hour(happened)}
        if layout.created:
            row["created_at"] = None if created is None else hour(created)
        row["raw_a"] = draw(st.sampled_from([float(number), float(number), None]))
        row["note"] = draw(st.sampled_from([f"row {number}", None]))
        rows.append(row)
    return rows


entity_rows = st.lists(
    st.fixed_dictionaries(
        {
            "horse_id": st.one_of(st.none(), st.integers(0, 3)),
            "dam_id": st.integers(0, 3),
            "trainer_id": st.integers(0, 3),
            "course": st.sampled_from(["Ascot", "York", "Cork", None]),
            "hour": st.integers(-3, HOURS + 20),
        }
    ),
    min_size=1,
    max_size=25,
)
tables = st.fixed_dictionaries({layout.name: view_rows(layout) for layout in LAYOUTS})

ENTITY_SCHEMA = pa.schema(
    [
        ("runner", pa.int64()),
        ("horse_id", pa.int64()),
        ("dam_id", pa.int64()),
        ("trainer_id", pa.int64()),
        ("course", pa.string()),
        ("event_timestamp", STAMP),
    ]
)


def entity_table(rows: list[Row]) -> pa.Table:
    """Entity rows, numbered in their order."""
    numbered = [
        {**row, "runner": n, "event_timestamp": hour(row["hour"])} for n, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(numbered, schema=ENTITY_SCHEMA)


class LittleStore:
    """A Feast store in a folder, whose files are written anew for every example."""

    def __init__(self, folder: Path, kind: str = "velo.store.asof.AsofOfflineStore") -> None:
        """Declare the views over files in `folder`."""
        self.folder = folder
        for layout in LAYOUTS:
            self.write(layout, [])
        settings = folder / f"{kind.split('.')[-1]}.yaml"
        settings.write_text(
            f"project: little\nprovider: local\nregistry: {folder}/{settings.stem}.db\n"
            f"online_store: {{type: sqlite, path: {folder}/online.db}}\n"
            f"offline_store: {{type: {kind}}}\nentity_key_serialization_version: 3\n"
        )
        self.feast = FeatureStore(fs_yaml_file=settings)
        entities = {
            key: Entity(name=key, join_keys=[key], value_type=kind)
            for key, kind in (
                ("horse_id", ValueType.INT64),
                ("trainer_id", ValueType.INT64),
                ("course", ValueType.STRING),
            )
        }
        self.views = {
            layout.name: FeatureView(
                name=layout.name,
                entities=[entities[key] for key in layout.keys],
                ttl=timedelta(hours=layout.lasting or 0),
                schema=[Field(name="a", dtype=Float64), Field(name="note", dtype=String)],
                source=FileSource(
                    name=f"{layout.name}_file",
                    path=str(self.path(layout)),
                    timestamp_field="happened_at",
                    created_timestamp_column="created_at" if layout.created else "",
                    field_mapping={"raw_a": "a"},
                ),
            )
            for layout in LAYOUTS
        }
        horse = self.views[HORSE.name]
        self.family = FeatureService(
            name="family",
            features=[
                horse.with_name("own").with_join_key_map({"horse_id": "horse_id"}),
                horse.with_name("dam").with_join_key_map({"horse_id": "dam_id"}),
            ],
        )
        self.feast.apply([*entities.values(), *self.views.values(), self.family])

    def path(self, layout: Layout) -> Path:
        """The view's file."""
        return self.folder / f"{layout.name}.parquet"

    def write(self, layout: Layout, rows: list[Row]) -> None:
        """Replace the view's rows."""
        pq.write_table(pa.Table.from_pylist(rows, schema=layout.schema), self.path(layout))

    def write_all(self, rows: Tables) -> None:
        """Replace the rows of every view."""
        for layout in LAYOUTS:
            self.write(layout, rows[layout.name])


def newest(
    layout: Layout, rows: list[Row], key: tuple[Any, ...], moment: datetime, when_created: bool
) -> Row | None:
    """The row that is seen at a moment: the newest event, of its corrections the newest.

    A null key is nobody's. With `when_created` a row is there only from its created time on.
    """
    if None in key:
        return None
    seen = [
        row
        for row in rows
        if tuple(row[k] for k in layout.keys) == key and row["happened_at"] <= moment
    ]
    if when_created and layout.created:
        seen = [row for row in seen if row["created_at"] and row["created_at"] <= moment]
    if layout.lasting:
        lasting = timedelta(hours=layout.lasting)
        seen = [row for row in seen if row["happened_at"] + lasting >= moment]
    long_ago = datetime.min.replace(tzinfo=UTC)
    return max(
        seen,
        key=lambda row: (row["happened_at"], row.get("created_at") or long_ago),
        default=None,
    )


def expected(
    layout: Layout,
    rows: list[Row],
    entities: list[Row],
    keys: tuple[str, ...] | None = None,
    when_created: bool = False,
) -> list[tuple[float | None, str | None]]:
    """`(a, note)` of the view for every entity row, in order."""
    newest_rows = [
        newest(
            layout,
            rows,
            tuple(row[k] for k in keys or layout.keys),
            hour(row["hour"]),
            when_created,
        )
        for row in entities
    ]
    return [(row["raw_a"], row["note"]) if row else (None, None) for row in newest_rows]


def values(frame: pd.DataFrame | pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of a result as tuples with None for null."""
    table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame)
    return list(zip(*(table.column(c).to_pylist() for c in columns), strict=True))
