"""What is said of every written table: rows, nulls, and how often it knows nothing of a runner."""

from __future__ import annotations

from pathlib import Path

import duckdb

from velo.offline.partitions import columns_of, files_below, scan

RECENT_DAYS = 365
"""Cold starts are counted over the runners of so many days up to the last: early in a data set
everybody is one."""


def rows_and_nulls(con: duckdb.DuckDBPyConnection, folder: Path) -> tuple[int, dict[str, float]]:
    """Rows of a written table, and the share of nulls in each column that has any.

    The files' own statistics say both.
    """
    counts = con.execute(
        "SELECT path_in_schema, sum(num_values), sum(stats_null_count) "
        f"FROM parquet_metadata({files_below(folder)}) "
        "GROUP BY path_in_schema ORDER BY min(column_id)"
    ).fetchall()
    rows = int(counts[0][1] or 0) if counts else 0
    return rows, {name: round(nulls / rows, 6) for name, _, nulls in counts if rows and nulls}


def hold_recent(con: duckdb.DuckDBPyConnection, entries: Path) -> None:
    """Make the temporary table `recent_entries` of the runners that ran of late."""
    ran = f"FROM {scan(entries)} WHERE was_run"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE recent_entries AS {ran} AND event_timestamp > "
        f"(SELECT max(event_timestamp) - INTERVAL {RECENT_DAYS} DAY {ran})"
    )


def cold_share(con: duckdb.DuckDBPyConnection, folder: Path) -> float | None:
    """Of the recent runners that have a feature table's key, the share it knew nothing of.

    Args:
        con: a connection in which `hold_recent` was called.
        folder: the table, whose key stands before its `event_timestamp`.

    Returns:
        None where the key is not of an entry, or no recent runner has one.
    """
    names = list(columns_of(con, scan(folder)))
    keys = names[: names.index("event_timestamp")]
    if not set(keys) <= set(columns_of(con, "recent_entries")):
        return None
    key = ", ".join(keys)
    have = " AND ".join(f"{name} IS NOT NULL" for name in keys)
    (share,) = con.execute(
        f"""
        WITH runners AS (SELECT {key}, event_timestamp FROM recent_entries WHERE {have}),
        known AS (
            SELECT {key}, min(event_timestamp) AS since FROM {scan(folder)}
            SEMI JOIN runners USING ({key})
            GROUP BY {key}
        )
        SELECT avg(CASE WHEN known.since <= runners.event_timestamp THEN 0.0 ELSE 1.0 END)
        FROM runners
        LEFT JOIN known USING ({key})
        """
    ).fetchall()[0]
    return None if share is None else round(share, 6)
