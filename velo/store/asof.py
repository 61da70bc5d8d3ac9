"""A Feast offline store whose point-in-time join is DuckDB's, one ASOF join a view.

    offline_store:
      type: velo.store.asof.AsofOfflineStore
      memory_limit: 8GB

Feast's own DuckDB store pairs every entity row with every earlier feature row of its key and then
numbers the pairs; two million runners make billions of them. An ASOF join finds the one row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pandas as pd
import pyarrow as pa
from feast.data_source import DataSource
from feast.errors import FeastEntityDFMissingColumnsError
from feast.feature_view import FeatureView
from feast.infra.offline_stores import offline_utils
from feast.infra.offline_stores.duckdb import DuckDBOfflineStore, DuckDBOfflineStoreConfig
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.infra.registry.base_registry import BaseRegistry
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.repo_config import RepoConfig
from feast.utils import _get_requested_feature_views_to_features_dict
from pydantic import StrictStr

from velo.disk.interruptible import connect
from velo.errors import InputError
from velo.store.job import AsofRetrievalJob
from velo.store.moments import moment_literal
from velo.store.on_demand import requested_name
from velo.store.pull import Pulled, pulled_rows
from velo.store.query import EntityRows, point_in_time, span_sql
from velo.store.relation import Relation, files_of, positional, relation
from velo.store.ties import is_open
from velo.store.view_rows import ViewJoin, view_join


class AsofOfflineStoreConfig(DuckDBOfflineStoreConfig):
    """Bounds of the DuckDB that joins.

    Attributes:
        memory_limit: DuckDB's, such as `8GB`; beyond it, it spills.
        threads: how many it may use; all by default.
        temp_directory: where it spills to; the system's by default.
    """

    type: StrictStr = "velo.store.asof.AsofOfflineStore"
    memory_limit: StrictStr | None = None
    threads: int | None = None
    temp_directory: StrictStr | None = None


class AsofOfflineStore(DuckDBOfflineStore):
    """Point-in-time retrieval by ASOF joins, and pulls; writes as Feast's DuckDB store."""

    supports_filter_by_created_timestamp = True

    @staticmethod
    def get_historical_features(
        config: RepoConfig,
        feature_views: list[FeatureView],
        feature_refs: list[str],
        entity_df: pd.DataFrame | pa.Table | str | None,
        registry: BaseRegistry,
        project: str,
        full_feature_names: bool = False,
        filter_by_created_timestamp: bool = False,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> RetrievalJob:
        """Join each view's newest row at or before each entity row's time.

        Entity rows come back in their own order, every one of them, with nulls where a view knows
        nothing yet. They are a frame, an Arrow table, the text of a query that DuckDB can run, or
        nothing: then every key and time that a view holds between the two dates (UTC where they
        name no zone; from the first row on, and until now, where one is not given).
        """
        con = _connect(config.offline_store)
        wanted, _ = _get_requested_feature_views_to_features_dict(
            feature_refs, feature_views, registry.list_on_demand_feature_views(project)
        )
        features = {requested_name(view): names for view, names in wanted.items()}
        joins = [
            _settled_join(
                con,
                view,
                relation(con, view.batch_source, str(config.repo_path), f"view_{number}"),
                features.get(requested_name(view), []),
                full_feature_names=full_feature_names,
                visible_when_created=filter_by_created_timestamp,
            )
            for number, view in enumerate(feature_views)
        ]
        rows = _register_entity_rows(con, entity_df, joins, start_date, end_date)
        missing = {key for join in joins for key in join.entity_keys} - set(rows.names)
        if missing:
            expected = missing | {rows.timestamp}
            raise FeastEntityDFMissingColumnsError(expected, missing)  # type: ignore[no-untyped-call]  # Feast's is untyped
        on_demand = OnDemandFeatureView.get_requested_odfvs(feature_refs, project, registry)
        _refuse_features_among(rows.names, joins, on_demand, full_feature_names)
        return AsofRetrievalJob(
            con,
            point_in_time(rows, joins),
            rows.moment,
            full_feature_names,
            on_demand,
            RetrievalMetadata(
                features=feature_refs, keys=[name for name in rows.names if name != rows.timestamp]
            ),
            str(config.repo_path),
        )

    @staticmethod
    def pull_latest_from_table_or_query(
        config: RepoConfig,
        data_source: DataSource,
        join_key_columns: list[str],
        feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: str | None,
        start_date: datetime,
        end_date: datetime,
    ) -> RetrievalJob:
        """The newest row of each key between two moments, both included."""
        con = _connect(config.offline_store)
        source = relation(con, data_source, str(config.repo_path), "pulled")
        rows = pulled_rows(
            source,
            join_key_columns,
            feature_name_columns,
            timestamp_field,
            created_timestamp_column,
            start_date,
            end_date,
            newest=True,
        )
        return Pulled(con, rows, str(config.repo_path))

    @staticmethod
    def pull_all_from_table_or_query(
        config: RepoConfig,
        data_source: DataSource,
        join_key_columns: list[str],
        feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: str | None = None,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> RetrievalJob:
        """Every row between two moments, both included; all of them where none is given."""
        con = _connect(config.offline_store)
        source = relation(con, data_source, str(config.repo_path), "pulled")
        rows = pulled_rows(
            source,
            join_key_columns,
            feature_name_columns,
            timestamp_field,
            created_timestamp_column,
            start_date,
            end_date,
            newest=False,
        )
        return Pulled(con, rows, str(config.repo_path))

    def get_table_column_names_and_types_from_data_source(
        self, config: RepoConfig, data_source: DataSource
    ) -> Iterable[tuple[str, str]]:
        """The columns of a source whose view declares none, when it is applied.

        Raises:
            NothingToRead: there are no files.
        """
        files_of(data_source, str(config.repo_path))
        return super().get_table_column_names_and_types_from_data_source(config, data_source)


def _connect(config: Any) -> duckdb.DuckDBPyConnection:
    con = connect()
    con.execute("SET TimeZone = 'UTC'")
    # Arrow rows carry no statistics: without this the planner may choose nested loops.
    con.execute("SET asof_loop_join_threshold = 0")
    # DuckDB makes the folder when it first spills, and removes what it made: one each, so that
    # two processes never write the same spill files.
    folder = Path(config.temp_directory or tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    con.execute("SET temp_directory = ?", [str(folder / f"asof-{uuid4().hex}")])
    if config.memory_limit:
        con.execute("SET memory_limit = ?", [config.memory_limit])
    if config.threads:
        con.execute("SET threads = ?", [config.threads])
    return con


def _settled_join(
    con: duckdb.DuckDBPyConnection,
    view: FeatureView,
    source: Relation,
    features: list[str],
    **how: bool,
) -> ViewJoin:
    """A view's join in which it is settled which row counts, at a price only where that is open."""
    join = view_join(view, source, features, **how)
    if join.outputs and is_open(con, join):
        return view_join(view, source, features, settled=True, **how)
    return join


def _register_entity_rows(
    con: duckdb.DuckDBPyConnection,
    entity_df: pd.DataFrame | pa.Table | str | None,
    joins: list[ViewJoin],
    start: datetime | None,
    end: datetime | None,
) -> EntityRows:
    """Make the relation `entity_rows`, whose columns are `c0..`, and say what they are."""
    if isinstance(entity_df, pd.DataFrame | pa.Table):
        table = entity_df
        if isinstance(table, pd.DataFrame):
            table = pa.Table.from_pandas(table, preserve_index=False)
        names = table.column_names
        con.register("entity_rows", positional(table))
    else:
        if isinstance(entity_df, str):
            query = entity_df.strip().rstrip(";")
            names = [row[0] for row in con.execute(f"DESCRIBE {query}").fetchall()]
        else:
            names, query = span_sql(joins, _since(start), _until(end))
        columns = ", ".join(f"c{i}" for i in range(len(names)))
        con.execute(f"CREATE TEMP VIEW entity_rows AS SELECT * FROM ({query}\n) AS e({columns})")
    types = [str(row[1]) for row in con.execute("DESCRIBE entity_rows").fetchall()]
    of_pandas = list(con.execute("SELECT * FROM entity_rows LIMIT 0").df().dtypes)
    timestamp = offline_utils.infer_event_timestamp_from_entity_df(
        dict(zip(names, of_pandas, strict=True))
    )
    return EntityRows(names, types, timestamp)


def _refuse_features_among(
    names: list[str],
    joins: list[ViewJoin],
    on_demand: list[OnDemandFeatureView],
    full_feature_names: bool,
) -> None:
    features = {output for join in joins for output in join.outputs}
    for view in on_demand:
        view_name = requested_name(view)
        features |= {
            f"{view_name}__{feature.name}" if full_feature_names else feature.name
            for feature in view.projection.features
        }
    for name in names:
        if name in features:
            raise InputError(
                f"the entity rows have a column {name!r}, which is also a feature that is asked "
                "for: call it otherwise, or ask for full feature names"
            )


def _since(start: datetime | None) -> str:
    return moment_literal(start) if start else "'-infinity'::TIMESTAMPTZ"


def _until(end: datetime | None) -> str:
    return moment_literal(end) if end else "now()"
