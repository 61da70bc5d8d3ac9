"""What a view's table holds against what it should hold.

Files that the table was filled from and that are still there hold nothing new but what has become
known since. So only the rest is read: rows of other files, and of the table those rows that may
have come from a file that is gone. With nothing to go by, everything is read on both sides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from velo.errors import InputError
from velo.sql_text import identifier
from velo.store.moments import MICROSECONDS
from velo.store.moments import moment as as_moment
from velo.store.online.newest import Newest
from velo.store.online.online_table import MOMENT, NATIVE, OnlineTable
from velo.store.online.parts import TablePart, reading
from velo.store.relation import Relation

CHUNK = 100_000
_ARROW = {"INTEGER": pa.int64(), "REAL": pa.float64(), "TEXT": pa.string(), "BLOB": pa.binary()}


@dataclass(frozen=True)
class Known:
    """Where the newest rows of a view are looked for.

    Attributes:
        every: SQL that reads all rows of the source; None where there are none.
        recent: SQL that reads those in which something may be new; None where there are none.
        spans: moments at which a row of the table may have come from what is gone; None is all.
        names: the source's names of the columns, where SQL has others.
    """

    every: str | None
    recent: str | None
    spans: tuple[tuple[int, int], ...] | None
    names: tuple[str, ...] | None = None


def everything(source: Relation) -> Known:
    """Nothing is known of the table."""
    return Known(source.rows, source.rows, None, tuple(source.columns))


def since(
    folder: Path,
    timestamp: str,
    now: frozenset[TablePart],
    before: frozenset[TablePart],
    moment: int,
    oldest: int,
    type_: str = MICROSECONDS,
) -> Known:
    """The table was filled from `before`, as of `moment`; now nothing before `oldest` counts.

    Both are microseconds since 1970. `type_` is DuckDB's of the timestamp.
    """
    every = reading(folder / part.file for part in now) if now else None
    if not now & before:
        return Known(every, every, None)
    fresh = [folder / part.file for part in now - before]
    later = [folder / part.file for part in now & before if part.last > moment]
    column = f"epoch_us({as_moment(identifier(timestamp), type_)})"
    reads = [f"SELECT * FROM {reading(sorted(fresh))}"] if fresh else []
    if later:
        reads.append(f"SELECT * FROM {reading(sorted(later))} WHERE {column} > {moment}")
    recent = f"({' UNION ALL BY NAME '.join(reads)})" if reads else None
    spans = [(part.first, part.last) for part in before - now]
    if any(part.first < oldest for part in before):
        spans.append((-(2**58), oldest - 1))
    return Known(every, recent, tuple(spans))


class TableDifferences:
    """Of one view: which rows the table lacks, and which keys it should not have."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, online: sqlite3.Connection, newest: Newest
    ) -> None:
        """Nothing is read yet."""
        self._con, self._online, self._newest = con, online, newest
        self._table = newest.table
        self._key_columns = list(newest.table.key_columns.values())
        self._keys = ", ".join(map(identifier, self._key_columns))

    def make(self, known: Known) -> None:
        """Read both sides and find the differences."""
        con, keys = self._con, self._keys
        shape = arrow_schema(self._table).empty_table()
        con.register("shape", shape)
        for name in ("recent", "held", "found"):
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM shape")
        con.unregister("shape")
        if known.recent:
            self._insert("recent", Relation.of(con, known.recent, known.names))
        self._hold(self._within(known.spans))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE doubtful AS SELECT {keys} FROM held ANTI JOIN recent "
            f"ON {self._same('held', 'recent')}"
            + (f" AND recent.{MOMENT} >= held.{MOMENT}" if known.spans is not None else "")
        )
        if known.spans is not None:
            lost = f"SELECT {keys} FROM recent ANTI JOIN held USING ({keys})"
            self._hold(self._one_by_one(con.execute(lost).fetchall()))
            if known.every and self._some("doubtful"):
                every = Relation.of(con, known.every, known.names)
                self._insert("found", every, only="doubtful")
        con.execute(
            "CREATE OR REPLACE TEMP TABLE lacking AS "
            f"SELECT recent.* FROM (SELECT * FROM recent EXCEPT SELECT * FROM held) AS recent "
            f"LEFT JOIN held ON {self._same('held', 'recent')} "
            + (
                f"WHERE held.{MOMENT} IS NULL OR recent.{MOMENT} >= held.{MOMENT} "
                if known.spans is not None
                else ""
            )
            + f"UNION ALL (SELECT * FROM found EXCEPT SELECT * FROM held) ORDER BY {keys}"
        )

    def _insert(self, into: str, rows: Relation, only: str | None = None) -> None:
        """The newest rows, one a key; which of those that are alike is settled only if need be."""
        for sql, amiss in self._newest.checks(rows):
            if self._con.execute(sql).fetchall():
                raise InputError(amiss)
        self._con.execute(f"INSERT INTO {into} {self._newest.of(rows, only)}")
        if self._newest.is_open(self._con, rows, into):
            self._con.execute(f"DELETE FROM {into}")
            self._con.execute(f"INSERT INTO {into} {self._newest.of(rows, only, settled=True)}")

    def lacking(self) -> Iterator[list[tuple[Any, ...]]]:
        """Rows to write, in the order of the keys, in the order of the table's columns."""
        reader = self._con.sql("SELECT * FROM lacking").to_arrow_reader(CHUNK)
        for batch in reader:
            yield list(zip(*map(_plain, batch.columns), strict=True))

    def expected(self) -> Iterator[pa.RecordBatch]:
        """Every row that the table should hold, where nothing was known of it before."""
        return iter(self._con.sql("SELECT * FROM recent").to_arrow_reader(CHUNK))

    def vanished(self) -> list[tuple[Any, ...]]:
        """Keys to delete."""
        return self._con.execute(
            f"SELECT {self._keys} FROM doubtful ANTI JOIN found USING ({self._keys})"
        ).fetchall()

    def _within(self, spans: tuple[tuple[int, int], ...] | None) -> Iterator[tuple[Any, ...]]:
        if spans == ():
            return iter(())
        names = ", ".join(map(identifier, self._table.columns))
        between = " OR ".join(f"{MOMENT} BETWEEN {first} AND {last}" for first, last in spans or ())
        where = f" WHERE {between}" if spans else ""
        return iter(self._online.execute(f"SELECT {names} FROM {self._table}{where}"))

    def _one_by_one(self, keys: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        select = self._table.select(list(self._table.features))
        for key in keys:
            row = self._online.execute(select, key).fetchone()
            if row is not None:
                yield (*key, *row)

    def _hold(self, rows: Iterator[tuple[Any, ...]]) -> None:
        schema = arrow_schema(self._table)
        while chunk := list(islice(rows, CHUNK)):
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*chunk, strict=True), schema, strict=True)
            ]
            self._con.register("incoming", pa.Table.from_arrays(columns, schema=schema))
            self._con.execute("INSERT INTO held SELECT * FROM incoming")
            self._con.unregister("incoming")

    def _same(self, one: str, other: str) -> str:
        return " AND ".join(
            f"{one}.{identifier(key)} = {other}.{identifier(key)}" for key in self._key_columns
        )

    def _some(self, table: str) -> bool:
        return bool(self._con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def arrow_schema(table: OnlineTable) -> pa.Schema:
    """The table's columns as Arrow holds them."""
    columns = zip(table.columns, table.fields, strict=True)
    return pa.schema([(name, _ARROW[NATIVE[field]]) for name, field in columns])


def _plain(column: pa.Array) -> list[Any]:
    """Python values; of numbers by way of numpy, which is ten times faster (NaN binds as null)."""
    if pa.types.is_floating(column.type) or (
        pa.types.is_integer(column.type) and not column.null_count
    ):
        plain: list[Any] = column.to_numpy(zero_copy_only=False).tolist()
        return plain
    return list(column.to_pylist())
