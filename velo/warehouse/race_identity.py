"""Which race a row belongs to: its date, course and off, else the horses that it shares.

A race's key is its day, its track and its off; without an off the number on the card, the name or
the source's own id. Sources disagree about offs and some give none, so a race whose key is not
known is the race of that day and track with which it shares most of its runners' names.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.racing.names import stable_id

_UNKNOWN = """
SELECT k.race_id FROM keyed_races AS k
WHERE NOT EXISTS (SELECT 1 FROM races AS r WHERE r.race_id = k.race_id)
    AND EXISTS (SELECT 1 FROM races AS r WHERE r.date = k.date AND r.course_id = k.course_id)
"""

_SHARED = f"""
WITH told AS (
    SELECT DISTINCT k.race_id AS told_id, k.date, k.course_id, f.name
    FROM keyed_races AS k
    JOIN facts AS f
        ON f.date = k.date AND f.course_id = k.course_id AND f.race_mark = k.race_mark
    WHERE k.race_id IN ({_UNKNOWN})
), known AS (
    SELECT DISTINCT races.race_id, races.date, races.course_id, horses.name
    FROM races
    JOIN runners ON runners.race_id = races.race_id
    JOIN horses ON horses.horse_id = runners.horse_id
    WHERE (races.date, races.course_id) IN (SELECT (date, course_id) FROM told)
), pairs AS (
    SELECT told_id, known.race_id, count(*) AS shared
    FROM told
    JOIN known USING (date, course_id, name)
    GROUP BY told_id, known.race_id
), sizes AS (
    SELECT told_id, count(*) AS runners FROM told GROUP BY told_id
), known_sizes AS (
    SELECT race_id, count(*) AS runners FROM known GROUP BY race_id
)
SELECT told_id, race_id
FROM pairs
JOIN sizes USING (told_id)
JOIN known_sizes USING (race_id)
WHERE 2 * shared > least(sizes.runners, known_sizes.runners)
QUALIFY row_number() OVER (PARTITION BY told_id ORDER BY shared DESC, race_id) = 1
    AND row_number() OVER (PARTITION BY race_id ORDER BY shared DESC, told_id) = 1
"""


def identify_races(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `race_keys` (date, course_id, race_mark, race_id) from `facts`.

    Args:
        con: a connection whose temporary table `facts` has date, course_id, race_mark and name.
    """
    rows = con.execute("SELECT DISTINCT date, course_id, race_mark FROM facts").fetchall()
    con.register(
        "fresh_races",
        pa.table(
            {
                "date": pa.array([row[0] for row in rows], pa.date32()),
                "course_id": pa.array([row[1] for row in rows], pa.int64()),
                "race_mark": pa.array([row[2] for row in rows], pa.string()),
                "race_id": pa.array([stable_id("race", *row) for row in rows], pa.int64()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE keyed_races AS SELECT * FROM fresh_races")
    con.unregister("fresh_races")
    con.execute(f"CREATE OR REPLACE TEMP TABLE same_races AS {_SHARED}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE race_keys AS "
        "SELECT k.date, k.course_id, k.race_mark, coalesce(s.race_id, k.race_id) AS race_id "
        "FROM keyed_races AS k LEFT JOIN same_races AS s ON s.told_id = k.race_id"
    )
    con.execute("DROP TABLE keyed_races; DROP TABLE same_races")
