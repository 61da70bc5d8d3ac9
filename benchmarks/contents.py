"""What a home holds, row by row, so that a loss shows as a row that another home has.

Every table of every store counts: the warehouse, the current build, SQLite's files, and the files
of models, reports and an archive by their names and SHA-256. Numbers of builds and whatever
differs between two homes in which nothing was interrupted (times, random ids, hashes over them)
are left out, column by column.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.disk.file_hash import sha256_of

Tables = dict[str, tuple[list[str], list[list[str]]]]
"""`store/table` -> names of its columns, and its rows, each value as text."""

SCRATCH = ("registry.db", "tuning.db")
"""A registry is bytes of Feast's, which its hash and the audit prove; nobody tunes here."""


def contents(root: Path) -> Tables:
    """Everything that a home holds."""
    tables: Tables = {}
    if (root / "warehouse.duckdb").exists():
        tables |= _warehouse(root / "warehouse.duckdb")
    if (root / "offline/current").exists():
        tables |= _build(root / "offline/current")
    for path in sorted(root.glob("*.db")):
        if path.name not in SCRATCH:
            tables |= _sqlite(path)
    for folder in ("mlartifacts", "reports"):
        tables |= _files(root / folder)
    return tables


def _warehouse(path: Path) -> Tables:
    with duckdb.connect(path, read_only=True) as warehouse:
        names = warehouse.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL"
        ).fetchall()
        return {
            f"warehouse/{table}": _read(warehouse, f'"{schema}"."{table}"')
            for schema, table in names
        }


def _build(folder: Path) -> Tables:
    with duckdb.connect() as memory:
        tables = sorted({path.parent.parent for path in folder.rglob("year=*/*.parquet")})
        return {
            f"offline/{table.relative_to(folder)}": _read(
                memory, f"read_parquet('{table}/*/*.parquet')"
            )
            for table in tables
        }


def _read(
    connection: duckdb.DuckDBPyConnection, relation: str
) -> tuple[list[str], list[list[str]]]:
    answer = connection.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {relation}")
    names = [column[0] for column in answer.description or ()]
    return names, [[str(value) for value in row] for row in answer.fetchall()]


def _sqlite(path: Path) -> Tables:
    tables: Tables = {}
    file = sqlite3.connect(path)
    try:
        for (name,) in file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            answer = file.execute(f'SELECT * FROM "{name}"')
            names = [column[0] for column in answer.description]
            tables[f"{path.name}/{name}"] = names, [list(map(str, row)) for row in answer]
    finally:
        file.close()
    return tables


def _files(folder: Path) -> Tables:
    tables: Tables = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = f"{folder.name}/{path.name}"
        tables.setdefault(name, (["sha256"], []))[1].append([sha256_of(path)])
    return tables


@dataclass(frozen=True)
class Uninterrupted:
    """What a command leaves that nobody interrupts.

    Attributes:
        rows: table -> its rows, each how many times, of the columns that do not vary.
        columns: table -> those columns.
        varying: `store/table.column` of those that do.
    """

    rows: dict[str, Counter[tuple[str, ...]]]
    columns: dict[str, list[str]]
    varying: list[str]

    @classmethod
    def of(cls, one: Tables, other: Tables) -> Uninterrupted:
        """Two homes in which the same happened."""
        columns: dict[str, list[str]] = {}
        varying = []
        for table, (names, rows) in one.items():
            twin = _columns(*other.get(table, (names, [])))
            own = _columns(names, rows)
            columns[table] = [name for name in names if Counter(own[name]) == Counter(twin[name])]
            varying += [f"{table}.{name}" for name in names if name not in columns[table]]
        rows_of = {table: _chosen(one[table], columns[table]) for table in one}
        return cls(rows_of, columns, varying)

    def lost(self, home: Tables) -> dict[str, int]:
        """Table -> how many of its rows another home lacks."""
        return dict(self._differences(home, lost=True))

    def added(self, home: Tables) -> dict[str, int]:
        """Table -> how many rows another home has beyond these."""
        return dict(self._differences(home, lost=False))

    def _differences(self, home: Tables, *, lost: bool) -> Iterator[tuple[str, int]]:
        for table in self.rows if lost else home:
            kept = self.rows.get(table, Counter())
            own = home.get(table, ([], []))
            held = _chosen(own, self.columns.get(table, own[0]))
            differing = kept - held if lost else held - kept
            if differing:
                yield table, differing.total()


def _columns(names: list[str], rows: list[list[str]]) -> dict[str, list[str]]:
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _chosen(
    table: tuple[list[str], list[list[str]]], columns: list[str]
) -> Counter[tuple[str, ...]]:
    names, rows = table
    places = [names.index(column) for column in columns if column in names]
    return Counter(tuple(row[place] for place in places) for row in rows)
