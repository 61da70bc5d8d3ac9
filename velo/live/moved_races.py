"""Races that were declared for an earlier off before: what is predicted after it may not count."""

from __future__ import annotations

from datetime import UTC

import duckdb
import pyarrow as pa

from velo.live.fairness import NEAR


def moved_races(con: duckdb.DuckDBPyConnection, entries: pa.Table) -> list[str]:
    """A line for each race that a card moved to later.

    Args:
        con: an open warehouse.
        entries: as `velo.live.entries` gives them.
    """
    races = {row["race_id"]: row for row in entries.to_pylist() if row["off_at"] is not None}
    rows = con.execute(
        "SELECT race_id, min(off_at) FROM declared_offs WHERE off_doubt = 0 "
        "AND race_id IN (SELECT unnest(?::BIGINT[])) GROUP BY race_id ORDER BY race_id",
        [sorted(races)],
    ).fetchall()
    return [
        f"{races[race]['course']} {races[race]['off']} was declared for "
        f"{first.astimezone(UTC):%H:%M} UTC before: what is predicted from then on counts only if "
        "the result gives the later off"
        for race, first in rows
        if first < races[race]["off_at"] - NEAR
    ]
