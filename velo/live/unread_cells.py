"""What of a card could not be read, in words."""

from __future__ import annotations

import duckdb

from velo.offline.exposure import main_schema

WORDS = {"unreadable": "could not be read", "beyond-reason": "is beyond reason"}


def unread_cells(con: duckdb.DuckDBPyConnection, batch_id: int | None) -> list[str]:
    """A line for each field of a batch of which cells were not read, with where they stand.

    Args:
        con: an open warehouse.
        batch_id: of the card's import; None if it changed nothing.
    """
    if batch_id is None:
        return []
    rows = con.execute(
        f"SELECT field, reason, cells, examples FROM {main_schema(con)}.unread "
        "WHERE batch_id = ? ORDER BY field, reason",
        [batch_id],
    ).fetchall()
    return [
        f"{field} {WORDS[reason]} in {cells:,} row{'s' if cells > 1 else ''}: "
        + ", ".join(f"{each['text']!r} in line {each['line']}" for each in examples)
        for field, reason, cells, examples in rows
    ]
