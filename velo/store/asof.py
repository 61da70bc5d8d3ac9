"""A Feast offline store whose point-in-time join is DuckDB's, one ASOF join a view.

    offline_store:
      type: velo.store.asof.AsofOfflineStore
      memory_limit: 8GB

Feast's own DuckDB store pairs every entity row with every earlier feature row of its key and then
numbers the pairs; two million runners make billions of them. An ASOF join finds the one row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pandas as pd
import pyarrow as pa
from feast.errors import FeastEntityDFMissingColumnsError
from feast.feature_view import FeatureView
from feast.infra.offline_stores import offline_utils
from feast.infra.offline_stores.duckdb import DuckDBOfflineStore, DuckDBOfflineStoreConfig
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.infra.registry.base_registry import BaseRegistry
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.repo_config import RepoConfig
from feast.utils import _get_requested_feature_views_to_features_dict, make_tzaware
from pydantic import StrictStr

from velo.store.job import AsofRetrievalJob
from velo.store.query import ViewJoin, literal, point_in_time, span_sql, view_join
from velo.store.relation import relation


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
    """Point-in-time retrieval by ASOF joins; writes and materialisation as Feast's DuckDB store."""

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
        features = {view.projection.name_to_use(): names for view, names in wanted.items()}
        joins = [
            view_join(
                view,
                relation(con, view.batch_source, str(config.repo_path), f"view_{number}"),
                features.get(view.projection.name_to_use(), []),
                full_feature_names=full_feature_names,
                visible_when_created=filter_by_created_timestamp,
            )
            for number, view in enumerate(feature_views)
        ]
        _register_entity_rows(con, entity_df, joins, start_date, end_date)
        columns = con.execute("DESCRIBE entity_rows").fetchall()
        names = [row[0] for row in columns]
        timestamp = offline_utils.infer_event_timestamp_from_entity_df(
            dict(con.execute("SELECT * FROM entity_rows LIMIT 0").df().dtypes)
        )
        missing = {key for join in joins for key in join.entity_keys} - set(names)
        if missing:
            raise FeastEntityDFMissingColumnsError(missing | {timestamp}, missing)
        return AsofRetrievalJob(
            con,
            point_in_time(names, timestamp, joins),
            timestamp,
            full_feature_names,
            OnDemandFeatureView.get_requested_odfvs(feature_refs, project, registry),
            RetrievalMetadata(
                features=feature_refs, keys=[name for name in names if name != timestamp]
            ),
            str(config.repo_path),
        )


def _connect(config: Any) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
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


def _register_entity_rows(
    con: duckdb.DuckDBPyConnection,
    entity_df: pd.DataFrame | pa.Table | str | None,
    joins: list[ViewJoin],
    start: datetime | None,
    end: datetime | None,
) -> None:
    if isinstance(entity_df, str):
        con.execute(f"CREATE TEMP VIEW entity_rows AS {entity_df}")
    elif isinstance(entity_df, pa.Table):
        con.register("entity_rows", entity_df)
    elif isinstance(entity_df, pd.DataFrame):
        con.register("entity_rows", pa.Table.from_pandas(entity_df, preserve_index=False))
    else:
        stamp: Callable[[datetime | None, str], str] = lambda moment, other: (  # noqa: E731
            f"{literal(make_tzaware(moment).isoformat())}::TIMESTAMPTZ" if moment else other
        )
        span = span_sql(joins, stamp(start, "'-infinity'::TIMESTAMPTZ"), stamp(end, "now()"))
        con.execute(f"CREATE TEMP VIEW entity_rows AS {span}")
