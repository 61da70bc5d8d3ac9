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
import pyarrow.csv as pa_csv

from velo.errors import InputError, UnknownFormat
from velo.sql_text import identifier, literal
from velo.warehouse.column_names import distinct_names
from velo.warehouse.readers import Reader, recognise

TABLE = "racing_data"
MAX_ROW_BYTES = 2_000_000
SEPARATOR = "\x1f"
FETCHED = 256
BATCH_ROWS = 32_768
BATCH_BYTES = 64_000_000


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, for reading.

    Raises:
        InputError: it is not an SQLite file, it is damaged, or somebody holds it.
    """
    _hold_whole(path)
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
    except UnicodeDecodeError:
        # SQLite's complaint quotes what it found, which then is no text.
        raise InputError(f"{path} cannot be read as an SQLite file: it is damaged") from None


def _hold_whole(path: Path) -> None:
    """Refuse a file with fewer pages than its head says: SQLite reads nothings in their place."""
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise InputError(f"{path} is not an SQLite file")
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    is_current = head[24:28] == head[92:96]
    if is_current and path.stat().st_size < pages * (65_536 if page == 1 else page):
        raise InputError(f"{path} is cut short: it has fewer pages than it says")


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
    rows = lite.execute(f"PRAGMA table_info({identifier(table)})").fetchall()
    return [_text(row[1]) for row in rows]


def text_batches(
    path: Path, lite: sqlite3.Connection, table: str, columns: Mapping[str, str]
) -> Iterator[pa.Table]:
    """The table's rows in their order (by rowid), every value as SQLite writes it as text.

    SQLite joins a row's values into one text: an object a row and not one a value, which is what
    reading costs. Null and the empty text are one.

    Args:
        path: the file, for messages.
        lite: the file.
        table: its table.
        columns: name in the batches -> the table's column.

    Raises:
        InputError: a value holds the sign that parts the values.
    """
    form = literal(SEPARATOR.join(["%s"] * len(columns)))
    values = ", ".join(identifier(column) for column in columns.values())
    rows = lite.execute(f"SELECT printf({form}, {values}) FROM {identifier(table)} NOT INDEXED")
    before = 0
    batch: list[bytes] = []
    size = 0
    while fetched := rows.fetchmany(FETCHED):
        batch += (row for (row,) in fetched)
        size += sum(len(row) for (row,) in fetched)
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield _arrow(path, before, batch, list(columns))
            before += len(batch)
            batch, size = [], 0
    if batch:
        yield _arrow(path, before, batch, list(columns))


def _arrow(path: Path, before: int, rows: list[bytes], names: list[str]) -> pa.Table:
    separator = SEPARATOR.encode()
    parted = len(names) - 1
    text = b"\n".join(rows)
    if text.count(separator) != parted * len(rows):
        odd = next(i for i, row in enumerate(rows, before + 1) if row.count(separator) != parted)
        raise InputError(f"{path}: row {odd} holds the control sign U+001F; take it out")
    if text.count(b"\n") == len(rows) - 1 and b"\r" not in text and b"\0" not in text:
        try:
            return _parsed(text, names)
        except pa.ArrowInvalid:
            pass  # not UTF-8
    texts = (row.decode("utf-8", errors="replace").split(SEPARATOR) for row in rows)
    return pa.table([pa.array(column, pa.string()) for column in zip(*texts, strict=True)], names)


def _parsed(text: bytes, names: list[str]) -> pa.Table:
    return pa_csv.read_csv(
        pa.BufferReader(text),
        pa_csv.ReadOptions(column_names=names, block_size=4 * MAX_ROW_BYTES),
        pa_csv.ParseOptions(
            delimiter=SEPARATOR, quote_char=False, double_quote=False, ignore_empty_lines=False
        ),
        pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )


def _tables(lite: sqlite3.Connection) -> list[str]:
    rows = lite.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' "
        "ESCAPE '~' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [_text(row[0]) for row in rows]


def _is_known(columns: list[str], reader: Reader | None) -> bool:
    if reader is not None:
        return not reader.lacking(distinct_names(columns))
    try:
        recognise("", columns)
    except UnknownFormat:
        return False
    return True


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", errors="replace")
