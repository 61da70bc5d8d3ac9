"""What the warehouse was told since a build: the races that changed.

Every row carries the batch that told it, and what a batch replaced stays with the batch's number.
So the rows that a build saw can be counted again later; where the count or the batches differ, the
warehouse is another one, and nothing can be said. A batch that was taken back is no longer one.
"""

from __future__ import annotations

import json
from hashlib import sha256

import duckdb

from velo.offline.corrections import KEYS
from velo.offline.exposure import main_schema

_COUNTED = ("races", "runners", "results")


def last_batch(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest batch, 0 where there is none."""
    source = main_schema(con)
    return int(
        con.execute(f"SELECT coalesce(max(batch_id), 0) FROM {source}.import_batches").fetchall()[
            0
        ][0]
    )


def state_at(con: duckdb.DuckDBPyConnection, batch: int) -> str:
    """SHA-256 of what the warehouse held when a batch was its newest: batches and row counts.

    Args:
        con: an open warehouse.
        batch: it or later ones may have followed.
    """
    source = main_schema(con)
    batches = con.execute(
        "SELECT batch_id, sha256, CAST(started AS VARCHAR), CAST(finished AS VARCHAR) "
        f"FROM {source}.import_batches WHERE batch_id <= $batch AND undone_by IS NULL "
        "ORDER BY batch_id",
        {"batch": batch},
    ).fetchall()
    ranks = con.execute(f"SELECT source, precedence FROM {source}.sources ORDER BY 2").fetchall()
    counts = [
        con.execute(
            f"SELECT (SELECT count(*) FROM {source}.{table} WHERE batch_id <= $batch) + "
            f"(SELECT count(*) FROM {source}.earlier_{table} "
            "WHERE batch_id <= $batch AND replaced_by > $batch)",
            {"batch": batch},
        ).fetchall()[0][0]
        for table in _COUNTED
    ]
    return sha256(json.dumps([batches, ranks, counts]).encode()).hexdigest()


def find_changed_races(con: duckdb.DuckDBPyConnection, batch: int) -> tuple[int, int]:
    """Make the temporary table `changed_races` of those that a later batch told anything of.

    Args:
        con: an open warehouse.
        batch: the newest that a build has seen.

    Returns:
        How many there are, and how many races there are in all.
    """
    source = main_schema(con)
    selects = [
        f"SELECT race_id FROM {source}.{table} WHERE batch_id > {batch}"
        for table in (*KEYS, "race_flags")
    ]
    selects += [
        f"SELECT race_id FROM {source}.earlier_{table} WHERE replaced_by > {batch}"
        for table in KEYS
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE changed_races AS {' UNION '.join(selects)}")
    changed, races = con.execute(
        f"SELECT (SELECT count(*) FROM changed_races), (SELECT count(*) FROM {source}.races)"
    ).fetchall()[0]
    return int(changed), int(races)
