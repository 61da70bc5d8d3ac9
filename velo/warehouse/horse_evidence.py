"""What speaks for two horses of one name being one, and what against.

For: the same sire, dam or trainer, a race that both sources tell of, or a race against the same
horses. Against: another sire, dam or sex, runs on one day, two ids of one source.
"""

from __future__ import annotations

import duckdb

DAYS_APART = 365
"""Races further apart do not tell by their fields who ran in both."""

COMMON_SHARE = 0.03
FEW_HORSES = 50
"""A trainer of more of the warehouse's horses than this share, and than so many, tells nothing."""


def weigh(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `weighed` of `namesakes` (one, other).

    `agreed` lists the traits in which both agree, `against` those that part them; both may be
    empty. Makes `their_runs` on the way, which has every run of these horses.

    Args:
        con: an open warehouse.
    """
    con.execute(_RUNS)
    con.execute(_COMMON_TRAINERS, {"share": COMMON_SHARE, "few": FEW_HORSES})
    con.execute(_WEIGHED)


def find_shared_fields(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `shared_fields` (one, other, evidence) of `weighed` pairs.

    A run of one, and a run of the other within a year, both against more than half of the one's
    opponents: two of them, or the only one.

    Args:
        con: a connection with the tables of `weigh`.
    """
    con.execute(_SHARED_FIELDS, {"days": DAYS_APART})


def folded(column: str) -> str:
    """SQL of a parent's name without its suffix: `Abir GB` and `Abir (GB)` are one."""
    bare = f"regexp_replace(trim({column}), '\\s*\\(\\s*[A-Za-z]{{2,3}}\\s*\\)$|\\s+GB$', '')"
    return (
        f"nullif(regexp_replace(lower(strip_accents({bare})), '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"
    )


_TRAITS = f"""
{folded("r.sire")} AS sire, {folded("r.dam")} AS dam, CAST(r.trainer_id AS VARCHAR) AS trainer,
CASE WHEN lower(left(r.sex, 1)) IN ('f', 'm') THEN 'female'
    WHEN lower(left(r.sex, 1)) IN ('c', 'g', 'h', 'r') THEN 'male' END AS sex
"""

_RUNS = f"""
CREATE OR REPLACE TEMP TABLE their_runs AS
SELECT r.horse_id, r.race_id, races.date, r.age, {_TRAITS}
FROM runners AS r
JOIN races ON races.race_id = r.race_id
WHERE r.horse_id IN (SELECT one FROM namesakes UNION SELECT other FROM namesakes)
"""

_COMMON_TRAINERS = """
CREATE OR REPLACE TEMP TABLE common_trainers AS
SELECT CAST(trainer_id AS VARCHAR) AS trainer
FROM runners
WHERE CAST(trainer_id AS VARCHAR) IN (SELECT trainer FROM their_runs)
GROUP BY trainer_id
HAVING count(DISTINCT horse_id) > greatest($few, $share * (SELECT count(*) FROM horses))
"""

_WEIGHED = f"""
CREATE OR REPLACE TEMP TABLE weighed AS
WITH traits AS (
    SELECT DISTINCT horse_id, trait, text
    FROM (
        SELECT horse_id, sire, dam, trainer, sex FROM their_runs
        UNION ALL
        SELECT r.horse_id, {_TRAITS} FROM runner_tellings AS r
        WHERE r.horse_id IN (SELECT horse_id FROM their_runs)
    )
    UNPIVOT (text FOR trait IN (sire, dam, trainer, sex))
    WHERE trait <> 'trainer' OR text NOT IN (SELECT trainer FROM common_trainers)
), both_give AS (
    SELECT n.one, n.other, a.trait, bool_or(a.text = b.text) AS agrees
    FROM namesakes AS n
    JOIN traits AS a ON a.horse_id = n.one
    JOIN traits AS b ON b.horse_id = n.other AND b.trait = a.trait
    GROUP BY n.one, n.other, a.trait
), on_one_day AS (
    SELECT DISTINCT n.one, n.other
    FROM namesakes AS n
    JOIN their_runs AS a ON a.horse_id = n.one
    JOIN their_runs AS b ON b.horse_id = n.other AND b.date = a.date
), two_ids AS (
    SELECT DISTINCT n.one, n.other
    FROM namesakes AS n
    JOIN horse_ids AS a ON a.horse_id = n.one
    JOIN horse_ids AS b ON b.horse_id = n.other AND b.source = a.source AND b.id <> a.id
), findings AS (
    SELECT one, other, trait, agrees FROM both_give WHERE agrees OR trait <> 'trainer'
    UNION ALL SELECT one, other, 'day', false FROM on_one_day
    UNION ALL SELECT one, other, 'id', false FROM two_ids
)
SELECT n.*, coalesce(list(f.trait ORDER BY f.trait) FILTER (
        f.agrees AND f.trait <> 'sex'), []) AS agreed,
    coalesce(list(f.trait ORDER BY f.trait) FILTER (NOT f.agrees), []) AS against
FROM namesakes AS n
LEFT JOIN findings AS f ON f.one = n.one AND f.other = n.other
GROUP BY ALL
"""

_SHARED_FIELDS = """
CREATE OR REPLACE TEMP TABLE shared_fields AS
WITH opponents AS (
    SELECT t.horse_id, t.race_id, t.date, r.horse_id AS opponent,
        count(*) OVER (PARTITION BY t.horse_id, t.race_id) AS field
    FROM their_runs AS t
    JOIN runners AS r ON r.race_id = t.race_id AND r.horse_id <> t.horse_id
    WHERE t.horse_id IN (
        SELECT unnest([one, other]) FROM weighed WHERE len(agreed) = 0 AND len(against) = 0)
)
SELECT w.one, w.other, max(shared) || ' of the same opponents' AS evidence
FROM (
    SELECT w.one, w.other, a.race_id, b.race_id AS other_race, a.field, count(*) AS shared
    FROM weighed AS w
    JOIN opponents AS a ON a.horse_id = w.one
    JOIN opponents AS b ON b.horse_id = w.other AND b.opponent = a.opponent
        AND abs(b.date - a.date) <= $days
    WHERE len(w.agreed) = 0 AND len(w.against) = 0
    GROUP BY w.one, w.other, a.race_id, b.race_id, a.field
) AS w
WHERE 2 * shared > field AND (shared >= 2 OR field = 1)
GROUP BY w.one, w.other
"""
