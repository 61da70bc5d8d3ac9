"""The warehouse's tables as the tables' SQL reads them: by bare names, up to the last day."""

from __future__ import annotations

from datetime import date

import duckdb

EXPOSED = ("races", "runners", "results", "prices", "race_flags")


def expose(con: duckdb.DuckDBPyConnection, until: date | None) -> None:
    """Make temporary views over the warehouse's tables that end with the last day that exists.

    Args:
        con: an open warehouse.
        until: the last race day, or None for all of them.
    """
    source = main_schema(con)
    limit = f"WHERE date <= DATE '{until.isoformat()}'" if until else ""
    con.execute(f"CREATE TEMP VIEW races AS SELECT * FROM {source}.races {limit}")
    for name in EXPOSED[1:]:
        kept = f"WHERE race_id IN (SELECT race_id FROM {source}.races {limit})" if until else ""
        con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {source}.{name} {kept}")


def main_schema(con: duckdb.DuckDBPyConnection) -> str:
    """The qualified schema of the warehouse's own tables, which temporary ones may hide."""
    (database,) = con.execute("SELECT current_database()").fetchall()[0]
    return f'"{database}".main'
