"""The warehouse's tables as the tables' SQL reads them: by bare names, up to the last day."""

from __future__ import annotations

from datetime import date

import duckdb

from velo.sql_text import identifier

EXPOSED = ("races", "runners", "results", "prices", "race_flags")


def expose(
    con: duckdb.DuckDBPyConnection, until: date | None = None, only: str | None = None
) -> None:
    """Make temporary views over the warehouse's tables, all with a `race_id`.

    Args:
        con: an open warehouse.
        until: the last race day that exists, or None for all of them.
        only: a relation with the `race_id` of the only races that exist.
    """
    source = main_schema(con)
    limits = [f"date <= DATE '{until.isoformat()}'"] if until else []
    limits += [f"race_id IN (SELECT race_id FROM {only})"] if only else []
    limit = f"WHERE {' AND '.join(limits)}" if limits else ""
    con.execute(f"CREATE OR REPLACE TEMP VIEW races AS SELECT * FROM {source}.races {limit}")
    kept = f"WHERE race_id IN (SELECT race_id FROM {source}.races {limit})" if limits else ""
    for name in ("runners", "results", "race_flags", "prices_history"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}.{name} {kept}")
    # The warehouse's view reads `prices_history`, and finds the one above before its own.
    con.execute(f"CREATE OR REPLACE TEMP VIEW prices AS SELECT * FROM {source}.prices")


def main_schema(con: duckdb.DuckDBPyConnection) -> str:
    """The qualified schema of the warehouse's own tables, which temporary ones may hide."""
    (database,) = con.execute("SELECT current_database()").fetchall()[0]
    return f"{identifier(database)}.main"
