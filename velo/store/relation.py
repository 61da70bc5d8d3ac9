"""Reading a Feast data source in DuckDB: parquet in place, the rest through Feast's reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from feast.data_format import ParquetFormat
from feast.infra.offline_stores.duckdb import _read_data_source
from feast.infra.offline_stores.file_source import FileSource

from velo.disk.pattern import as_pattern
from velo.store.query import literal


def relation(con: duckdb.DuckDBPyConnection, source: Any, repo_path: str, name: str) -> str:
    """SQL for the rows of a data source.

    A folder is read with all parquet files below it; links on its path are followed now, so that
    one query sees one build. Anything that is not local parquet is registered as `name`.
    """
    path = local_path(source, repo_path)
    if path is not None and path.exists():
        path = path.resolve()
        pattern = f"{as_pattern(path)}/**/*.parquet" if path.is_dir() else as_pattern(path)
        return f"read_parquet({literal(pattern)}, hive_partitioning = false)"
    con.register(name, _read_data_source(source, repo_path).to_pyarrow())
    return name


def local_path(source: Any, repo_path: str) -> Path | None:
    """Where a source of local parquet lies; None for any other source."""
    if not isinstance(source, FileSource) or not isinstance(
        source.file_format, ParquetFormat | type(None)
    ):
        return None
    uri = str(FileSource.get_uri_for_file_path(repo_path=repo_path, uri=source.file_options.uri))
    path = uri.removeprefix("file://")
    return None if "://" in path else Path(path)
