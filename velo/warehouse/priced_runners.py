"""Whose price a row of a price file is: name, course, day and the moment of the off decide."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.racing.courses import abbreviates

MINUTES_APART = 15
"""The exchange's off and the results' may differ by so much and be one race's."""


def find_runners(con: duckdb.DuckDBPyConnection, rows: str) -> None:
    """Make `found_runners` (batch_id, line, race_id, horse_id, quoted, copy).

    `copy` is above 1 for rows whose runner another row fits better. Two horses of one name in one
    race that the row's country does not tell apart are neither.

    Args:
        con: a connection.
        rows: a temporary table with batch_id, line, date, course, off, name, country and reason.
    """
    con.execute(_FIELDED.format(rows=rows))
    pairs = con.execute(
        f"SELECT DISTINCT r.course, f.course FROM {rows} AS r "
        "JOIN fielded AS f ON f.name = r.name AND f.date BETWEEN r.date - 1 AND r.date + 1"
    ).fetchall()
    same = [pair for pair in pairs if abbreviates(*pair)]
    con.register(
        "same_course",
        pa.table(
            {
                "short": pa.array([short for short, _ in same], pa.string()),
                "course": pa.array([full for _, full in same], pa.string()),
            }
        ),
    )
    con.execute(_FOUND.format(rows=rows), {"apart": MINUTES_APART})
    con.unregister("same_course")
    con.execute("DROP TABLE fielded")


_FIELDED = """
CREATE OR REPLACE TEMP TABLE fielded AS
WITH days AS (
    SELECT DISTINCT unnest([date - 1, date, date + 1]) AS date FROM {rows} WHERE date IS NOT NULL
), held AS (
    SELECT race_id, date, course, off, off_at, off_zone, off_doubt
    FROM races WHERE date IN (SELECT CAST(date AS DATE) FROM days)
)
SELECT held.*, horses.horse_id, horses.name, horses.country
FROM held
JOIN runners ON runners.race_id = held.race_id
JOIN horses ON horses.horse_id = runners.horse_id
WHERE horses.name IN (SELECT name FROM {rows})
"""

_FOUND = """
CREATE OR REPLACE TEMP TABLE found_runners AS
WITH pairs AS (
    SELECT r.batch_id, r.line, r.date = f.date AS same_day, f.race_id, f.horse_id, f.off_at,
        f.off_doubt, r.date + CAST(r.off AS TIME) AS written, f.off_zone,
        coalesce(r.country <> f.country, false) AS stranger
    FROM {rows} AS r
    JOIN fielded AS f ON f.name = r.name AND f.date BETWEEN r.date - 1 AND r.date + 1
    JOIN same_course AS c ON c.short = r.course AND c.course = f.course
    WHERE r.reason IS NULL
), timed AS (
    SELECT *, least(
        abs(date_diff('minute', timezone('Europe/London', written), off_at)),
        abs(date_diff('minute', timezone('Europe/London', written), off_at) - off_doubt),
        abs(date_diff('minute', timezone(coalesce(off_zone, 'Europe/London'), written), off_at)),
        abs(date_diff('minute', timezone(coalesce(off_zone, 'Europe/London'), written), off_at)
            - off_doubt)) AS apart
    FROM pairs
), near AS (
    SELECT batch_id, line, race_id, horse_id, same_day, apart, stranger,
        coalesce(timezone('Europe/London', off_at), written) AS quoted
    FROM timed
    WHERE same_day OR apart <= $apart
), nearest AS (
    SELECT *, rank() OVER (
        PARTITION BY batch_id, line
        ORDER BY coalesce(apart, $apart), stranger, NOT same_day, race_id) AS place
    FROM near
    WHERE coalesce(apart <= $apart, true)
), one AS (
    SELECT * FROM nearest WHERE place = 1
    QUALIFY count(*) OVER (PARTITION BY batch_id, line) = 1
)
SELECT batch_id, line, race_id, horse_id, quoted, row_number() OVER (
    PARTITION BY race_id, horse_id ORDER BY coalesce(apart, $apart), batch_id DESC, line) AS copy
FROM one
"""
