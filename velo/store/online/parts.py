"""The parquet files of an offline table, known again when a later build links to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from feast.data_format import ParquetFormat
from feast.infra.offline_stores.file_source import FileSource

from velo.disk.pattern import as_pattern
from velo.sql_text import literal
from velo.store.moments import moment
from velo.store.own_names import apart
from velo.store.relation import Relation


@dataclass(frozen=True)
class TablePart:
    """One file. Two that are equal hold the same rows.

    Attributes:
        file: path below the table's folder.
        size: bytes.
        modified: nanoseconds since 1970.
        node: number of the file within the disk; a linked file keeps it.
        first, last: event timestamps that it holds, microseconds since 1970.
    """

    file: str
    size: int
    modified: int
    node: int
    first: int
    last: int


def folder_of(view: Any, repo_path: Path | None) -> Path | None:
    """The folder of a view's local parquet files; None where its rows lie elsewhere.

    A view with a created timestamp has none either: two of its rows may speak of one moment, and
    which one counts is not settled within a file.
    """
    source = view.batch_source
    if not isinstance(source, FileSource) or source.created_timestamp_column:
        return None
    if not isinstance(source.file_format, ParquetFormat | type(None)):
        return None
    uri = FileSource.get_uri_for_file_path(repo_path=repo_path, uri=source.file_options.uri)
    path = Path(str(uri).removeprefix("file://"))
    return path.resolve() if path.is_dir() else None


def find_parts(
    con: duckdb.DuckDBPyConnection, folder: Path, timestamp: str
) -> frozenset[TablePart]:
    """The files of a folder.

    Args:
        con: any DuckDB connection.
        folder: of parquet files.
        timestamp: the column that says when a row became known.
    """
    files = sorted(folder.rglob("*.parquet"))
    spans = {}
    if files:
        source = Relation.of(con, reading(files))
        path = apart("path", source.columns)
        known = moment(source.column(timestamp), source.types[timestamp])
        rows = source.alias
        spans = {
            name: (first, last)
            for name, first, last in con.execute(
                f"SELECT {rows}.{path}, min(epoch_us({known})), max(epoch_us({known})) "
                f"FROM {reading(files, path)} AS {rows} GROUP BY {rows}.{path}"
            ).fetchall()
        }
    parts = set()
    for file in files:
        first, last = spans.get(str(file), (None, None))
        if first is not None:
            facts = file.stat()
            name = str(file.relative_to(folder))
            parts.add(TablePart(name, facts.st_size, facts.st_mtime_ns, facts.st_ino, first, last))
    return frozenset(parts)


def reading(files: Iterable[Path], path: str | None = None) -> str:
    """SQL that reads these files, with a column of their paths where that has a name."""
    listed = ", ".join(literal(as_pattern(file)) for file in files)
    named = f", filename = {literal(path)}" if path else ""
    return f"read_parquet([{listed}], hive_partitioning = false{named})"
