"""Races that stand twice: the same day, a course of the same name, near offs, the same horses.

The name of a course alone joins nothing: Newcastle is in England and in Australia. Two races are
one where they share at least two horses, and more than half of the smaller field, and not both
name a country. Offs agree within minutes, whichever half of the day either was taken for.
"""

from __future__ import annotations

import duckdb

from velo.warehouse.kept_apart import drop_kept_apart
from velo.warehouse.row_counts import is_empty, rows_written

MINUTES_APART = 15
"""Offs of two sources may differ by so much and be one race's."""


def find_race_doubles(con: duckdb.DuckDBPyConnection, stored: bool = False) -> int:
    """Make the temporary table `race_pairs` of races that are one, if any: each race once.

    Args:
        con: an open warehouse; the temporary table `scope_races` (race_id) has the races of which
            one at least is in every pair.
        stored: whether races of one course are compared too, which an import has done already.

    Returns:
        How many pairs there are.
    """
    if not rows_written(con, _NEAR, {"apart": MINUTES_APART, "stored": stored}):
        con.execute("DROP TABLE near_races")
        return 0
    con.execute(_NAMES)
    con.execute(_PAIRS)
    con.execute("DROP TABLE near_races; DROP TABLE near_names")
    drop_kept_apart(con, "race", "race_pairs")
    return rows_written(con, _ONE_TO_ONE)


