"""Reading a Feast data source in DuckDB: parquet in place, the rest through Feast's reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from feast.data_format import ParquetFormat
from feast.infra.offline_stores.duckdb import _read_data_source
from feast.infra.offline_stores.file_source import FileSource

from velo.disk.pattern import as_pattern
from velo.errors import InputError, NothingBuilt
from velo.sql_text import identifier, literal
from velo.store.own_names import apart


class NothingToRead(NothingBuilt, click.ClickException):
    """A source has no files. Feast's own command shows it as one line too."""


@dataclass(frozen=True)
class Relation:
    """Rows of a source.

    Attributes:
        rows: SQL that stands after FROM.
        columns: the source's name of a column -> the name that SQL has for it.
        types: the source's name of a column -> DuckDB's type.
        in_place: whether `rows` reads parquet files, whose columns have their own names.
    """

    rows: str
    columns: dict[str, str]
    types: dict[str, str]
    in_place: bool = True

    @property
    def alias(self) -> str:
        """A name for the rows that is none of their columns'."""
        return apart("source", self.columns.values())

    def column(self, name: str) -> str:
        """A column, qualified by `alias`.

        Raises:
            InputError: there is no such column, or none of exactly this name.
        """
        if name not in self.columns:
            there = ", ".join(map(repr, self.columns))
            raise InputError(f"a source has no column {name!r}: it has {there}")
        return f"{self.alias}.{identifier(self.columns[name])}"

    @classmethod
    def of(
        cls, con: duckdb.DuckDBPyConnection, rows: str, names: Iterable[str] | None = None
    ) -> Relation:
        """Describe rows; `names` are the source's names of the columns where they are others."""
        described = con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()
        columns = [row[0] for row in described]
        given = list(names) if names is not None else columns
        return cls(
            rows,
            dict(zip(given, columns, strict=True)),
            {name: str(row[1]) for name, row in zip(given, described, strict=True)},
            in_place=names is None,
        )


def relation(con: duckdb.DuckDBPyConnection, source: Any, repo_path: str, name: str) -> Relation:
    """The rows of a data source.

    A folder is read with all parquet files below it; links on its path are followed now, so that
    one query sees one build. Anything that is not local parquet is registered as `name`, and so
    is parquet with columns that DuckDB would call otherwise: those that differ in case alone.

    Raises:
        NothingToRead: there are no files.
    """
    path, files = files_of(source, repo_path)
    if path is None:
        return _registered(con, name, _read_data_source(source, repo_path).to_pyarrow())
    pattern = f"{as_pattern(path)}/**/*.parquet" if path.is_dir() else as_pattern(path)
    parquet = Relation.of(con, f"read_parquet({literal(pattern)}, hive_partitioning = false)")
    if list(parquet.columns) == pq.read_schema(files[0]).names:
        return parquet
    return _registered(con, name, pa.concat_tables(map(_table, files), promote_options="default"))


def files_of(source: Any, repo_path: str) -> tuple[Path | None, list[Path]]:
    """Where a source of local parquet lies now, and its files in order; None for any other source.

    Raises:
        NothingToRead: there are none.
    """
    path = local_path(source, repo_path)
    if path is None:
        return None, []
    path = path.resolve()
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not files or not files[0].exists():
        raise NothingToRead(
            f"source {source.name!r} has no files at {path}: run `velo build` first, "
            "or write them where the source says"
        )
    return path, files


def local_path(source: Any, repo_path: str) -> Path | None:
    """Where a source of local parquet lies; None for any other source."""
    if not isinstance(source, FileSource) or not isinstance(
        source.file_format, ParquetFormat | type(None)
    ):
        return None
    uri = str(FileSource.get_uri_for_file_path(repo_path=repo_path, uri=source.file_options.uri))
    path = uri.removeprefix("file://")
    return None if "://" in path else Path(path)


def positional(table: pa.Table) -> pa.Table:
    """The table with columns `c0`, `c1`, ...: names that mean nothing to SQL."""
    return table.rename_columns([f"c{i}" for i in range(table.num_columns)])


def _registered(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Relation:
    con.register(name, positional(table))
    return Relation.of(con, name, table.column_names)


def _table(file: Path) -> pa.Table:
    return pq.ParquetFile(file).read()
