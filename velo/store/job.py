"""A retrieval that has been planned and can be run, streamed or persisted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
from feast.errors import SavedDatasetLocationAlreadyExists
from feast.infra.offline_stores.duckdb import _write_data_source
from feast.infra.offline_stores.file_source import FileSource
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.saved_dataset import SavedDatasetStorage, ValidationReference

from velo.store.query import PointInTime, literal

SLICE = 250_000


class AsofRetrievalJob(RetrievalJob):
    """The point-in-time query of one retrieval, on a connection of its own."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        join: PointInTime,
        full_feature_names: bool,
        on_demand_feature_views: list[OnDemandFeatureView],
        metadata: RetrievalMetadata,
        repo_path: str,
    ) -> None:
        """Keep the plan; nothing runs yet."""
        super().__init__()
        self._con = con
        self._join = join
        self._joined = False
        self._full_feature_names = full_feature_names
        self._on_demand_feature_views = on_demand_feature_views
        self._metadata = metadata
        self._repo_path = repo_path

    @property
    def full_feature_names(self) -> bool:
        """Whether features are called `view__feature`."""
        return self._full_feature_names

    @property
    def on_demand_feature_views(self) -> list[OnDemandFeatureView]:
        """The views that are computed from the joined rows."""
        return self._on_demand_feature_views

    @property
    def metadata(self) -> RetrievalMetadata:
        """Which features were asked for, over which times."""
        return self._metadata

    def to_sql(self) -> str:
        """The join as one query over the relation `entity_rows`."""
        return self._join.one_statement()

    def to_arrow(
        self,
        validation_reference: ValidationReference | None = None,
        timeout: int | None = None,
    ) -> pa.Table:
        """Joined rows and on-demand features.

        An on-demand view looks at one row at a time, so it is given the rows in slices: Feast would
        turn all of them into pandas once for each view.
        """
        if validation_reference is not None or not self._on_demand_feature_views:
            return super().to_arrow(validation_reference, timeout)
        joined = self._to_arrow_internal(timeout)
        slices = [joined.slice(first, SLICE) for first in range(0, len(joined), SLICE)]
        pieces = [_Joined(rows, self).to_arrow() for rows in slices or [joined]]
        return pa.concat_tables(pieces, promote_options="default")

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:
        self._make_tables()
        joined = self._con.sql(self._join.result).to_arrow_table()
        for name in self._join.tables:
            self._con.execute(f"DROP TABLE {name}")
        self._joined = False
        return joined

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:
        return self._to_arrow_internal(timeout).to_pandas()

    def persist(
        self,
        storage: SavedDatasetStorage,
        allow_overwrite: bool | None = False,
        timeout: int | None = None,
    ) -> None:
        """Write the joined rows; a local parquet file is streamed to, never held in memory.

        Raises:
            SavedDatasetLocationAlreadyExists: it is there and may not be overwritten.
        """
        target: Any = storage.to_data_source()
        path = str(getattr(target, "path", ""))
        if isinstance(target, FileSource) and path.endswith(".parquet") and "://" not in path:
            if Path(path).exists() and not allow_overwrite:
                raise SavedDatasetLocationAlreadyExists(location=path)
            self._make_tables()
            self._con.execute(
                f"COPY ({self._join.result}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)"
            )
            return
        table = ibis.memtable(self._to_arrow_internal(timeout))
        _write_data_source(table, target, self._repo_path, "overwrite", bool(allow_overwrite))

    def _make_tables(self) -> None:
        if not self._joined:
            for name, sql in self._join.tables.items():
                self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
            self._joined = True


class _Joined(RetrievalJob):
    """Rows that are joined already, for Feast to compute the on-demand features of."""

    def __init__(self, rows: pa.Table, job: AsofRetrievalJob) -> None:
        super().__init__()
        self._rows = rows
        self._job = job

    @property
    def full_feature_names(self) -> bool:
        return self._job.full_feature_names

    @property
    def on_demand_feature_views(self) -> list[OnDemandFeatureView]:
        return self._job.on_demand_feature_views

    @property
    def metadata(self) -> RetrievalMetadata:
        return self._job.metadata

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:
        return self._rows

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:
        return self._rows.to_pandas()
