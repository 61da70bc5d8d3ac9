"""What a file leaves unsaid: the country of its courses and the suffix of its horses.

Some formats write no country at all. A bare name in such a file does not mean Britain: the country
of its horses is left open (the empty text in `facts`, null in `horses`), and so is that of its
courses (null in `courses`). `velo.warehouse.inference` then looks for evidence.
"""

from __future__ import annotations

import duckdb

from velo.warehouse.horse_evidence import folded
from velo.warehouse.readers import Reader
from velo.warehouse.row_counts import is_empty, rows_written

MANY = 20
"""Horses of a file that cannot all be of British breeding: a suffix was left out."""


def leave_unsaid(con: duckdb.DuckDBPyConnection, reader: Reader) -> None:
    """Blank the countries in the temporary table `facts` that the file does not state.

    Makes the temporary tables `unsaid_courses` (course_id) and `known_courses` (unsaid, course_id,
    country). The latter are the courses of a file without countries that earlier evidence put into
    one country: they take that country's course.

    Args:
        con: a connection with the temporary tables `staging`, `facts`, `rule_horse` and
            `rule_course`.
        reader: the format's; `omits` says what its files may leave out.
    """
    _leave_suffixes(con, reader)
    con.execute(_NO_COURSES)
    if "country" in reader.omits and is_empty(con, "rule_course WHERE country IS NOT NULL"):
        con.execute(
            "INSERT INTO unsaid_courses SELECT DISTINCT course_id FROM rule_course "
            "WHERE course_id IS NOT NULL"
        )
        _take_known_courses(con)


def _leave_suffixes(con: duckdb.DuckDBPyConnection, reader: Reader) -> None:
    if not (
        is_empty(con, "rule_horse WHERE country IS NOT NULL")
        and is_empty(con, "staging WHERE nullif(trim(bred), '') IS NOT NULL")
    ):
        return
    (names,) = con.execute("SELECT count(DISTINCT name) FROM rule_horse").fetchall()[0]
    if "suffix" in reader.omits or names >= MANY:
        con.execute(
            "UPDATE facts SET country = '', known_as = CASE WHEN source_horse_id IS NULL "
            "THEN name || '|' ELSE known_as END"
        )
        con.execute(_BY_THEIR_DAMS)
        con.execute(_BY_THEIR_TRAINERS)


def _take_known_courses(con: duckdb.DuckDBPyConnection) -> None:
    """A course that evidence put into one country alone is that country's course."""
    if not rows_written(con, _KNOWN_COURSES):
        return
    con.execute(
        "UPDATE facts SET course_id = k.course_id, region = coalesce(k.country, region) "
        "FROM known_courses AS k WHERE facts.course_id = k.unsaid"
    )
    con.execute(
        "UPDATE rule_course SET course_id = k.course_id FROM known_courses AS k "
        "WHERE rule_course.course_id = k.unsaid"
    )
    con.execute("DELETE FROM unsaid_courses WHERE course_id IN (SELECT unsaid FROM known_courses)")


_NO_COURSES = """
CREATE OR REPLACE TEMP TABLE unsaid_courses (course_id BIGINT);
CREATE OR REPLACE TEMP TABLE known_courses (unsaid BIGINT, course_id BIGINT, country VARCHAR)
"""

# Two of one bare name are told apart by their dams.
_BY_THEIR_DAMS = f"""
UPDATE facts SET known_as = facts.name || '|~' || d.dam
FROM (
    SELECT s.line, {folded("s.dam")} AS dam, f.name
    FROM staging AS s
    JOIN facts AS f ON f.line = s.line
    WHERE f.source_horse_id IS NULL
    QUALIFY min(dam) OVER (PARTITION BY f.name) <> max(dam) OVER (PARTITION BY f.name)
) AS d
WHERE facts.line = d.line AND d.dam IS NOT NULL
"""

# Two of one bare name that run in turns, each for its trainer, where no dam tells them apart. A
# horse that came back to a trainer is parted too, and joined again by what it did elsewhere.
_BY_THEIR_TRAINERS = """
UPDATE facts SET known_as = facts.known_as || '~' || facts.trainer_id
FROM (
    SELECT known_as
    FROM (
        SELECT known_as, trainer_id, trainer_id <> lag(trainer_id) OVER (
            PARTITION BY known_as ORDER BY date, line) AS another
        FROM facts
        WHERE source_horse_id IS NULL AND trainer_id IS NOT NULL AND NOT contains(known_as, '~')
    )
    GROUP BY known_as
    HAVING count(*) FILTER (another) >= count(DISTINCT trainer_id)
) AS turns
WHERE facts.known_as = turns.known_as AND facts.trainer_id IS NOT NULL
    AND facts.line NOT IN (SELECT line FROM staging WHERE nullif(trim(dam), '') IS NOT NULL)
"""

_KNOWN_COURSES = """
INSERT INTO known_courses
SELECT i.other AS unsaid, any_value(i.kept) AS course_id, any_value(c.country) AS country
FROM inferences AS i
JOIN courses AS c ON c.course_id = i.kept
JOIN courses AS u ON u.course_id = i.other AND u.country IS NULL
WHERE i.kind = 'course' AND i.undone_by IS NULL
    AND i.other IN (SELECT course_id FROM unsaid_courses)
GROUP BY i.other
HAVING count(DISTINCT i.kept) = 1
"""
