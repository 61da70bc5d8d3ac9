"""A file's rows as they stand, all text, in one table: the first step of every ingest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.errors import InputError
from velo.warehouse.readers import Reader, named, recognise
from velo.warehouse.readers.reader import FIELDS

MAX_LINE_BYTES = 2_000_000


@dataclass(frozen=True)
class Staged:
    """What staging found.

    Attributes:
        reader: the format's reader.
        rows_read: rows of the file, counted before any rule; malformed lines included.
    """

    reader: Reader
    rows_read: int


def stage(con: duckdb.DuckDBPyConnection, path: Path, form: str | None = None) -> Staged:
    """Load a CSV or parquet file into the temporary tables `staging` and `malformed`.

    Args:
        con: a connection to the warehouse.
        path: the file.
        form: a format's name, where the columns should not decide.

    Raises:
        InputError: the file cannot be read.
        UnknownFormat: no reader knows its columns.
    """
    scan = _scan(path)
    try:
        columns = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
        reader = named(form) if form else recognise(str(path), columns)
        con.execute("CREATE OR REPLACE TEMP TABLE malformed (line BIGINT, detail VARCHAR, raw VARCHAR)")
        con.execute(f"CREATE OR REPLACE TEMP TABLE staging AS {_selection(reader, columns, scan)}")
    except duckdb.Error as error:
        raise InputError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    if path.suffix.lower() != ".parquet":
        con.execute(
            "INSERT INTO malformed SELECT line, any_value(error_message), any_value(csv_line) "
            "FROM reject_errors GROUP BY line"
        )
        con.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    (rows,) = con.execute(
        "SELECT (SELECT count(*) FROM staging) + (SELECT count(*) FROM malformed)"
    ).fetchall()[0]
    return Staged(reader, int(rows))


def _scan(path: Path) -> str:
    quoted = "'" + str(path).replace("'", "''") + "'"
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return f"read_parquet({quoted})"
    if suffix == ".csv":
        return (
            f"read_csv({quoted}, all_varchar = true, header = true, ignore_errors = true, "
            f"store_rejects = true, strict_mode = true, max_line_size = {MAX_LINE_BYTES}, "
            "delim = ',', quote = '\"', escape = '\"')"
        )
    raise InputError(f"{path}: files end in .csv or .parquet, not {suffix or 'nothing'!r}")


def _selection(reader: Reader, columns: list[str], scan: str) -> str:
    """SELECT of our fields as text, in the file's order; a column that is absent is null."""
    present = {column.lower() for column in columns}
    first_line = 1 if "read_parquet" in scan else 2
    fields = [f"row_number() OVER () + {first_line - 1} AS line"]
    for field in FIELDS:
        fields.append(_text(reader.columns.get(field), present) + f" AS {_quote(field)}")
    for kind, expression in reader.prices.items():
        fields.append(_text(expression, present) + f" AS price_{kind}")
    return f"SELECT {', '.join(fields)} FROM {scan}"


def _text(expression: str | None, present: set[str]) -> str:
    if expression is None:
        return "NULL::VARCHAR"
    bare = expression.strip('"').lower()
    if bare.isidentifier() and bare not in present:
        return "NULL::VARCHAR"
    return f"CAST(({expression}) AS VARCHAR)"


def _quote(name: str) -> str:
    return f'"{name}"'
