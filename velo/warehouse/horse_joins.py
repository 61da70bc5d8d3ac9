"""Two horses made one: the runs of the younger id go to the older one."""

from __future__ import annotations

import duckdb

from velo.warehouse.earlier_rows import keep_races
from velo.warehouse.inferences import add_aliases, record

_MOVED = ("runners", "results")
_RENAMED = ("prices_history", "sectionals", "runner_tellings", "conflicts")


def join_horses(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Join the pairs of the temporary table `horse_pairs`, each horse in one pair at the most.

    Rows that another batch wrote are kept as earlier ones. Horses and their ids are kept as they
    were in `earlier_horses` and `earlier_horse_ids`. Doubts about a pair end.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that leads to it.
    """
    record(con, batch_id, "horse_pairs")
    con.execute(
        "INSERT INTO inference_rows SELECT p.inference_id, r.race_id, r.horse_id, $batch "
        "FROM horse_pairs AS p JOIN runners AS r ON r.horse_id = p.other",
        {"batch": batch_id},
    )
    con.execute(_END_DOUBTS, {"batch": batch_id})
    add_aliases(con, "horse", "horse_pairs")
    _keep_identities(con, batch_id)
    con.execute(_ONE_HORSE)
    move_runs(con, batch_id, "horse_pairs", "other", "kept")
    con.execute(
        "UPDATE horse_ids SET horse_id = p.kept FROM horse_pairs AS p "
        "WHERE horse_ids.horse_id = p.other"
    )
    con.execute(
        "DELETE FROM horses WHERE horse_id IN (SELECT kept FROM horse_pairs "
        "UNION SELECT other FROM horse_pairs)"
    )
    con.execute("INSERT INTO horses SELECT * FROM one_horse")
    con.execute("DROP TABLE one_horse")


def move_runs(
    con: duckdb.DuckDBPyConnection, batch_id: int, pairs: str, source: str, target: str
) -> None:
    """Give the runs of one column's horses to another's.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that does it.
        pairs: a temporary table; with a column race_id, runs of those races alone.
        source: its column of the horses that lose their runs.
        target: its column of the horses that get them.
    """
    columns = [row[0] for row in con.execute(f"DESCRIBE {pairs}").fetchall()]
    same = f"t.horse_id = p.{source}"
    if "race_id" in columns:
        same += " AND t.race_id = p.race_id"
    for table in (*_MOVED, *_RENAMED):
        keep_races(con, f"SELECT t.race_id FROM {table} AS t JOIN {pairs} AS p ON {same}", batch_id)
    for table in _MOVED:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE moved AS SELECT t.* REPLACE ("
            f"p.{target} AS horse_id, CAST($batch AS INTEGER) AS batch_id) "
            f"FROM {table} AS t JOIN {pairs} AS p ON {same}",
            {"batch": batch_id},
        )
        con.execute(
            f"INSERT INTO earlier_{table} BY NAME SELECT t.*, $batch AS replaced_by "
            f"FROM {table} AS t JOIN {pairs} AS p ON {same} WHERE t.batch_id < $batch",
            {"batch": batch_id},
        )
        con.execute(f"DELETE FROM {table} AS t USING {pairs} AS p WHERE {same}")
        con.execute(f"INSERT INTO {table} SELECT * FROM moved ORDER BY race_id, horse_id")
    for table in _RENAMED:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE moved AS SELECT t.* REPLACE (p.{target} AS horse_id) "
            f"FROM {table} AS t JOIN {pairs} AS p ON {same}"
        )
        con.execute(f"DELETE FROM {table} AS t USING {pairs} AS p WHERE {same}")
        con.execute(f"INSERT INTO {table} SELECT * FROM moved")
    con.execute("DROP TABLE moved")


def _keep_identities(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    for table in ("horses", "horse_ids"):
        con.execute(
            f"INSERT INTO earlier_{table} BY NAME SELECT t.*, $batch AS replaced_by "
            f"FROM {table} AS t WHERE t.horse_id IN (SELECT kept FROM horse_pairs "
            "UNION SELECT other FROM horse_pairs)",
            {"batch": batch_id},
        )


_END_DOUBTS = """
UPDATE inferences SET undone_by = $batch
FROM horse_pairs AS p
WHERE inferences.undone_by IS NULL AND inferences.kind IN ('horse-apart', 'card-horse-apart')
    AND (inferences.other IN (p.kept, p.other))
    AND (inferences.kept IS NULL OR inferences.kept IN (p.kept, p.other))
"""

# The suffix that one of the two bears is the horse's.
_ONE_HORSE = """
CREATE OR REPLACE TEMP TABLE one_horse AS
SELECT k.horse_id, k.name, coalesce(k.country, o.country) AS country,
    CASE WHEN k.country IS NULL AND o.country IS NOT NULL THEN o.known_as ELSE k.known_as END
        AS known_as,
    p.foaled, least(k.first_seen, o.first_seen) AS first_seen,
    greatest(k.last_seen, o.last_seen) AS last_seen
FROM horse_pairs AS p
JOIN horses AS k ON k.horse_id = p.kept
JOIN horses AS o ON o.horse_id = p.other
"""
