"""SQL for the row of each key that was known last, as the online store holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from velo.store.online.table import MOMENT, OnlineTable
from velo.store.query import identifier, view_join

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

    def of(self, rows: str, only: str | None = None) -> str:
        """SELECT of one row a key, in the table's columns.

        Args:
            rows: SQL that reads rows of the view's source.
            only: a relation of keys; others are left out.
        """
        keys, features = list(self.table.keys), list(self.table.features)
        source = view_join(
            self.view, rows, features, full_feature_names=False, visible_when_created=False
        ).rows
        known = [f"k{i} IS NOT NULL" for i in range(len(keys))]
        known.append(f"happened BETWEEN {_moment(self.first)} AND {_moment(self.last)}")
        counted = f"SELECT * FROM ({source}) WHERE {' AND '.join(known)}"
        names = ", ".join(f"k{i}" for i in range(len(keys)))
        if only is not None:
            pairs = [f"rows.k{i} = {only}.{identifier(key)}" for i, key in enumerate(keys)]
            counted = f"SELECT rows.* FROM ({counted}) AS rows SEMI JOIN {only} ON " + " AND ".join(
                pairs
            )
        chosen = [
            *(f"{_held(f'k{i}', field)} AS {identifier(key)}"
              for i, (key, field) in enumerate(self.table.keys.items())),
            f"epoch_us(happened) AS {identifier(MOMENT)}",
            *(f"{_held(f'f{i}', field)} AS {identifier(name)}"
              for i, (name, field) in enumerate(self.table.features.items())),
        ]  # fmt: skip
        # Grouping the narrow columns and joining back is twice as fast as a window over all.
        return (
            f"SELECT {', '.join(chosen)} FROM ({counted}) JOIN "
            f"(SELECT {names}, max(happened) AS happened FROM ({counted}) GROUP BY {names}) "
            f"USING ({names}, happened)"
        )


def _held(column: str, field: str) -> str:
    """A column as SQLite will hold it."""
    if field == "unix_timestamp_val":
        return f"epoch_us({column}::TIMESTAMPTZ) // 1000000"
    if field in ("double_val", "float_val"):
        exact = f"{column}::FLOAT" if field == "float_val" else column
        return f"nullif({exact}::DOUBLE, 'NaN'::DOUBLE)"
    return f"{column}::{_TYPES[field]}"


def _moment(microseconds: int) -> str:
    return f"make_timestamptz({microseconds})"
