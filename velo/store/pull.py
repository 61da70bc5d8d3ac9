"""A source's rows as they are materialised: all of them, or the newest of each key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
from feast.errors import FeastJoinKeysDuringMaterialization
from feast.feature_view import DUMMY_ENTITY_ID, DUMMY_ENTITY_VAL
from feast.infra.offline_stores.duckdb import _write_data_source
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.saved_dataset import SavedDatasetStorage

from velo.errors import InputError
from velo.sql_text import literal
from velo.store.keys import FLOATS, unclear
from velo.store.moments import NANOSECONDS, moment, moment_literal
from velo.store.relation import Relation

_NOT_A_FEATURE = "__log_date"
"""A partition of Feast's logs, which its own stores leave out as well."""


@dataclass(frozen=True)
class PulledRows:
    """SQL of rows, the names of its columns, and what must not be found before it runs."""

    sql: str
    names: list[str]
    checks: list[tuple[str, str]]


def pulled_rows(
    source: Relation,
    keys: list[str],
    features: list[str],
    timestamp: str,
    created: str | None,
    start: datetime | None,
    end: datetime | None,
    *,
    newest: bool,
) -> PulledRows:
    """Plan a pull.

    Args:
        source: the rows; all other names are of its columns.
        keys: none for a view without entities, whose rows get the key that Feast asks them by.
        features: the columns to pull; all where none is named, for a view may infer them.
        timestamp: when a row happened; nanoseconds are cut off.
        created: when it was written down.
        start: first moment; UTC where it names no zone.
        end: last moment.
        newest: whether only the newest row of each key is wanted; of rows alike in all times that
            with the greatest features, a missing one last.

    Raises:
        FeastJoinKeysDuringMaterialization: the source lacks a key.
        InputError: it lacks another column.
    """
    if not set(keys) <= set(source.columns):
        raise FeastJoinKeysDuringMaterialization(source.rows, set(keys), set(source.columns))
    features = features or [name for name in source.columns if name not in (*keys, timestamp)]
    asked = [*keys, *features, timestamp, *([created] if created else [])]
    names = [name for name in dict.fromkeys(asked) if name != _NOT_A_FEATURE]
    chosen = [f"{_value(source, name)} AS c{i}" for i, name in enumerate(names)]
    chosen.append(f"{moment(source.column(timestamp), source.types[timestamp])} AS happened")
    order = ["happened DESC"]
    if created:
        chosen.append(f"{moment(source.column(created), source.types[created])} AS created")
        order.append("created DESC NULLS LAST")
    order += [f"c{names.index(name)} DESC NULLS LAST" for name in features if name in names]
    within = ["true"]
    within += [f"happened >= {moment_literal(start)}"] if start else []
    within += [f"happened <= {moment_literal(end)}"] if end else []
    columns = ", ".join(f"c{i}" for i in range(len(names)))
    sql = (
        f"SELECT {columns}{'' if keys else f', {literal(DUMMY_ENTITY_VAL)} AS dummy'} FROM "
        f"(SELECT {', '.join(chosen)} FROM {source.rows} AS {source.alias}) "
        f"WHERE {' AND '.join(within)}"
    )
    if newest:
        by = f"PARTITION BY {', '.join(f'c{names.index(key)}' for key in keys)} " if keys else ""
        sql += f" QUALIFY row_number() OVER ({by}ORDER BY {', '.join(order)}) = 1"
    checks = [
        unclear(key, source.column(key), f"{source.rows} AS {source.alias}")
        for key in keys
        if source.types[key] in FLOATS
    ]
    return PulledRows(sql, names if keys else [*names, DUMMY_ENTITY_ID], checks)


def _value(source: Relation, name: str) -> str:
    """A column; one of nanoseconds with what is finer than a microsecond cut off."""
    type_ = source.types.get(name, "")
    if type_ not in NANOSECONDS:
        return source.column(name)
    cut = moment(source.column(name), type_)
    return cut if type_ == "TIMESTAMPTZ_NS" else f"{cut}::TIMESTAMP"


class Pulled(RetrievalJob):
    """The rows of a pull, on a connection of its own."""

    def __init__(self, con: duckdb.DuckDBPyConnection, rows: PulledRows, repo_path: str) -> None:
        """Keep the plan; nothing runs yet."""
        super().__init__()
        self._con, self._rows, self._repo_path = con, rows, repo_path

    @property
    def full_feature_names(self) -> bool:
        """Never."""
        return False

    @property
    def on_demand_feature_views(self) -> list[OnDemandFeatureView]:
        """None are computed."""
        return []

    @property
    def metadata(self) -> RetrievalMetadata | None:
        """None is kept."""
        return None

    def to_sql(self) -> str:
        """The query, whose columns are `c0..`."""
        return self._rows.sql

    def persist(
        self,
        storage: SavedDatasetStorage,
        allow_overwrite: bool | None = False,
        timeout: int | None = None,
    ) -> None:
        """Write the rows."""
        target: Any = storage.to_data_source()
        rows = ibis.memtable(self.to_arrow())
        _write_data_source(rows, target, self._repo_path, "overwrite", bool(allow_overwrite))

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:
        for sql, amiss in self._rows.checks:
            if self._con.execute(sql).fetchall():
                raise InputError(amiss)
        return self._con.sql(self._rows.sql).to_arrow_table().rename_columns(self._rows.names)

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:
        frame: pd.DataFrame = self._to_arrow_internal(timeout).to_pandas()
        return frame
