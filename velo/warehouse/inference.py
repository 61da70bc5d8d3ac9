"""Joining what is one: races, courses and horses that evidence shows to stand twice.

An import looks at what it brought; `velo.warehouse.doubles` looks at the whole warehouse. Nothing
is joined by a name alone, save a card's horse, and every conclusion is written down.
"""

from __future__ import annotations

import duckdb

from velo.racing.courses import SHARED_NAMES
from velo.racing.identity import OLDEST_AGE
from velo.warehouse.earlier_rows import keep_earlier
from velo.warehouse.horse_doubles import (
    find_age_slips,
    find_bare_doubles,
    find_runner_doubles,
    list_doubts,
)
from velo.warehouse.horse_joins import join_horses
from velo.warehouse.inferences import record
from velo.warehouse.race_doubles import find_course_doubles, find_race_doubles
from velo.warehouse.race_joins import join_races, move_places
from velo.warehouse.readers import READERS
from velo.warehouse.row_counts import is_empty, rows_written

PASSES = 5
"""A join may make the next one plain; more rounds than this have not been seen to find any."""


def infer(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Join what a batch has brought with what it doubles.

    Args:
        con: a connection in a transaction, just after the batch was merged: `judged` has its rows
            and `known_courses` those of its courses that a conclusion placed.
        batch_id: the batch.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE scope_races AS "
        "SELECT DISTINCT race_id FROM judged WHERE outcome <> 'unchanged'"
    )
    drop_ages(con, batch_id)
    _note_known_courses(con, batch_id)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bare_horses AS "
        "SELECT horse_id FROM horses WHERE country IS NULL"
    )
    join(con, batch_id, stored=False)


def join(con: duckdb.DuckDBPyConnection, batch_id: int, stored: bool) -> None:
    """Join what the temporary tables `scope_races` and `bare_horses` bound.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that does it.
        stored: whether races of one course are compared too.
    """
    name_cards(con)
    con.execute("CREATE OR REPLACE TEMP TABLE joined_courses (unsaid BIGINT, course_id BIGINT)")
    for _ in range(PASSES):
        if not find_race_doubles(con, stored):
            break
        if find_runner_doubles(con):
            _forget_suffixes(con, batch_id)
            join_horses(con, batch_id)
        con.execute(_JOINED_COURSES, {"shared": sorted(SHARED_NAMES)})
        join_races(con, batch_id)
    _move_courses(con, batch_id)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE scope_horses AS SELECT DISTINCT horse_id FROM runners "
        "WHERE race_id IN (SELECT race_id FROM scope_races) OR batch_id = $batch",
        {"batch": batch_id},
    )
    _join_horses(con, batch_id)


def _join_horses(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    if not is_empty(con, "bare_horses"):
        by_fields = False
        for _ in range(PASSES):
            if find_bare_doubles(con, by_fields):
                _forget_suffixes(con, batch_id)
                join_horses(con, batch_id)
                _drop_joined(con)
            elif by_fields:
                break
            else:
                by_fields = True
        list_doubts(con, batch_id)
    for _ in range(PASSES):
        if not find_age_slips(con):
            break
        join_horses(con, batch_id)


def _forget_suffixes(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """The country that an earlier version gave to a bare name is none."""
    bare = (
        "country IS NOT NULL AND horse_id IN (SELECT horse_id FROM bare_horses) "
        "AND horse_id IN (SELECT unnest([kept, other]) FROM horse_pairs)"
    )
    keep_earlier(con, "horses", bare, batch_id)
    con.execute(f"UPDATE horses SET country = NULL WHERE {bare}")


def _drop_joined(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "DELETE FROM bare_horses WHERE horse_id NOT IN (SELECT horse_id FROM horses) "
        "OR horse_id IN (SELECT kept FROM horse_pairs)"
    )


def _move_courses(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Move the other races of a course without a country to where evidence places it."""
    if not find_course_doubles(con):
        return
    record(con, batch_id, "course_pairs")
    con.execute(_PLACES)
    con.execute(_COURSE_ROWS, {"batch": batch_id})
    move_places(con, batch_id)


def _note_known_courses(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Put the races that a course placed earlier took in under the conclusion that placed it."""
    if is_empty(con, "known_courses"):
        return
    con.execute(_KNOWN_COURSE_ROWS, {"batch": batch_id})


def name_cards(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `card_sources` (source)."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE card_sources AS SELECT unnest($cards) AS source",
        {"cards": [reader.name for reader in READERS if reader.role == "card"]},
    )


def drop_ages(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """An age that no racehorse has is no age."""
    if rows_written(con, _AGES, {"oldest": OLDEST_AGE}):
        record(con, batch_id, "ages")
        con.execute(
            "INSERT INTO inference_rows SELECT inference_id, race_id, kept, $batch FROM ages",
            {"batch": batch_id},
        )
        keep_earlier(
            con,
            "runners",
            f"batch_id <> {int(batch_id)} "
            "AND (race_id, horse_id) IN (SELECT (race_id, kept) FROM ages)",
            batch_id,
        )
        con.execute(
            "UPDATE runners SET age = NULL, batch_id = $batch FROM ages AS a "
            "WHERE runners.race_id = a.race_id AND runners.horse_id = a.kept",
            {"batch": batch_id},
        )
    con.execute("DROP TABLE ages")


_AGES = """
CREATE OR REPLACE TEMP TABLE ages AS
SELECT 'age' AS kind, horse_id AS kept, CAST(NULL AS BIGINT) AS other,
    horse || ': age ' || age || ' is left out' AS conclusion,
    'no horse races below 1 or above ' || $oldest AS evidence, race_id
FROM runners
WHERE age NOT BETWEEN 1 AND $oldest AND race_id IN (SELECT race_id FROM scope_races)
"""

_JOINED_COURSES = """
INSERT INTO joined_courses
SELECT o.course_id, k.course_id
FROM race_pairs AS p
JOIN races AS k ON k.race_id = p.place
JOIN races AS o ON o.race_id = CASE WHEN p.place = p.kept THEN p.other ELSE p.kept END
JOIN courses AS c ON c.course_id = o.course_id AND c.country IS NULL
WHERE k.course_id <> o.course_id AND c.name NOT IN (SELECT unnest($shared))
"""

_PLACES = """
CREATE OR REPLACE TEMP TABLE places AS
SELECT r.race_id, r.course, c.course_id, c.country AS region, r.off_at, r.off_zone, r.off_doubt,
    p.inference_id
FROM course_pairs AS p
JOIN courses AS c ON c.course_id = p.kept
JOIN races AS r ON r.course_id = p.other
"""

_COURSE_ROWS = """
INSERT INTO inference_rows
SELECT p.inference_id, r.race_id, r.horse_id, $batch
FROM places AS p
JOIN runners AS r ON r.race_id = p.race_id
"""

_KNOWN_COURSE_ROWS = """
INSERT INTO inference_rows
SELECT DISTINCT i.inference_id, r.race_id, r.horse_id, $batch
FROM known_courses AS k
JOIN inferences AS i ON i.kind = 'course' AND i.other = k.unsaid AND i.kept = k.course_id
    AND i.undone_by IS NULL
JOIN races ON races.course_id = k.course_id AND races.batch_id = $batch
JOIN runners AS r ON r.race_id = races.race_id
WHERE NOT EXISTS (
    SELECT 1 FROM inference_rows AS known WHERE known.inference_id = i.inference_id
        AND known.race_id = r.race_id AND known.horse_id = r.horse_id)
"""
