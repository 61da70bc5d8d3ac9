"""A file's rows, all text, in one table: the first step of every ingest."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.errors import InputError, UnknownFormat
from velo.settings import Store
from velo.warehouse.containers import MISSING, Container, container
from velo.warehouse.facts import price_column
from velo.warehouse.readers import Reader, named, recognise
from velo.warehouse.readers.reader import FIELDS, Expression
from velo.warehouse.sql_text import quoted

__all__ = ["MISSING", "Staged", "stage"]


@dataclass(frozen=True)
class Staged:
    """What staging found.

    Attributes:
        reader: the format's reader.
        rows_read: rows of the file, counted before any rule; malformed lines included.
        absent: fields for which the file has no column.
    """

    reader: Reader
    rows_read: int
    absent: frozenset[str]


def stage(
    con: duckdb.DuckDBPyConnection, path: Path, store: Store, form: str | None = None
) -> Staged:
    """Load a file into the temporary tables `staging` and `malformed`.

    `staging` has `line`, every field of `FIELDS`, a `price_<kind>` for each of the reader's kinds
    (`-` as `_`) and a `section_<number>` for each of its sections, all text. A field in which the
    file writes nothing is null. `line` is the record's number in the file: in a CSV file the header
    is 1 and a record may run over several lines, blank lines do not count; elsewhere the first row
    is 1.

    Args:
        con: a connection to the warehouse.
        path: the file.
        store: bounds of what a parquet file may claim.
        form: a format's name, where the columns should not decide.

    Raises:
        InputError: the file cannot be read.
        UnknownFormat: no reader knows its columns.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE malformed (line BIGINT, detail VARCHAR, raw VARCHAR)")
    reader = named(form) if form else None
    try:
        with container(con, path, store, reader) as source:
            reader = reader or recognise(str(path), source.columns)
            absent = _fill(con, reader, source)
            _hold_needed(path, reader, absent)
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
    return Staged(reader, int(rows), absent)


def detect(con: duckdb.DuckDBPyConnection, path: Path, store: Store) -> str:
    """The name of the format that a file's columns tell.

    Raises:
        InputError: the file cannot be read.
        UnknownFormat: no reader knows its columns.
    """
    with container(con, path, store, None) as source:
        return recognise(str(path), source.columns).name


def _hold_needed(path: Path, reader: Reader, absent: frozenset[str]) -> None:
    missing = sorted({"date", "course", "horse"} & absent)
    if missing:
        raise UnknownFormat(
            f"{path}: read as {reader.name} it has no column for {', '.join(missing)}; "
            "leave --format out, or choose the one that it is in"
        )


def _fill(con: duckdb.DuckDBPyConnection, reader: Reader, source: Container) -> frozenset[str]:
    """Make `staging`; returns the fields for which the file has no column."""
    wanted: dict[str, Expression | None] = {name: reader.columns.get(name) for name in FIELDS}
    wanted |= {price_column(kind): sql for kind, sql in reader.prices.items()}
    wanted |= {f"section_{number}": sql for number, sql in reader.sectionals.items()}
    found = _bound(wanted, source.columns)
    words = set(re.findall(r"\w+", " ".join(sql for sql in found.values() if sql).lower()))
    used = [column for column in source.columns if column in words] or source.columns[:1]
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in wanted)
    values = ", ".join(sql or "NULL" for sql in found.values())
    con.execute(f"CREATE OR REPLACE TEMP TABLE staging (line BIGINT, {columns})")
    before = source.first_line - 1
    for relation in source.relations(used):
        (rows,) = con.execute(
            f"INSERT INTO staging SELECT row_number() OVER () + {before}, {values} FROM {relation}"
        ).fetchall()[0]
        before += rows
    return frozenset(name for name in FIELDS if found[name] is None)


def _bound(
    wanted: Mapping[str, Expression | None], columns: Sequence[str]
) -> dict[str, str | None]:
    """Of each field's alternatives the first all of whose columns the file has.

    Whole expressions are tried on an empty table elsewhere: an error here would end the
    transaction.
    """
    with closing(duckdb.connect(config={"threads": 1})) as aside:
        declared = ", ".join(f"{quoted(name)} VARCHAR" for name in columns)
        aside.execute(f"CREATE TABLE file ({declared})")
        return {
            name: next(
                (
                    f"({sql})"
                    for sql in _alternatives(sqls)
                    if (sql.strip('"') in columns if _is_name(sql) else _binds(aside, sql))
                ),
                None,
            )
            for name, sqls in wanted.items()
        }


def _is_name(sql: str) -> bool:
    return sql.strip('"').isidentifier()


def _binds(con: duckdb.DuckDBPyConnection, sql: str) -> bool:
    try:
        con.execute(f"SELECT ({sql})::VARCHAR FROM file").fetchall()
    except duckdb.BinderException:
        return False
    return True


def _alternatives(expression: Expression | None) -> Iterator[str]:
    if isinstance(expression, str):
        yield expression
    elif expression is not None:
        yield from expression


def _unreadable(path: Path, error: Exception) -> str:
    return f"{path} cannot be read: {(str(error).splitlines() or [type(error).__name__])[0]}"


def _odd_line(path: Path) -> int | None:
    with path.open("rb") as file:
        usual = file.readline().endswith(b"\r\n")
        for number, line in enumerate(file, 2):
            if b"\r" in line.rstrip(b"\r\n") or line.endswith(b"\r\n") != usual:
                return number
    return None


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
