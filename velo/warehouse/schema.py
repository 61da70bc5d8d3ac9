"""The warehouse's tables: made in a new file, brought there from an earlier version, or refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from velo.errors import HomeError
from velo.sql_text import identifier
from velo.warehouse.steps import STEPS

SCHEMA_VERSION = STEPS[-1].version
"""Of `schema.sql`: every change of it is another version and another step."""

EARLIEST = STEPS[0].version - 1
"""The earliest version that there is a way from."""

ASIDE = "velo_earlier_"
"""Before the name of a table whose rows are being copied."""


def version_of(connection: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    """The version of a file's tables; None in one without tables.

    Raises:
        HomeError: there are tables, and they say no version.
    """
    try:  # the catalog is asked only if need be: that takes as long as ten small queries
        rows = connection.execute("SELECT version FROM main.warehouse_schema").fetchall()
    except duckdb.CatalogException:
        if not _names(connection)[0]:
            return None
        rows = []
    if len(rows) != 1:
        raise HomeError(f"{path}: its tables say no version: restore the home from a backup")
    version: int = rows[0][0]
    return version


def require_schema(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """See that the tables can be read as `schema.sql` has them.

    Raises:
        HomeError: they are of another version.
    """
    held = _bridgeable(connection, path)
    if held is not None and held < SCHEMA_VERSION:
        raise HomeError(
            f"{path} is of version {held}, this VÉLØ reads version {SCHEMA_VERSION}: "
            "run `velo migrate`"
        )


def bring_schema(
    connection: duckdb.DuckDBPyConnection, path: Path, tell: Callable[[str], None]
) -> None:
    """Make the tables of a new warehouse; bring an earlier version's to this one.

    One transaction does either, so whenever it ends, the tables are as before or as after.

    Args:
        connection: may write.
        path: of the file, for messages.
        tell: called once, where there is something to bring.

    Raises:
        HomeError: the tables are of a later version, of none, or of one too old.
    """
    held = _bridgeable(connection, path)
    if held == SCHEMA_VERSION:
        return
    if held is None:
        connection.execute("BEGIN TRANSACTION")
        _create(connection)
        connection.execute("COMMIT")
        return
    tell(f"bringing {path} from version {held} to {SCHEMA_VERSION}")
    try:
        _migrate(connection, held)
    except (duckdb.ProgrammingError, duckdb.IntegrityError, duckdb.DataError) as error:
        raise HomeError(
            f"{path} cannot be brought from version {held} to {SCHEMA_VERSION} "
            f"({str(error).splitlines()[0]}): nothing in it was changed, the VÉLØ that made it "
            "opens it"
        ) from None


def _bridgeable(connection: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    held = version_of(connection, path)
    if held is not None and held > SCHEMA_VERSION:
        raise HomeError(
            f"{path} is of version {held}, made by a later VÉLØ than this, which reads version "
            f"{SCHEMA_VERSION}: use that one"
        )
    if held is not None and held < EARLIEST:
        raise HomeError(
            f"{path} is of version {held}, and there is a way from version {EARLIEST} on only: "
            "restore the home from a later backup"
        )
    return held


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_schema())
    connection.execute("INSERT INTO warehouse_schema VALUES (?)", [SCHEMA_VERSION])


def _migrate(connection: duckdb.DuckDBPyConnection, held: int) -> None:
    steps = [step for step in STEPS if step.version > held]
    connection.execute("BEGIN TRANSACTION")
    for step in steps:
        step.reshape(connection)
    _copy_into_new_tables(connection)
    for step in steps:
        step.fill(connection)
    connection.execute("COMMIT")


def _copy_into_new_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table as `schema.sql` makes it, with the old one's rows.

    DuckDB adds no column that has a constraint and changes no constraint, and a table altered by
    hand would be a new one's like only as far as somebody remembered. What else is in the file
    stays as it is, down to an index on one of the tables.
    """
    tables, views = (
        set(names) & set(new)
        for names, new in zip(_names(connection), _names_of_schema(), strict=True)
    )
    tables -= {"warehouse_schema"}
    indexes = [
        (name, sql)
        for name, table, sql in connection.execute(
            "SELECT index_name, table_name, sql FROM duckdb_indexes() WHERE schema_name = 'main'"
        ).fetchall()
        if table in tables
    ]
    for view in sorted(views):
        connection.execute(f"DROP VIEW {identifier(view)}")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {identifier(name)}")
    connection.execute("DROP TABLE warehouse_schema")
    for table in sorted(tables):
        connection.execute(f"ALTER TABLE {identifier(table)} RENAME TO {identifier(ASIDE + table)}")
    _create(connection)
    for table in sorted(tables):
        aside = identifier(ASIDE + table)
        connection.execute(f"INSERT INTO {identifier(table)} BY NAME SELECT * FROM {aside}")
        connection.execute(f"DROP TABLE {aside}")
    for _, sql in indexes:
        connection.execute(sql)


def _schema() -> str:
    return files("velo.warehouse").joinpath("schema.sql").read_text(encoding="utf-8")


@cache
def _names_of_schema() -> tuple[list[str], list[str]]:
    with duckdb.connect() as aside:
        aside.execute(_schema())
        return _names(aside)


def _names(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
    """The tables and the views of a file."""
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE schema_name = 'main' AND NOT internal AND database_name = current_database()"
    ).fetchall()
    views = connection.execute(
        "SELECT view_name FROM duckdb_views() "
        "WHERE schema_name = 'main' AND NOT internal AND database_name = current_database()"
    ).fetchall()
    return [name for (name,) in tables], [name for (name,) in views]
