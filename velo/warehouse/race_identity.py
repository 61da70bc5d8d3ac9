"""Which race a row belongs to.

Within a file a race is its date, its course and its off, which is a moment where the clock shows it
twice, and its source's id (else its name) where one off has two of them; without an off, its number
on the card, its source's id or its name.

Across files the horses decide: sources disagree about offs, meetings run late and some files give
no off. All races that a file tells of a day and course are set against all that the warehouse has
of it, and each takes the one with which it shares most of its runners' names. A race of the same
off, number or id without a horse in common is the same race only where nothing speaks against it.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.racing.names import stable_id
from velo.warehouse.row_counts import is_empty


def identify_races(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Make the temporary table `race_keys` (date, course_id, race_mark, race_id) from `facts`.

    `facts.race_mark` becomes what tells the file's races of one day and course apart.

    Args:
        con: a connection whose temporary table `facts` has line, date, course_id, off, off_at,
            off_doubt, race_no, source_race_id, race_label, race_mark, ran, name and country.
        source: the reader's name, within which a source's ids are comparable.
    """
    con.execute(_MARKS)
    con.execute(
        "UPDATE facts SET race_mark = m.told_mark FROM marks AS m WHERE facts.date = m.date "
        "AND facts.course_id = m.course_id AND facts.race_mark = m.race_mark "
        "AND facts.source_race_id IS NOT DISTINCT FROM m.source_race_id "
        "AND facts.race_label IS NOT DISTINCT FROM m.race_label AND m.told_mark <> m.race_mark"
    )
    con.execute(_TOLD)
    if is_empty(con, _KNOWN_DAYS):
        con.execute("CREATE OR REPLACE TEMP TABLE assigned (tale BIGINT, race_id BIGINT)")
    else:
        con.execute(_ASSIGNED, {"source": source})
    _name_new_races(con, source)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE race_keys AS "
        "SELECT t.date, t.course_id, t.race_mark, coalesce(a.race_id, n.race_id) AS race_id "
        "FROM told_races AS t LEFT JOIN assigned AS a USING (tale) "
        "LEFT JOIN new_races AS n USING (tale)"
    )
    for table in ("marks", "told_races", "assigned", "new_races"):
        con.execute(f"DROP TABLE {table}")


