"""A file's rows, all text, in one table: the first step of every ingest."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.errors import InputError
from velo.warehouse.readers import Reader, named, recognise
from velo.warehouse.readers.reader import FIELDS

MAX_LINE_BYTES = 2_000_000
MISSING = (
    "", "-", "--", "---", "–", "—", "nan", "NaN", "none", "None", "null", "NULL", "not found",
    "Not Found",
)  # fmt: skip
"""The ways in which files write nothing (data/README.md, Oddities)."""


@dataclass(frozen=True)
class Staged:
    """What staging found.

    Attributes:
        reader: the format's reader.
        rows_read: rows of the file, counted before any rule; malformed lines included.
    """

    reader: Reader
    rows_read: int


@dataclass(frozen=True)
class _Source:
    """A file as DuckDB scans it: its columns' names, and the number of its first row."""

    scan: str
    columns: list[str]
    first_line: int


def stage(con: duckdb.DuckDBPyConnection, path: Path, form: str | None = None) -> Staged:
    """Load a CSV or parquet file into the temporary tables `staging` and `malformed`.

    A field in which the file writes nothing is null. `line` is the record's number in the file:
    in a CSV file the header is 1 and a record may run over several lines; blank lines do not count.

    Args:
        con: a connection to the warehouse.
        path: the file.
        form: a format's name, where the columns should not decide.

    Raises:
        InputError: the file cannot be read.
        UnknownFormat: no reader knows its columns.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE malformed (line BIGINT, detail VARCHAR, raw VARCHAR)")
    try:
        source = _source(con, path)
        reader = named(form) if form else recognise(str(path), source.columns)
        con.execute(f"CREATE OR REPLACE TEMP TABLE staging AS {_selection(reader, source)}")
    except duckdb.InvalidInputException as error:
        if "CSV Parser state machine" not in str(error):
            raise InputError(_unreadable(path, error)) from None
        raise InputError(
            f"{path} cannot be read: line {_odd_line(path)} ends unlike those before it "
            "(LF, CR LF or CR); give every line the same end"
        ) from None
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, OSError, csv.Error) as error:
        raise InputError(_unreadable(path, error)) from None
    if path.suffix.lower() == ".csv":
        _keep_malformed(con)
    (rows,) = con.execute(
        "SELECT (SELECT count(*) FROM staging) + (SELECT count(*) FROM malformed)"
    ).fetchall()[0]
    return Staged(reader, int(rows))


def _unreadable(path: Path, error: Exception) -> str:
    return f"{path} cannot be read: {(str(error).splitlines() or [type(error).__name__])[0]}"


def _odd_line(path: Path) -> int | None:
    with path.open("rb") as file:
        usual = file.readline().endswith(b"\r\n")
        for number, line in enumerate(file, 2):
            if b"\r" in line.rstrip(b"\r\n") or line.endswith(b"\r\n") != usual:
                return number
    return None


def _source(con: duckdb.DuckDBPyConnection, path: Path) -> _Source:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        scan = f"read_parquet({_literal(_literal_glob(path))}, hive_partitioning = false)"
        names = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
        return _Source(scan, names, first_line=1)
    if suffix == ".csv":
        names, line_end = _header(path)
        return _Source(_csv_scan(path, names, line_end), names, first_line=2)
    raise InputError(f"{path}: files end in .csv or .parquet, not {suffix or 'nothing'!r}")


def _header(path: Path) -> tuple[list[str], str | None]:
    """A CSV file's column names, folded and made distinct, and its line end if it is a bare CR."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        start = file.read(MAX_LINE_BYTES)
    header = next(csv.reader(io.StringIO(start, newline="")), [])
    names: list[str] = []
    for place, text in enumerate(header, 1):
        name = text.strip().lower() or f"column {place}"
        names.append(name if name not in names else f"{name} {place}")
    if not names:
        raise InputError(f"{path} has no header: its first line must name the columns")
    return names, "\\r" if "\r" in start and "\n" not in start else None


def _csv_scan(path: Path, names: Iterable[str], line_end: str | None) -> str:
    """Every option is given: a guess from the first rows could skip or join some of them."""
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in names)
    ends = "" if line_end is None else f", new_line = '{line_end}'"
    return (
        f"read_csv({_literal(_literal_glob(path))}, auto_detect = false, columns = {{{columns}}}, "
        "header = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true, "
        f"hive_partitioning = false, max_line_size = {MAX_LINE_BYTES}, "
        f"ignore_errors = true, store_rejects = true{ends})"
    )


def _selection(reader: Reader, source: _Source) -> str:
    """SELECT of our fields as text, in the file's order; a column that is absent is null."""
    present = {column.lower() for column in source.columns}
    fields = [f"row_number() OVER () + {source.first_line - 1} AS line"]
    for field in FIELDS:
        fields.append(f"{_text(reader.columns.get(field), present)} AS {_quoted(field)}")
    for kind, expression in reader.prices.items():
        fields.append(f"{_text(expression, present)} AS price_{kind}")
    return f"SELECT {', '.join(fields)} FROM {source.scan}"


def _text(expression: str | None, present: set[str]) -> str:
    if expression is None:
        return "NULL::VARCHAR"
    bare = expression.strip('"').lower()
    if bare.isidentifier() and bare not in present:
        return "NULL::VARCHAR"
    nothing = ", ".join(_literal(word) for word in MISSING)
    text = f"CAST(({expression}) AS VARCHAR)"
    return f"CASE WHEN {text} NOT IN ({nothing}) THEN {text} END"


def _keep_malformed(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `malformed` and move the lines of the rows after each malformed one."""
    con.execute(
        "INSERT INTO malformed SELECT line, any_value(error_message), any_value(csv_line) "
        "FROM reject_errors GROUP BY line"
    )
    con.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    con.execute("""
        UPDATE staging SET line = staging.line + gone.before
        FROM (
            SELECT line - before + 1 AS first,
                lead(line - before + 1) OVER (ORDER BY line) AS past, before
            FROM (SELECT line, row_number() OVER (ORDER BY line) AS before FROM malformed)
        ) AS gone
        WHERE staging.line >= gone.first AND (staging.line < gone.past OR gone.past IS NULL)
    """)


def _literal_glob(path: Path) -> str:
    """The path as a pattern that matches nothing else: `of [1].csv` is not `of 1.csv`."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(field: str) -> str:
    return f'"{field}"'
