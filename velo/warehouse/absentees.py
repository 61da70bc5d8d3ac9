"""What a card does not say: a horse that it no longer names is out of the race.

A card names every horse of a race. One that an earlier card named, and this one does not, is a
non-runner from now on, until a card names it again or a result says that it ran.
"""

from __future__ import annotations

import duckdb

from velo.warehouse.earlier_rows import keep_tellings, replace_rows
from velo.warehouse.readers import READERS

_CARDS = tuple(reader.name for reader in READERS if reader.role == "card")
_RUNNER = ("race_id", "horse_id")


def withdraw_unnamed(con: duckdb.DuckDBPyConnection, batch_id: int) -> int:
    """Make non-runners of the horses that only earlier cards name; returns how many.

    A race is left alone if it has a result, or if the file has a row that could not be read: that
    may be the horse.

    Args:
        con: a connection in a transaction, with the temporary tables `judged` and `refused` of a
            card that was merged just now.
        batch_id: of the card.
    """
    if con.execute("SELECT 1 FROM refused UNION ALL SELECT 1 FROM malformed LIMIT 1").fetchall():
        return 0
    con.execute(_UNNAMED, {"cards": list(_CARDS), "batch": batch_id})
    (count,) = con.execute("SELECT count(*) FROM unnamed").fetchall()[0]
    if count:
        replace_rows(con, "runners", _RUNNER, "unnamed", batch_id)
        keep_tellings(con, "runner_tellings", _RUNNER, "unnamed", batch_id)
        con.execute(_TELLINGS, {"cards": list(_CARDS), "batch": batch_id})
    con.execute("DROP TABLE unnamed")
    return int(count)


_UNNAMED = """
CREATE OR REPLACE TEMP TABLE unnamed AS
SELECT r.* REPLACE ('non-runner' AS standing, CAST($batch AS INTEGER) AS batch_id)
FROM runners AS r
WHERE r.race_id IN (SELECT race_id FROM judged)
    AND r.source IN (SELECT unnest($cards::VARCHAR[]))
    AND r.standing IS DISTINCT FROM 'non-runner'
    AND (r.race_id, r.horse_id) NOT IN (SELECT (race_id, horse_id) FROM judged)
    AND r.race_id NOT IN (SELECT race_id FROM results)
"""

_TELLINGS = """
UPDATE runner_tellings AS t SET standing = 'non-runner', batch_id = $batch
FROM unnamed AS u
WHERE t.race_id = u.race_id AND t.horse_id = u.horse_id
    AND t.source IN (SELECT unnest($cards::VARCHAR[]))
"""