def _name_new_races(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Lasting keys for races that are none of the warehouse's.

    The key of date, course and mark may be another race's that has since moved to another off:
    then the source, its id and a horse are in the key as well. A key that is an alias is the race
    that it stands for.
    """
    rows = con.execute(
        "SELECT tale, date, course_id, race_mark, source_race_id, a_horse FROM told_races "
        "WHERE tale NOT IN (SELECT tale FROM assigned)"
    ).fetchall()
    keys = {row[0]: stable_id("race", *row[1:4]) for row in rows}
    con.register(
        "fresh_keys",
        pa.table(
            {
                "tale": pa.array([row[0] for row in rows], pa.int64()),
                "race_id": pa.array(list(keys.values()), pa.int64()),
                "apart_id": pa.array(
                    [stable_id("race", *row[1:4], source, *row[4:]) for row in rows], pa.int64()
                ),
            }
        ),
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE new_races AS "
        "SELECT f.tale, coalesce(a.id, "
        "CASE WHEN r.race_id IS NULL THEN f.race_id ELSE f.apart_id END) AS race_id "
        "FROM fresh_keys AS f LEFT JOIN races AS r ON r.race_id = f.race_id "
        "LEFT JOIN aliases AS a ON a.kind = 'race' AND a.alias = f.race_id"
    )
    con.unregister("fresh_keys")


_MARKS = """
CREATE OR REPLACE TEMP TABLE marks AS
WITH said AS (
    SELECT DISTINCT date, course_id, off, race_mark, source_race_id, race_label FROM facts
), filled AS (
    SELECT *, CASE
        WHEN off IS NULL AND source_race_id IS NOT NULL AND count(DISTINCT off) OVER same_id = 1
        THEN max(off) OVER same_id
        ELSE race_mark END AS base
    FROM said
    WINDOW same_id AS (PARTITION BY date, course_id, source_race_id)
), counted AS (
    SELECT *, count(DISTINCT source_race_id) OVER same AS ids,
        count(DISTINCT race_label) OVER same AS labels
    FROM filled
    WINDOW same AS (PARTITION BY date, course_id, base)
)
SELECT date, course_id, race_mark, source_race_id, race_label, CASE
    WHEN ids > 1 THEN base || '@' || coalesce(source_race_id, '')
    WHEN labels > 1 AND (ids = 0 OR starts_with(base, '@'))
    THEN base || '|' || coalesce(CAST(race_label AS VARCHAR), '')
    ELSE base END AS told_mark
FROM counted
"""

_TOLD = """
CREATE OR REPLACE TEMP TABLE told_races AS
SELECT row_number() OVER (ORDER BY date, course_id, race_mark) AS tale, *
FROM (
    SELECT date, course_id, race_mark, min(off) AS off,
        min(off_at) FILTER (WHERE off_doubt = 0) AS certain_at, min(race_no) AS race_no,
        min(source_race_id) AS source_race_id, min(race_label) AS race_label, max(ran) AS ran,
        count(DISTINCT name) AS runners, min(name) AS a_horse
    FROM facts
    GROUP BY date, course_id, race_mark
)
"""

_KNOWN_DAYS = "told_races AS t JOIN races AS r ON r.date = t.date AND r.course_id = t.course_id"

# Two are one where the horses say so, or the card does and nothing speaks against it.
_ASSIGNED = f"""
CREATE OR REPLACE TEMP TABLE assigned AS
WITH met AS (
    SELECT t.tale, r.race_id, t.runners AS told_runners, t.ran AS told_ran, r.ran,
        coalesce(
            t.off = r.off AND NOT (r.off_doubt = 0 AND coalesce(t.certain_at <> r.off_at, false)),
            t.race_no = r.race_no,
            CASE WHEN r.source = $source THEN t.source_race_id = r.source_race_id END,
            t.race_label = md5_number_lower(lower(r.name)), false) AS same_card,
        coalesce(
            r.source = $source AND t.source_race_id <> r.source_race_id, false) AS other_id,
        coalesce(t.race_label <> md5_number_lower(lower(r.name)), false) AS other_name
    FROM {_KNOWN_DAYS}
), told_names AS (
    SELECT DISTINCT t.tale, f.name, f.country
    FROM told_races AS t
    JOIN facts AS f
        ON f.date = t.date AND f.course_id = t.course_id AND f.race_mark = t.race_mark
    WHERE t.tale IN (SELECT tale FROM met)
), known_names AS (
    SELECT DISTINCT runners.race_id, horses.name, coalesce(horses.country, '') AS country
    FROM runners
    JOIN horses ON horses.horse_id = runners.horse_id
    WHERE runners.race_id IN (SELECT race_id FROM met)
), shares AS (
    SELECT met.tale, met.race_id, count(DISTINCT t.name) AS shared
    FROM met
    JOIN told_names AS t ON t.tale = met.tale
    JOIN known_names AS k ON k.race_id = met.race_id AND k.name = t.name
        AND (k.country = t.country OR 'GB' IN (k.country, t.country)
            OR '' IN (k.country, t.country))
    GROUP BY met.tale, met.race_id
), sizes AS (
    SELECT race_id, count(DISTINCT name) AS known_runners FROM known_names GROUP BY race_id
), pairs AS (
    SELECT met.*, coalesce(shared, 0) AS shared, known_runners,
        told_runners + known_runners - coalesce(shared, 0) AS in_all
    FROM met
    LEFT JOIN shares USING (tale, race_id)
    JOIN sizes USING (race_id)
), same AS (
    SELECT * FROM pairs
    WHERE (2 * shared > least(told_runners, known_runners) AND (same_card OR shared >= 2))
        OR (same_card AND NOT other_id AND NOT (shared = 0 AND other_name)
            AND in_all <= coalesce(greatest(told_ran, ran), in_all))
)
SELECT tale, race_id
FROM same
QUALIFY row_number() OVER (PARTITION BY tale ORDER BY shared DESC, same_card DESC, race_id) = 1
    AND row_number() OVER (PARTITION BY race_id ORDER BY shared DESC, same_card DESC, tale) = 1
"""