def find_course_doubles(con: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table `course_pairs` of courses without a country that evidence places.

    It is made if a race was joined to one of another course. A race of such a course that was
    joined to a race abroad is the evidence. Where it points to two countries, the course stays as
    it is; so does a pair that was taken back.

    Args:
        con: a connection with the temporary table `joined_courses` (unsaid, course_id).

    Returns:
        How many there are.
    """
    if is_empty(con, "joined_courses"):
        return 0
    return rows_written(con, _COURSE_PAIRS)


# Of a race that bears no country, nobody can say that it was in Britain.
_NEAR = r"""
CREATE OR REPLACE TEMP TABLE near_races AS
WITH tracks AS (
    SELECT course_id, name, surface FROM courses
    WHERE $stored OR name IN (
        SELECT name FROM courses GROUP BY name HAVING count(DISTINCT course_id) > 1)
), placed AS (
    SELECT r.race_id, r.date, r.off, r.off_at, coalesce(r.off_doubt, 0) AS doubt, r.region,
        r.course_id, t.name, t.surface, r.batch_id,
        r.region = 'GB' AND NOT regexp_matches(r.course, '\([A-Z]{2,3}\)') AS unsaid
    FROM races AS r
    JOIN tracks AS t ON t.course_id = r.course_id
), scoped AS (
    SELECT * FROM placed WHERE race_id IN (SELECT race_id FROM scope_races)
), pairs AS (
    SELECT a.race_id AS one, b.race_id AS other, a.unsaid AS one_unsaid, b.unsaid AS other_unsaid,
        a.course_id AS one_course, b.course_id AS other_course,
        a.batch_id AS one_batch, b.batch_id AS other_batch,
        abs(date_diff('minute', CAST(a.off AS TIME), CAST(b.off AS TIME))) % 720 AS apart,
        abs(date_diff('minute', a.off_at, b.off_at)) <= $apart + greatest(a.doubt, b.doubt)
            AS near_at
    FROM scoped AS a
    JOIN placed AS b ON b.date = a.date AND b.name = a.name AND b.race_id <> a.race_id
    WHERE (a.course_id <> b.course_id OR $stored)
        AND (a.surface IS NULL OR b.surface IS NULL OR a.surface = b.surface)
        AND (a.region = b.region OR a.unsaid OR b.unsaid)
        AND (a.race_id < b.race_id OR b.race_id NOT IN (SELECT race_id FROM scope_races))
)
SELECT * FROM pairs
WHERE coalesce(least(apart, 720 - apart) <= $apart, true) OR coalesce(near_at, false)
"""

_NAMES = """
CREATE OR REPLACE TEMP TABLE near_names AS
SELECT DISTINCT r.race_id, h.name, coalesce(h.country, '') AS country
FROM runners AS r
JOIN horses AS h ON h.horse_id = r.horse_id
WHERE r.race_id IN (SELECT one FROM near_races UNION SELECT other FROM near_races)
"""

_PAIRS = """
CREATE OR REPLACE TEMP TABLE race_pairs AS
WITH shares AS (
    SELECT n.one, n.other, count(DISTINCT a.name) AS shared
    FROM near_races AS n
    JOIN near_names AS a ON a.race_id = n.one
    JOIN near_names AS b ON b.race_id = n.other AND b.name = a.name
        AND (b.country = a.country OR 'GB' IN (a.country, b.country)
            OR '' IN (a.country, b.country))
    GROUP BY n.one, n.other
), sizes AS (
    SELECT race_id, count(DISTINCT name) AS runners FROM near_names GROUP BY race_id
), firsts AS (
    SELECT race_id, min(batch_id) AS batch_id
    FROM (SELECT race_id, batch_id FROM races UNION ALL
        SELECT race_id, batch_id FROM earlier_races)
    WHERE race_id IN (SELECT race_id FROM sizes)
    GROUP BY race_id
), same AS (
    SELECT n.*, s.shared, least(a.runners, b.runners) AS fewest,
        (f.batch_id, n.one_unsaid, n.one) <= (g.batch_id, n.other_unsaid, n.other) AS one_first
    FROM near_races AS n
    JOIN shares AS s ON s.one = n.one AND s.other = n.other
    JOIN sizes AS a ON a.race_id = n.one
    JOIN sizes AS b ON b.race_id = n.other
    JOIN firsts AS f ON f.race_id = n.one
    JOIN firsts AS g ON g.race_id = n.other
    WHERE s.shared >= 2 AND 2 * s.shared > least(a.runners, b.runners)
)
SELECT 'race' AS kind, CASE WHEN one_first THEN s.one ELSE s.other END AS kept,
    CASE WHEN one_first THEN s.other ELSE s.one END AS other,
    CASE WHEN s.one_unsaid AND NOT s.other_unsaid THEN s.other
        WHEN s.other_unsaid AND NOT s.one_unsaid THEN s.one
        WHEN one_first THEN s.one ELSE s.other END AS place,
    concat_ws(' ', k.course, k.date, k.off) || ' is ' || concat_ws(' ', o.course, o.date, o.off)
        AS conclusion,
    s.shared || ' of ' || fewest || ' horses are the same' AS evidence, s.shared
FROM same AS s
JOIN races AS k ON k.race_id = CASE WHEN one_first THEN s.one ELSE s.other END
JOIN races AS o ON o.race_id = CASE WHEN one_first THEN s.other ELSE s.one END
"""

_ONE_TO_ONE = """
CREATE OR REPLACE TEMP TABLE race_pairs AS
WITH ends AS (
    SELECT kept, other, shared, unnest([kept, other]) AS race_id FROM race_pairs
), best AS (
    SELECT kept, other FROM ends
    QUALIFY row_number() OVER (PARTITION BY race_id ORDER BY shared DESC, kept, other) = 1
), both_ends AS (
    SELECT kept, other FROM best GROUP BY kept, other HAVING count(*) = 2
)
SELECT p.* EXCLUDE (shared) FROM race_pairs AS p
JOIN both_ends AS b ON b.kept = p.kept AND b.other = p.other
"""

_COURSE_PAIRS = """
CREATE OR REPLACE TEMP TABLE course_pairs AS
SELECT 'course' AS kind, any_value(j.course_id) AS kept, j.unsaid AS other,
    any_value(u.name) || ' without a country is ' || any_value(c.name) || ' in '
        || any_value(c.country) AS conclusion,
    count(*) || ' races of it are there by their horses' AS evidence
FROM joined_courses AS j
JOIN courses AS u ON u.course_id = j.unsaid AND u.country IS NULL
JOIN courses AS c ON c.course_id = j.course_id AND c.country IS NOT NULL
WHERE NOT EXISTS (
    SELECT 1 FROM inferences AS i
    WHERE i.kind = 'course' AND i.other = j.unsaid AND (i.undone_by IS NOT NULL
        OR i.kept <> j.course_id))
GROUP BY j.unsaid
HAVING count(DISTINCT j.course_id) = 1
"""
