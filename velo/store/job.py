"""A retrieval that has been planned and can be run, streamed or persisted."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, closing
from itertools import chain, islice
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from feast.errors import SavedDatasetLocationAlreadyExists
from feast.infra.offline_stores.duckdb import _write_data_source
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.saved_dataset import SavedDatasetStorage, ValidationReference

from velo.disk.whole_file import draft_of
from velo.errors import InputError
from velo.store.on_demand import SLICE, Joined, as_declared, on_demand_features
from velo.store.query import PointInTime
from velo.store.relation import local_path
from velo.store.rows_on_disk import RowsOnDisk, on_disk, portions


class AsofRetrievalJob(RetrievalJob):
    """The point-in-time query of one retrieval, on a connection of its own."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        join: PointInTime,
        moment: str,
        full_feature_names: bool,
        on_demand_feature_views: list[OnDemandFeatureView],
        metadata: RetrievalMetadata,
        repo_path: str,
    ) -> None:
        """Keep the plan; nothing runs yet."""
        super().__init__()
        self._con = con
        self._join = join
        self._moment = moment
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
        known = self._metadata
        if known.min_event_timestamp is None:
            known.min_event_timestamp, known.max_event_timestamp = self._con.execute(
                "SELECT min(t)::TIMESTAMPTZ, max(t)::TIMESTAMPTZ "
                f"FROM (SELECT {self._moment} AS t FROM entity_rows)"
            ).fetchall()[0]
        return known

    def to_sql(self) -> str:
        """The join as one query over the relation `entity_rows`."""
        return self._join.whole

    def to_arrow(
        self,
        validation_reference: ValidationReference | None = None,
        timeout: int | None = None,
    ) -> pa.Table:
        """Entity rows in their order, joined and on-demand features; all in memory.

        Args:
            validation_reference: what the result is validated against, by Feast.
            timeout: not observed.
        """
        table = _side_by_side(self._parts())
        if validation_reference is None:
            return table
        done = Joined(table, [], self._full_feature_names, self._metadata)
        return done.to_arrow(validation_reference, timeout)

    def to_df(
        self,
        validation_reference: ValidationReference | None = None,
        timeout: int | None = None,
    ) -> pd.DataFrame:
        """The same as a frame; each part's Arrow memory is freed once it is pandas."""
        if validation_reference is not None:
            return super().to_df(validation_reference, timeout)
        parts = self._parts()
        frames = []
        while parts:
            frames.append(parts.pop(0).to_pandas())
        # Without this pandas copies all columns into one block, which takes the memory twice.
        with pd.option_context("mode.copy_on_write", True):
            frame: pd.DataFrame = pd.concat(frames, axis="columns")
        return frame

    def to_batches(
        self, rows: int = SLICE, together: str | None = None
    ) -> Generator[pa.Table, None, None]:
        """Entity rows in their order, joined and on-demand features, in bounded memory.

        What the steps of the join give lies on disk, and only one step at a time is in DuckDB,
        which spills what is over its memory limit. On-demand features have the types that their
        view declares, so all batches share one schema.

        Args:
            rows: about how many a batch holds.
            together: a column of the entity rows; neighbours that are alike in it are in one
                batch, so that no race is cut in two.

        Yields:
            Batches of the result; one without rows where there are no entity rows.
        """
        with ExitStack() as parts:
            entity, *known = self._on_disk(parts)
            place = None if together is None else self._join.names.index(together)
            for first in portions(entity, rows, place):
                beside = [part.take(len(first)) for part in known]
                yield self._with_declared(self._named(_side_by_side([first, *beside])))

    def to_parquet(self, path: Path) -> None:
        """Stream the result into a file, which appears under its name when it is whole."""
        with draft_of(path) as draft, closing(self.to_batches()) as batches:
            first = next(batches)
            with pq.ParquetWriter(draft, first.schema, compression="zstd") as writer:
                for batch in chain([first], batches):
                    writer.write_table(batch)

    def persist(
        self,
        storage: SavedDatasetStorage,
        allow_overwrite: bool | None = False,
        timeout: int | None = None,
    ) -> None:
        """Write joined and on-demand features; a local parquet file is streamed to.

        Raises:
            SavedDatasetLocationAlreadyExists: it is there and may not be overwritten.
        """
        target: Any = storage.to_data_source()
        path = local_path(target, self._repo_path)
        if path is None or path.suffix != ".parquet":
            table = ibis.memtable(self.to_arrow())
            _write_data_source(table, target, self._repo_path, "overwrite", bool(allow_overwrite))
            return
        if path.exists() and not allow_overwrite:
            raise SavedDatasetLocationAlreadyExists(location=str(path))
        self.to_parquet(path)

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:
        return _side_by_side(self._joined_parts())

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:
        frame: pd.DataFrame = self._to_arrow_internal(timeout).to_pandas()
        return frame

    def _joined_parts(self) -> list[pa.Table]:
        """The entity rows, and each view's features beside them."""
        self._con.execute(f"CREATE OR REPLACE TABLE entity AS {self._join.entity}")
        self._check()
        features = [self._con.sql(sql).to_arrow_table() for sql in self._join.features]
        parts = [self._con.sql("FROM entity").to_arrow_table(), *features]
        self._con.execute("DROP TABLE entity")
        names = iter(self._join.names)
        return [part.rename_columns(list(islice(names, part.num_columns))) for part in parts]

    def _on_disk(self, until: ExitStack) -> list[RowsOnDisk]:
        """The entity rows, and each view's features of them, on disk."""
        spills = self._con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]

        def written(sql: str) -> RowsOnDisk:
            rows = self._con.sql(sql).to_arrow_reader(SLICE)
            return until.enter_context(on_disk(rows, Path(spills).parent))

        try:
            self._con.execute(f"CREATE OR REPLACE TABLE asked AS {self._join.entity}")
            parts = [written("FROM asked")]
            needed = ", ".join(self._join.needed)
            self._con.execute(f"CREATE OR REPLACE TABLE entity AS SELECT {needed} FROM asked")
            self._con.execute("DROP TABLE asked")
            self._check()
            return parts + [written(sql) for sql in self._join.features]
        finally:
            for name in ("asked", "entity"):
                self._con.execute(f"DROP TABLE IF EXISTS {name}")

    def _check(self) -> None:
        """See that no key may stand for another one; `entity` is there."""
        for sql, amiss in self._join.checks:
            if self._con.execute(sql).fetchall():
                raise InputError(amiss)

    def _named(self, rows: pa.Table) -> pa.Table:
        return rows.rename_columns(self._join.names)

    def _parts(self) -> list[pa.Table]:
        parts = self._joined_parts()
        for view in self._on_demand_feature_views:
            parts.append(
                on_demand_features(
                    _side_by_side(parts), view, self._full_feature_names, self._metadata
                )
            )
        return parts

    def _with_declared(self, rows: pa.Table) -> pa.Table:
        for view in self._on_demand_feature_views:
            computed = on_demand_features(rows, view, self._full_feature_names, self._metadata)
            rows = _side_by_side([rows, as_declared(computed, view)])
        return rows


def _side_by_side(parts: list[pa.Table]) -> pa.Table:
    """One table of the columns of several that have the same rows."""
    return pa.Table.from_arrays(
        [column for part in parts for column in part.columns],
        schema=pa.schema([field for part in parts for field in part.schema]),
    )
