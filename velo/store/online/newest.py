"""SQL for the row of each key that was known last, as the online store holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from velo.sql_text import identifier
from velo.store.keys import FLOATS, match, unclear
from velo.store.moments import moment
from velo.store.online.online_table import FLOATING, OnlineTable
from velo.store.relation import Relation
from velo.store.ties import is_open
from velo.store.view_rows import ViewJoin, view_join

_KEYS = {"int32_val": "BIGINT", "int64_val": "BIGINT", "string_val": "VARCHAR"}
"""The type that a key is declared to have."""
_TYPES = {
    "int32_val": "BIGINT",
    "int64_val": "BIGINT",
    "bool_val": "BIGINT",
    "string_val": "VARCHAR",
    "bytes_val": "BLOB",
}


@dataclass(frozen=True)
class Newest:
    """The newest rows of one view, between two moments.

    Attributes:
        view: the feature view.
        table: its table in the online store.
        first, last: microseconds since 1970; a row counts from the first to the last.
    """

    view: Any
    table: OnlineTable
    first: int
    last: int

    def of(self, rows: Relation, only: str | None = None, settled: bool = False) -> str:
        """SELECT of one row a key, in the table's columns.

        Args:
            rows: of the view's source.
            only: a relation of keys; others are left out.
            settled: whether of rows with one key and moment the one with the greatest features
                counts; else there may be several.

        Raises:
            InputError: a key has another type than is declared.
        """
        keys, features = self.table.keys, list(self.table.features)
        join = self._join(rows, features, settled)
        columns = dict(zip(keys, self.table.key_columns.values(), strict=True))
        known = [f"k{i} IS NOT NULL" for i in range(len(keys))]
        known.append(f"happened BETWEEN {_moment(self.first)} AND {_moment(self.last)}")
        counted = f"SELECT * FROM ({join.rows}) WHERE {' AND '.join(known)}"
        names = ", ".join(f"k{i}" for i in range(len(keys)))
        if only is not None:
            pairs = [f"rows.k{i} = {only}.{identifier(columns[key])}" for i, key in enumerate(keys)]
            counted = f"SELECT rows.* FROM ({counted}) AS rows SEMI JOIN {only} ON " + " AND ".join(
                pairs
            )
        held = [
            *(self._key(key, f"k{i}", join.key_types[i]) for i, key in enumerate(keys)),
            "epoch_us(happened)",
            *(
                _held(f"f{i}", join.feature_types[i], field)
                for i, field in enumerate(self.table.features.values())
            ),
        ]
        chosen = [
            f"{value} AS {identifier(column)}"
            for value, column in zip(held, self.table.columns, strict=True)
        ]
        # Grouping the narrow columns and joining back is twice as fast as a window over all.
        return (
            f"SELECT {', '.join(chosen)} FROM (SELECT * FROM ({counted}) JOIN "
            f"(SELECT {names}, max(happened) AS happened FROM ({counted}) GROUP BY {names}) "
            f"USING ({names}, happened))"
        )

    def checks(self, rows: Relation) -> list[tuple[str, str]]:
        """SELECTs that must find nothing, and what is wrong where they do."""
        join = self._join(rows, [], settled=False)
        return [
            unclear(key, f"k{i}", f"({join.rows})")
            for i, (key, field) in enumerate(self.table.keys.items())
            if join.key_types[i] in FLOATS and field not in FLOATING
        ]

    def is_open(self, con: duckdb.DuckDBPyConnection, rows: Relation, taken: str) -> bool:
        """Whether it is open which of several rows counts.

        Args:
            con: has `taken`.
            rows: of the view's source.
            taken: a table that `of` filled from them.
        """
        if self.view.batch_source.created_timestamp_column:
            return is_open(con, self._join(rows, [], settled=False))
        keys = ", ".join(map(identifier, self.table.key_columns.values()))
        several = f"SELECT 1 FROM {taken} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1"
        return bool(con.execute(several).fetchall())

    def _join(self, rows: Relation, features: list[str], settled: bool) -> ViewJoin:
        return view_join(
            self.view,
            rows,
            features,
            full_feature_names=False,
            visible_when_created=False,
            settled=settled,
        )

    def _key(self, name: str, column: str, type_: str) -> str:
        field = self.table.keys[name]
        match(name, _KEYS.get(field, type_), type_, floating=field in FLOATING)
        return _held(column, type_, field)


def _held(column: str, type_: str, field: str) -> str:
    """A column as SQLite will hold it."""
    if field == "unix_timestamp_val":
        return f"floor(epoch_us({moment(column, type_)}) / 1000000)::BIGINT"
    if field in ("double_val", "float_val"):
        exact = f"{column}::FLOAT" if field == "float_val" else column
        return f"nullif({exact}::DOUBLE, 'NaN'::DOUBLE)"
    return f"{column}::{_TYPES[field]}"


def _moment(microseconds: int) -> str:
    return f"make_timestamptz({microseconds})"
