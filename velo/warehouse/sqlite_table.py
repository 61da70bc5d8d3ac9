"""A table of an SQLite file, read as text in batches of bounded size.

The file is never changed, and nothing that it defines is run: only its plain tables are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from velo.errors import InputError, UnknownFormat
from velo.warehouse.readers import Reader, recognise
from velo.warehouse.sql_text import quoted

TABLE = "racing_data"
MAX_ROW_BYTES = 2_000_000
FETCHED = 256
BATCH_ROWS = 32_768
BATCH_BYTES = 64_000_000


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, for reading.

    Raises:
        InputError: it is not an SQLite file, it is damaged, or somebody holds it.
    """
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
        ) as lite:
            lite.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)
            lite.execute("PRAGMA trusted_schema = OFF")
            lite.text_factory = bytes
            yield lite
    except sqlite3.Error as error:
        raise InputError(f"{path} cannot be read as an SQLite file: {error}") from None


def chosen_table(path: Path, lite: sqlite3.Connection, reader: Reader | None) -> str:
    """`racing_data`, else the one table whose columns are known.

    Args:
        path: the file, for messages.
        lite: the file.
        reader: the format that the columns must have, where the user says it.

    Raises:
        InputError: several tables have known columns.
        UnknownFormat: none has.
    """
    tables = _tables(lite)
    if TABLE in tables:
        return TABLE
    known = [table for table in tables if _is_known(column_names(lite, table), reader)]
    if len(known) > 1:
        raise InputError(
            f"{path} has several tables of known columns ({', '.join(known)}): "
            f"leave one, or name it {TABLE}"
        )
    if known:
        return known[0]
    if len(tables) == 1:
        return tables[0]
    raise UnknownFormat(
        f"{path}: no table is called {TABLE} and none has known columns; "
        f"its tables are {', '.join(tables[:12]) or 'none'}"
    )


def column_names(lite: sqlite3.Connection, table: str) -> list[str]:
    """A table's stored columns, as it writes them."""
    rows = lite.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    return [_text(row[1]) for row in rows]


def text_batches(
    lite: sqlite3.Connection, table: str, columns: Mapping[str, str]
) -> Iterator[pa.Table]:
    """The table's rows in their order (by rowid), every value as SQLite writes it as text.

    Args:
        lite: the file.
        table: its table.
        columns: name in the batches -> the table's column.
    """
    texts = ", ".join(f"CAST({quoted(column)} AS TEXT)" for column in columns.values())
    rows = lite.execute(f"SELECT {texts} FROM {quoted(table)} NOT INDEXED")
    rows.arraysize = FETCHED
    batch: list[tuple[bytes | None, ...]] = []
    while fetched := rows.fetchmany():
        batch += fetched
        if len(batch) >= BATCH_ROWS:
            yield _arrow(batch, list(columns))
            batch = []
    if batch:
        yield _arrow(batch, list(columns))


def _arrow(rows: list[tuple[bytes | None, ...]], names: list[str]) -> pa.Table:
    return pa.table([_column(values) for values in zip(*rows, strict=True)], names=names)


def _column(values: tuple[bytes | None, ...]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _tables(lite: sqlite3.Connection) -> list[str]:
    rows = lite.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' "
        "ESCAPE '~' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [_text(row[0]) for row in rows]


def _is_known(columns: list[str], reader: Reader | None) -> bool:
    if reader is not None:
        return reader.mark <= {column.strip().lower() for column in columns}
    try:
        recognise("", columns)
    except UnknownFormat:
        return False
    return True


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", errors="replace")
