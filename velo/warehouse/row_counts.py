"""How many rows a statement wrote: where there are none, what follows from them can be left out.

An import is some two hundred statements, and most of what a small file takes is their planning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb


def rows_written(
    con: duckdb.DuckDBPyConnection, statement: str, parameters: Mapping[str, Any] | None = None
) -> int:
    """Run a statement that inserts, changes or deletes rows, or makes a table of a SELECT.

    Args:
        con: an open warehouse.
        statement: one statement.
        parameters: its values by name.

    Returns:
        How many rows it wrote.
    """
    (count,) = con.execute(statement, parameters).fetchall()[0]
    return int(count)


def is_empty(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Whether a table, or what follows FROM in a SELECT, has no row."""
    return not con.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall()
