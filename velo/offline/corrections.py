"""What was told otherwise before: the warehouse's rows with an earlier value."""

from __future__ import annotations

import duckdb

from velo.offline.exposure import main_schema

KEYS = {
    "races": ("race_id",),
    "runners": ("race_id", "horse_id"),
    "results": ("race_id", "horse_id"),
    "prices_history": ("race_id", "horse_id", "source", "kind", "nth"),
}
"""Each table of the warehouse whose earlier rows a build can see, and its key."""


def count_corrections(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows of the exposed races have an earlier value, each row once.

    Args:
        con: a warehouse whose `races` are exposed.

    Returns:
        `races`, `runners`, `results` and `prices`, in this order.
    """
    source = main_schema(con)
    return {
        table.removesuffix("_history"): con.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(keys)} "
            f"FROM {source}.earlier_{table} WHERE race_id IN (SELECT race_id FROM races))"
        ).fetchall()[0][0]
        for table, keys in KEYS.items()
    }
