"""A file's rows, all text, in one table: the first step of every ingest."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.errors import InputError, UnknownFormat
from velo.settings import Store
from velo.sql_text import identifier
from velo.warehouse.containers import MISSING, Container, container
from velo.warehouse.facts import price_column
from velo.warehouse.readers import Reader, chosen, named, recognise
from velo.warehouse.readers.reader import FIELDS, Spellings, bound
from velo.warehouse.swapped_people import SOURCE as SWAPPED_SOURCE
from velo.warehouse.swapped_people import put_right

__all__ = ["MISSING", "Staged", "stage"]


@dataclass(frozen=True)
class Staged:
    """What staging found.

    Attributes:
        reader: the format's reader.
        rows_read: rows of the file, counted before any rule; malformed lines included.
        absent: fields for which the file has no column.
        unknown: columns of the file that the format does not know, as folded.
        notes: what was concluded about the file as a whole, a sentence each.
    """

    reader: Reader
    rows_read: int
    absent: frozenset[str]
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
        UnknownFormat: no reader knows its columns, two would read them differently, or the named
            one would lose prices, weights or positions.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE malformed (line BIGINT, detail VARCHAR, raw VARCHAR)")
    reader = named(form) if form else None
    try:
        with container(con, path, store, reader) as source:
            if reader is None:
                reader = recognise(str(path), source.columns)
            else:
                _hold_needed(path, reader, source)
                reader = chosen(str(path), reader, source.columns)
            absent = _fill(con, reader, source)
            if reader.role == "card":
                _hold_no_results(con, path, reader, source)
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
    notes = list(source.notes)
    if reader.name == SWAPPED_SOURCE and not {"jockey", "trainer"} & absent:
        notes += put_right(con)
    for name in reader.witnesses:
        con.execute(f"ALTER TABLE staging DROP COLUMN witness_{name}")
    known = reader.knows(source.columns)
    unknown = tuple(name for name in source.columns if name not in known)
    return Staged(reader, int(rows), absent, unknown, tuple(notes))


def detect(con: duckdb.DuckDBPyConnection, path: Path, store: Store) -> str:
    """The name of the format that a file's columns tell.

    Raises:
        InputError: the file cannot be read.
        UnknownFormat: no reader knows its columns.
    """
    with container(con, path, store, None) as source:
        return recognise(str(path), source.columns).name


def _hold_needed(path: Path, reader: Reader, source: Container) -> None:
    missing = [
        name
        for name in ("date", "course", "horse")
        if bound(reader.columns.get(name), source.columns) is None
    ]
    if missing:
        raise UnknownFormat(
            f"{path}: read as {reader.name} it has no column for {', '.join(missing)}; "
            "leave --format out, or choose the one that it is in"
        )


def _hold_no_results(
    con: duckdb.DuckDBPyConnection, path: Path, reader: Reader, source: Container
) -> None:
    """Refuse a card that says where somebody finished; an empty column of places is let pass."""
    for column in (name for name in source.columns if name in reader.never):
        for relation in source.relations([column]):
            if con.execute(
                f"SELECT 1 FROM {relation} WHERE {identifier(column)} IS NOT NULL LIMIT 1"
            ).fetchall():
                raise UnknownFormat(
                    f"{path} has finishing positions in its column {column}: it is no card, so "
                    f"leave --format {reader.name} out"
                )


def _fill(con: duckdb.DuckDBPyConnection, reader: Reader, source: Container) -> frozenset[str]:
    """Make `staging`; returns the fields for which the file has no column."""
    wanted: dict[str, Spellings | None] = {name: reader.columns.get(name) for name in FIELDS}
    wanted |= {price_column(kind): spellings for kind, spellings in reader.prices.items()}
    wanted |= {f"section_{number}": each for number, each in reader.sectionals.items()}
    sources = {name: bound(spellings, source.columns) for name, spellings in wanted.items()}
    taken = reader.takes(source.columns)
    for name in reader.witnesses:
        sources[f"witness_{name}"] = identifier(name) if name in source.columns else None
        taken |= {name} & set(source.columns)
    used = [column for column in source.columns if column in taken] or source.columns[:1]
    columns = ", ".join(f"{identifier(name)} VARCHAR" for name in sources)
    values = ", ".join(sql or "NULL" for sql in sources.values())
    con.execute(f"CREATE OR REPLACE TEMP TABLE staging (line BIGINT, {columns})")
    before = source.first_line - 1
    for relation in source.relations(used):
        (rows,) = con.execute(
            f"INSERT INTO staging SELECT row_number() OVER () + {before}, {values} FROM {relation}"
        ).fetchall()[0]
        before += rows
    return frozenset(name for name in FIELDS if sources[name] is None)


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
