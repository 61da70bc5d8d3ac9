"""What a file holds its rows in: CSV or parquet, as DuckDB scans them, SQLite or JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from velo.disk.pattern import as_pattern
from velo.errors import InputError
from velo.settings import Store
from velo.sql_text import identifier, literal
from velo.warehouse.bounds import MAX_LINE_BYTES, check_claims
from velo.warehouse.column_names import distinct_names
from velo.warehouse.json_races import flat_races
from velo.warehouse.readers import Reader
from velo.warehouse.sqlite_table import chosen_table, column_names, opened, text_batches

MISSING = (
    "",
    "-",
    "--",
    "---",
    "–",
    "—",
    "nan",
    "NaN",
    "none",
    "None",
    "null",
    "NULL",
    "not found",
    "Not Found",
)
"""The ways in which files write nothing."""

MAX_COLUMNS = 2_000
_COMMA_LOST = re.compile(r'(\w+)"+(\w+)')
SUFFIXES = (".csv", ".parquet", ".sqlite", ".sqlite3", ".db", ".json")


@dataclass(frozen=True)
class Container:
    """A file's rows as text.

    Attributes:
        columns: its columns' names, in lower case, blanks around them dropped, each once.
        first_line: the number of its first row.
        relations: given columns, yields SQL relations that have them as text, null where the file
            writes nothing. Together, in their order and each in its own, they are the file's rows.
            A relation is gone when the next is asked for.
        notes: what was concluded in laying the rows out, a sentence each.
    """

    columns: list[str]
    first_line: int
    relations: Callable[[Sequence[str]], Iterator[str]]
    notes: tuple[str, ...] = ()


def container(
    con: duckdb.DuckDBPyConnection, path: Path, store: Store, reader: Reader | None
) -> AbstractContextManager[Container]:
    """A file opened by its suffix.

    Args:
        con: where it will be read.
        path: the file.
        store: bounds of what a parquet file may claim.
        reader: the format, where the user says it.

    Raises:
        InputError: another suffix, no header, or claims beyond the bounds.
        UnknownFormat: none of an SQLite file's tables has columns that a reader knows.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _csv(path)
    if suffix == ".parquet":
        return _parquet(con, path, store)
    if suffix == ".json":
        return _json(con, path)
    if suffix in SUFFIXES:
        return _sqlite(con, path, reader)
    raise InputError(
        f"{path}: files end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}, "
        f"not {suffix or 'nothing'!r}"
    )


@contextmanager
def _csv(path: Path) -> Iterator[Container]:
    """Every option is given: a guess from the first rows could skip or join some of them."""
    names, line_end = _header(path)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    ends = "" if line_end is None else f", new_line = '{line_end}'"
    scan = (
        f"read_csv({literal(as_pattern(path))}, auto_detect = false, columns = {{{columns}}}, "
        "header = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true, "
        f"nullstr = [{', '.join(literal(word) for word in MISSING)}], "
        f"hive_partitioning = false, max_line_size = {MAX_LINE_BYTES}, "
        f"ignore_errors = true, store_rejects = true{ends})"
    )
    yield Container(names, 2, lambda used: iter([scan]))


@contextmanager
def _parquet(con: duckdb.DuckDBPyConnection, path: Path, store: Store) -> Iterator[Container]:
    check_claims(path, store)
    scan = f"read_parquet({literal(as_pattern(path))}, hive_partitioning = false)"
    written = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
    names = distinct_names(written)

    def relations(used: Sequence[str]) -> Iterator[str]:
        texts = ", ".join(
            f"CAST({identifier(column)} AS VARCHAR) AS {identifier(name)}"
            for column, name in zip(written, names, strict=True)
            if name in used
        )
        yield _without_nothings(f"(SELECT {texts} FROM {scan})", used)

    yield Container(names, 1, relations)


@contextmanager
def _sqlite(
    con: duckdb.DuckDBPyConnection, path: Path, reader: Reader | None
) -> Iterator[Container]:
    with opened(path) as lite:
        table = chosen_table(path, lite, reader)
        written = column_names(lite, table)
        names = distinct_names(written)

        def relations(used: Sequence[str]) -> Iterator[str]:
            sought = {
                name: column for column, name in zip(written, names, strict=True) if name in used
            }
            for batch in text_batches(path, lite, table, sought):
                con.register("sqlite_rows", batch)
                yield _without_nothings("sqlite_rows", used)
                con.unregister("sqlite_rows")

        yield Container(names, 1, relations)


@contextmanager
def _json(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[Container]:
    flat = flat_races(path)

    def relations(used: Sequence[str]) -> Iterator[str]:
        rows = {name: pa.array([row.get(name) for row in flat.rows], pa.string()) for name in used}
        con.register("json_rows", pa.table(rows))
        yield _without_nothings("json_rows", used)
        con.unregister("json_rows")

    yield Container(flat.columns, 1, relations, flat.notes)


def _without_nothings(relation: str, columns: Iterable[str]) -> str:
    nothing = ", ".join(literal(word) for word in MISSING)
    texts = ", ".join(
        f"CASE WHEN {name} NOT IN ({nothing}) THEN {name} END AS {name}"
        for name in map(identifier, columns)
    )
    return f"(SELECT {texts} FROM {relation})"


def _header(path: Path) -> tuple[list[str], str | None]:
    """A CSV file's column names, and its line end if it is a bare CR.

    Raises:
        InputError: there is none, or it parts its columns by something else than commas.
    """
    with path.open("rb") as file:
        start = file.read(MAX_LINE_BYTES)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path} is written in UTF-16: save it as UTF-8")
    text = start.decode("utf-8-sig", errors="replace")
    written = next(csv.reader(io.StringIO(text, newline="")), [])
    names = distinct_names(name for cell in written for name in _parted(cell))
    if not names:
        raise InputError(f"{path} has no header: its first line must name the columns")
    if len(names) > MAX_COLUMNS:
        raise InputError(f"{path} has {len(names):,} columns: {MAX_COLUMNS:,} at most are read")
    for sign, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(written) == 1 and sign in written[0]:
            raise InputError(f"{path} parts its columns by {called}: write it with commas")
    return names, "\\r" if "\r" in text and "\n" not in text else None


def _parted(cell: str) -> Sequence[str]:
    """For some weeks of 2019 rpscrape's header lacked a comma: `"dec""age"` are two columns."""
    joined = _COMMA_LOST.fullmatch(cell.strip())
    return joined.groups() if joined else (cell,)
