"""A file that is read anew by a mended reader counts at the place in time of its first import.

What a later file of the same source said otherwise stays: the file that is read anew said its part
before that one. docs/adr/0007 has the reasons.
"""

from __future__ import annotations

import duckdb

from velo.warehouse.row_counts import is_empty


def place_in_time(con: duckdb.DuckDBPyConnection, first: int | None) -> None:
    """Make the temporary tables `own_batches` and `later_batches` (batch_id).

    `own_batches` has the earlier imports of the file that is being read, `later_batches` those of
    files whose place is after it. Both are empty for a file that is read for the first time.

    Args:
        con: a connection in a transaction.
        first: the batch that read the file first, None if none did.
    """
    for table, sign in (("own_batches", "="), ("later_batches", ">")):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT batch_id FROM ("
            "SELECT batch_id, min(batch_id) OVER (PARTITION BY sha256, format) AS place "
            "FROM import_batches WHERE kind = 'import' AND undone_by IS NULL) "
            f"WHERE place {sign} CAST($first AS INTEGER)",
            {"first": first},
        )


def find_overtaken(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Make the temporary tables `overtaken` (race_id, horse_id) and `overtaken_races` (race_id).

    They hold what a later file of the source has told of since.

    Args:
        con: a connection for which `place_in_time` was called.
        source: the format of the file that is being read.
    """
    if is_empty(con, "later_batches"):
        con.execute(_NONE_OVERTAKEN)
        return
    con.execute(_OVERTAKEN, {"source": source})
    con.execute(_OVERTAKEN_RACES, {"source": source})


_NONE_OVERTAKEN = """
CREATE OR REPLACE TEMP TABLE overtaken (race_id BIGINT, horse_id BIGINT);
CREATE OR REPLACE TEMP TABLE overtaken_races (race_id BIGINT)
"""

# What a source said is in the tellings if others tell of it too, else in the tables themselves.
_OVERTAKEN = """
CREATE OR REPLACE TEMP TABLE overtaken AS
WITH alone AS (
    SELECT race_id, horse_id FROM runners WHERE source = $source
    EXCEPT
    SELECT race_id, horse_id FROM runner_tellings
)
SELECT race_id, horse_id FROM runners SEMI JOIN alone USING (race_id, horse_id)
WHERE batch_id IN (SELECT batch_id FROM later_batches)
UNION
SELECT race_id, horse_id FROM results SEMI JOIN alone USING (race_id, horse_id)
WHERE batch_id IN (SELECT batch_id FROM later_batches)
UNION
SELECT race_id, horse_id FROM runner_tellings
WHERE source = $source AND batch_id IN (SELECT batch_id FROM later_batches)
UNION
SELECT race_id, horse_id FROM prices_history
WHERE source = $source AND batch_id IN (SELECT batch_id FROM later_batches)
UNION
SELECT race_id, horse_id FROM sectionals
WHERE source = $source AND batch_id IN (SELECT batch_id FROM later_batches)
"""

_OVERTAKEN_RACES = """
CREATE OR REPLACE TEMP TABLE overtaken_races AS
SELECT race_id FROM races
WHERE source = $source AND batch_id IN (SELECT batch_id FROM later_batches)
    AND race_id NOT IN (SELECT race_id FROM race_tellings)
UNION
SELECT race_id FROM race_tellings
WHERE source = $source AND batch_id IN (SELECT batch_id FROM later_batches)
"""
