"""What speaks for two horses of one name being one, and what against.

For: the same sire, dam or trainer, a race that both sources tell of, or a race against the same
horses. Against: another sire, dam or sex, runs on one day, two ids of one source; and where no dam
is known to be the same, runs for a trainer of its own between those of the other.
"""

from __future__ import annotations

import duckdb

DAYS_APART = 365
"""Races further apart do not tell by their fields who ran in both."""

COMMON_SHARE = 0.006
FEW_HORSES = 40
"""A trainer of more of the warehouse's horses than this share, and than so many, is common: one who
trained both horses in two runs of each tells something, in one run nothing."""


def weigh(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `weighed` of `namesakes` (one, other).

    `agreed` lists the traits in which both agree, `against` those that part them; both may be
    empty. Makes `their_runs` on the way, which has every run of these horses.

    Args:
        con: an open warehouse.
    """
    con.execute(_RUNS)
    con.execute(_COMMON_TRAINERS, {"share": COMMON_SHARE, "few": FEW_HORSES})
    for step in (_TRAITS, _OWN_TRAITS, _OWN_DAYS, _WEIGHED):
        con.execute(step)


def find_shared_fields(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `shared_fields` (one, other, evidence) of `weighed` pairs.

    A run of one, and a run of the other within a year, both against more than half of the one's
    opponents: two of them, or the only one.

    Args:
        con: a connection with the tables of `weigh`.
    """
    con.execute(_OPPONENTS)
    con.execute(_OWN_OPPONENTS)
    con.execute(_SHARED_FIELDS, {"days": DAYS_APART})


def folded(column: str) -> str:
    """SQL of a parent's name without its suffix: `Abir GB` and `Abir (GB)` are one."""
    bare = f"regexp_replace(trim({column}), '\\s*\\(\\s*[A-Za-z]{{2,3}}\\s*\\)$|\\s+GB$', '')"
    return (
        f"nullif(regexp_replace(lower(strip_accents({bare})), '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"
    )


_TRAITS_OF_A_RUN = f"""
{folded("r.sire")} AS sire, {folded("r.dam")} AS dam, CAST(r.trainer_id AS VARCHAR) AS trainer,
CASE WHEN lower(left(r.sex, 1)) IN ('f', 'm') THEN 'female'
    WHEN lower(left(r.sex, 1)) IN ('c', 'g', 'h', 'r') THEN 'male' END AS sex
"""

_RUNS = f"""
CREATE OR REPLACE TEMP TABLE their_runs AS
SELECT r.horse_id, r.race_id, races.date, r.age, {_TRAITS_OF_A_RUN}
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

_TRAITS = f"""
CREATE OR REPLACE TEMP TABLE traits AS
SELECT horse_id, trait, text
FROM (
    SELECT horse_id, race_id, sire, dam, trainer, sex FROM their_runs
    UNION ALL
    SELECT r.horse_id, r.race_id, {_TRAITS_OF_A_RUN} FROM runner_tellings AS r
    WHERE r.horse_id IN (SELECT horse_id FROM their_runs)
)
UNPIVOT (text FOR trait IN (sire, dam, trainer, sex))
GROUP BY horse_id, trait, text
HAVING trait <> 'trainer' OR count(DISTINCT race_id) > 1
    OR text NOT IN (SELECT trainer FROM common_trainers)
"""

# One step at a time: joined in one go, all horses with a sire would be set against each other.
_OWN_TRAITS = """
CREATE OR REPLACE TEMP TABLE own_traits AS
SELECT n.one, n.other, t.trait, t.text
FROM namesakes AS n
JOIN traits AS t ON t.horse_id = n.one
"""

_OWN_DAYS = """
CREATE OR REPLACE TEMP TABLE own_days AS
SELECT DISTINCT n.one, n.other, t.date
FROM namesakes AS n
JOIN their_runs AS t ON t.horse_id = n.one
"""

_WEIGHED = """
CREATE OR REPLACE TEMP TABLE weighed AS
WITH both_give AS (
    SELECT o.one, o.other, o.trait, bool_or(o.text = t.text) AS agrees
    FROM own_traits AS o
    JOIN traits AS t ON t.horse_id = o.other AND t.trait = o.trait
    GROUP BY o.one, o.other, o.trait
), on_one_day AS (
    SELECT DISTINCT o.one, o.other
    FROM own_days AS o
    JOIN their_runs AS t ON t.horse_id = o.other AND t.date = o.date
), two_ids AS (
    SELECT DISTINCT n.one, n.other
    FROM namesakes AS n
    JOIN horse_ids AS a ON a.horse_id = n.one
    JOIN horse_ids AS b ON b.horse_id = n.other AND b.source = a.source AND b.id <> a.id
), ran_around AS (
    SELECT o.one, o.other, min(t.date) AS first, max(t.date) AS last
    FROM (SELECT DISTINCT one, other FROM own_days) AS o
    JOIN their_runs AS t ON t.horse_id = o.other
    GROUP BY o.one, o.other
), in_turns AS (
    SELECT DISTINCT n.one, n.other
    FROM ran_around AS n
    JOIN their_runs AS t ON t.horse_id = n.one AND t.date > n.first AND t.date < n.last
    WHERE t.trainer IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM their_runs AS o WHERE o.horse_id = n.other AND o.trainer = t.trainer)
        AND (n.one, n.other) NOT IN (
            SELECT (one, other) FROM both_give WHERE trait = 'dam' AND agrees)
), findings AS (
    SELECT one, other, trait, agrees FROM both_give WHERE agrees OR trait <> 'trainer'
    UNION ALL SELECT one, other, 'day', false FROM on_one_day
    UNION ALL SELECT one, other, 'id', false FROM two_ids
    UNION ALL SELECT one, other, 'turns', false FROM in_turns
)
SELECT n.*, coalesce(list(f.trait ORDER BY f.trait) FILTER (
        f.agrees AND f.trait <> 'sex'), []) AS agreed,
    coalesce(list(f.trait ORDER BY f.trait) FILTER (NOT f.agrees), []) AS against
FROM namesakes AS n
LEFT JOIN findings AS f ON f.one = n.one AND f.other = n.other
GROUP BY ALL
"""

_OPPONENTS = """
CREATE OR REPLACE TEMP TABLE opponents AS
SELECT t.horse_id, t.race_id, t.date, r.horse_id AS opponent,
    count(*) OVER (PARTITION BY t.horse_id, t.race_id) AS field
FROM their_runs AS t
JOIN runners AS r ON r.race_id = t.race_id AND r.horse_id <> t.horse_id
WHERE t.horse_id IN (
    SELECT unnest([one, other]) FROM weighed WHERE len(agreed) = 0 AND len(against) = 0)
"""

_OWN_OPPONENTS = """
CREATE OR REPLACE TEMP TABLE own_opponents AS
SELECT w.one, w.other, o.race_id, o.date, o.opponent, o.field
FROM weighed AS w
JOIN opponents AS o ON o.horse_id = w.one
WHERE len(w.agreed) = 0 AND len(w.against) = 0
"""

_SHARED_FIELDS = """
CREATE OR REPLACE TEMP TABLE shared_fields AS
SELECT one, other, max(shared) || ' of the same opponents' AS evidence
FROM (
    SELECT o.one, o.other, o.field, count(*) AS shared
    FROM own_opponents AS o
    JOIN opponents AS b ON b.horse_id = o.other AND b.opponent = o.opponent
        AND abs(b.date - o.date) <= $days
    GROUP BY o.one, o.other, o.race_id, b.race_id, o.field
)
WHERE 2 * shared > field AND (shared >= 2 OR field = 1)
GROUP BY one, other
"""
