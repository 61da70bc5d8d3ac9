"""A table's files: one folder a year, linked from build to build where nothing changed.

Builds share the files of unchanged years, which nobody ever writes to again. A table without a day
of its own is one file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

import duckdb

from velo.disk.pattern import as_pattern
from velo.sql_text import literal

DAYS = ("event_timestamp", "date", "known")
"""The columns that give a row its year, the first that a table has."""

_FORMAT = "FORMAT parquet, COMPRESSION zstd"


def scan(folder: Path) -> str:
    """SQL: all rows of a written table."""
    return f"read_parquet({files_below(folder)}, hive_partitioning = false)"


def scan_years(folder: Path, years: Collection[int]) -> str | None:
    """SQL: the rows of some years of a written table; None where it has none of them."""
    files = [
        files_below(folder / f"year={year}") for year in years if (folder / f"year={year}").is_dir()
    ]
    return f"read_parquet([{', '.join(files)}], hive_partitioning = false)" if files else None


def files_below(folder: Path) -> str:
    """SQL: every parquet file below a folder, whatever signs its name has."""
    return literal(f"{as_pattern(folder)}/**/*.parquet")


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Column -> type."""
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE FROM {relation}").fetchall()}


def year_of(columns: dict[str, str]) -> str | None:
    """SQL of a row's year, or None where rows have no day."""
    for name in DAYS:
        if columns.get(name, "").startswith(("DATE", "TIMESTAMP")):
            return f"year({name})"
    return None


def write(con: duckdb.DuckDBPyConnection, relation: str, folder: Path) -> None:
    """Write a table whole.

    Args:
        con: a connection that knows the relation.
        relation: what stands behind a FROM.
        folder: made; one folder a year in it.
    """
    folder.mkdir(parents=True)
    year = year_of(columns_of(con, relation))
    if year is None:
        _write_file(con, relation, folder / "all.parquet")
        return
    _write_years(con, f"SELECT *, {year} AS year FROM {relation}", folder)
    if not any(folder.rglob("*.parquet")):
        _write_file(con, relation, folder / "empty.parquet")


def rewrite(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    before: Path,
    folder: Path,
    years: Collection[int],
) -> None:
    """Write some years of a table and link the others.

    Args:
        con: a connection that knows the relation.
        relation: holds at least all rows of those years; the others are left out.
        before: the folder of the earlier build's table.
        folder: made.
        years: which.
    """
    year = year_of(columns_of(con, relation))
    link(before, folder, without={f"year={each}" for each in years})
    if years:
        wanted = ", ".join(map(str, years))
        rows = f"SELECT *, {year} AS year FROM {relation} WHERE {year} IN ({wanted})"
        _write_years(con, rows, folder)


def link(before: Path, folder: Path, without: Collection[str] = ()) -> None:
    """Share an earlier build's files; where the disk cannot, copy them."""
    folder.mkdir(parents=True)
    for path in sorted(before.iterdir()):
        if path.is_dir() and path.name not in without:
            link(path, folder / path.name)
        elif path.is_file():
            try:
                os.link(path, folder / path.name)
            except OSError:
                shutil.copyfile(path, folder / path.name)


def _write_file(con: duckdb.DuckDBPyConnection, relation: str, file: Path) -> None:
    con.execute(f"COPY (FROM {relation}) TO {literal(str(file))} ({_FORMAT})")


def _write_years(con: duckdb.DuckDBPyConnection, rows: str, folder: Path) -> None:
    by_year = f"{_FORMAT}, PARTITION_BY (year), OVERWRITE_OR_IGNORE"
    con.execute(f"COPY ({rows}) TO {literal(str(folder))} ({by_year})")
