"""Horses that stand twice: a bare name beside one with a suffix, and a career split by an age.

A bare name is a known horse only if there is one candidate of that name whose foaling year does
not contradict, if nothing speaks against it, and if something speaks for it. On a card the one
live horse of the name is enough. A run whose age contradicts is the horse's that ran before and
after it, or that has the same sire and dam.
"""

from __future__ import annotations

import duckdb

from velo.racing.identity import LONGEST_GAP_DAYS
from velo.warehouse.horse_evidence import find_shared_fields, weigh
from velo.warehouse.inferences import record
from velo.warehouse.kept_apart import drop_kept_apart


def find_bare_doubles(con: duckdb.DuckDBPyConnection, by_fields: bool) -> int:
    """Make the temporary table `horse_pairs` of bare names that are known horses.

    Args:
        con: an open warehouse with the temporary tables `scope_horses` (horse_id), of which one at
            least is in every pair, and `bare_horses` (horse_id).
        by_fields: whether a race against the same horses counts: its horses must be joined first.

    Returns:
        How many pairs there are.
    """
    con.execute(_NAMESAKES, {"gap": LONGEST_GAP_DAYS})
    if not _count(con, "namesakes"):
        con.execute("CREATE OR REPLACE TEMP TABLE horse_pairs AS SELECT 0 LIMIT 0")
        return 0
    weigh(con)
    if by_fields:
        find_shared_fields(con)
    else:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE shared_fields "
            "(one BIGINT, other BIGINT, evidence VARCHAR)"
        )
    con.execute(_JUDGED)
    con.execute(_BARE_PAIRS)
    _one_pair_a_horse(con)
    drop_kept_apart(con, "horse", "horse_pairs")
    return _count(con, "horse_pairs")


def list_doubts(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Write down the bare names that stay apart from their namesakes, each once.

    Args:
        con: a connection in which `find_bare_doubles` has found no more pairs.
        batch_id: the batch that leads to them.
    """
    if not _count(con, "namesakes"):
        return
    con.execute(_DOUBTS)
    drop_kept_apart(con, "horse", "doubts")
    con.execute(
        "DELETE FROM doubts AS d USING inferences AS i WHERE i.undone_by IS NULL "
        "AND i.kind = d.kind AND i.other = d.other AND i.kept IS NOT DISTINCT FROM d.kept"
    )
    record(con, batch_id, "doubts")
    con.execute("DROP TABLE doubts")


def find_runner_doubles(con: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table `horse_pairs` of horses that `race_pairs` show to be one.

    Both ran under one name in races that are one. Where they have also run on one day in other
    races, or a name is there twice, they are left as they are.
    """
    con.execute(_RUNNER_PAIRS)
    _one_pair_a_horse(con)
    drop_kept_apart(con, "horse", "horse_pairs")
    return _count(con, "horse_pairs")


def find_age_slips(con: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table `horse_pairs` of careers that one wrong age has split.

    Args:
        con: an open warehouse with the temporary table `scope_horses`.
    """
    con.execute(_SPLIT, {"gap": LONGEST_GAP_DAYS})
    if not _count(con, "namesakes"):
        return 0
    weigh(con)
    con.execute(_SLIPS, {"gap": LONGEST_GAP_DAYS})
    _one_pair_a_horse(con)
    drop_kept_apart(con, "horse", "horse_pairs")
    return _count(con, "horse_pairs")


def _one_pair_a_horse(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(_ONE_PAIR)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


# The id that came first is kept.
FIRSTS = """
    SELECT horse_id, min(batch_id) AS batch_id
    FROM (SELECT horse_id, batch_id FROM runners UNION ALL
        SELECT horse_id, batch_id FROM earlier_runners)
    WHERE horse_id IN (SELECT horse_id FROM {horses})
    GROUP BY horse_id
"""

_NAMESAKES = """
CREATE OR REPLACE TEMP TABLE namesakes AS
WITH touched AS (
    SELECT DISTINCT name FROM horses WHERE horse_id IN (SELECT horse_id FROM scope_horses)
)
SELECT b.horse_id AS one, s.horse_id AS other, b.name
FROM bare_horses AS bare
JOIN horses AS b ON b.horse_id = bare.horse_id
JOIN touched AS t ON t.name = b.name
JOIN horses AS s ON s.name = b.name
WHERE s.horse_id NOT IN (SELECT horse_id FROM bare_horses)
    AND greatest(0, b.first_seen - s.last_seen, s.first_seen - b.last_seen) < $gap
    AND coalesce(abs(b.foaled - s.foaled) <= 1, true)
"""

_JUDGED = """
CREATE OR REPLACE TEMP TABLE candidates AS
WITH declared AS (
    SELECT r.horse_id FROM runners AS r
    WHERE r.horse_id IN (SELECT one FROM namesakes)
    GROUP BY r.horse_id
    HAVING bool_and(r.source IN (SELECT source FROM card_sources))
        AND count(*) FILTER ((r.race_id, r.horse_id) IN (
            SELECT (race_id, horse_id) FROM results)) = 0
)
SELECT w.*, f.evidence AS fields, w.one IN (SELECT horse_id FROM declared) AS on_card,
    count(*) FILTER (len(w.against) = 0) OVER (PARTITION BY w.one) AS possible
FROM weighed AS w
LEFT JOIN shared_fields AS f ON f.one = w.one AND f.other = w.other
"""

_BARE_PAIRS = f"""
CREATE OR REPLACE TEMP TABLE horse_pairs AS
WITH both_ends AS (SELECT unnest([one, other]) AS horse_id FROM candidates),
firsts AS ({FIRSTS.format(horses="both_ends")}), joined AS (
    SELECT c.*, (a.batch_id, 1) < (b.batch_id, 0) AS one_first
    FROM candidates AS c
    JOIN firsts AS a ON a.horse_id = c.one
    JOIN firsts AS b ON b.horse_id = c.other
    WHERE possible = 1 AND len(against) = 0
        AND (len(agreed) > 0 OR fields IS NOT NULL OR on_card)
)
SELECT CASE WHEN on_card AND len(agreed) = 0 THEN 'card-horse' ELSE 'horse' END AS kind,
    CASE WHEN one_first THEN one ELSE other END AS kept,
    CASE WHEN one_first THEN other ELSE one END AS other,
    b.name || ' without a suffix is ' || s.name || ' (' || s.country || ')' AS conclusion,
    CASE WHEN len(agreed) > 0 THEN 'the same ' || array_to_string(agreed, ', ')
        WHEN fields IS NOT NULL THEN fields ELSE 'the one live horse of the name' END AS evidence,
    least(b.foaled, s.foaled) AS foaled, len(agreed) AS weight
FROM joined AS j
JOIN horses AS b ON b.horse_id = j.one
JOIN horses AS s ON s.horse_id = j.other
"""

_RUNNER_PAIRS = f"""
CREATE OR REPLACE TEMP TABLE horse_pairs AS
WITH same AS (
    SELECT DISTINCT k.horse_id AS one, o.horse_id AS other
    FROM race_pairs AS p
    JOIN runners AS k ON k.race_id = p.kept
    JOIN horses AS a ON a.horse_id = k.horse_id
    JOIN runners AS o ON o.race_id = p.other AND o.horse_id <> k.horse_id
    JOIN horses AS b ON b.horse_id = o.horse_id AND b.name = a.name
), their AS (
    SELECT r.horse_id, r.race_id, races.date
    FROM runners AS r
    JOIN races ON races.race_id = r.race_id
    WHERE r.horse_id IN (SELECT one FROM same UNION SELECT other FROM same)
), clash AS (
    SELECT DISTINCT s.one, s.other
    FROM same AS s
    JOIN their AS a ON a.horse_id = s.one
    JOIN their AS b ON b.horse_id = s.other AND b.date = a.date
    WHERE (a.race_id, b.race_id) NOT IN (SELECT (kept, other) FROM race_pairs)
        AND (b.race_id, a.race_id) NOT IN (SELECT (kept, other) FROM race_pairs)
), firsts AS ({FIRSTS.format(horses="their")})
SELECT 'horse' AS kind,
    CASE WHEN f.batch_id <= g.batch_id THEN s.one ELSE s.other END AS kept,
    CASE WHEN f.batch_id <= g.batch_id THEN s.other ELSE s.one END AS other,
    a.name || coalesce(' (' || a.country || ')', '') || ' and ' || b.name
        || coalesce(' (' || b.country || ')', ' without a suffix') || ' are one horse'
        AS conclusion,
    'both are one runner of one race' AS evidence, least(a.foaled, b.foaled) AS foaled,
    0 AS weight
FROM same AS s
JOIN firsts AS f ON f.horse_id = s.one
JOIN firsts AS g ON g.horse_id = s.other
JOIN horses AS a ON a.horse_id = s.one
JOIN horses AS b ON b.horse_id = s.other
WHERE (s.one, s.other) NOT IN (SELECT (one, other) FROM clash)
"""

_ONE_PAIR = """
CREATE OR REPLACE TEMP TABLE horse_pairs AS
WITH ends AS (
    SELECT kept, other, weight, unnest([kept, other]) AS horse_id FROM horse_pairs
), best AS (
    SELECT kept, other FROM ends
    QUALIFY row_number() OVER (PARTITION BY horse_id ORDER BY weight DESC, kept, other) = 1
), both_ends AS (
    SELECT kept, other FROM best GROUP BY kept, other HAVING count(*) = 2
)
SELECT p.* EXCLUDE (weight) FROM horse_pairs AS p
JOIN both_ends AS b ON b.kept = p.kept AND b.other = p.other
"""

_DOUBTS = """
CREATE OR REPLACE TEMP TABLE doubts AS
SELECT CASE WHEN bool_or(c.on_card) THEN 'card-horse-apart' ELSE 'horse-apart' END AS kind,
    CASE WHEN count(*) = 1 THEN min(c.other) END AS kept, c.one AS other,
    any_value(b.name) || ' without a suffix is not taken for ' || string_agg(
        s.name || ' (' || s.country || ', foaled ' || coalesce(CAST(s.foaled AS VARCHAR), '?')
        || ')', ' or ' ORDER BY s.country, s.horse_id) AS conclusion,
    CASE WHEN max(c.possible) > 1 THEN max(c.possible) || ' horses of the name are possible'
        WHEN max(c.possible) = 0 THEN 'against it: ' || array_to_string(
            list_sort(list_distinct(flatten(list(c.against)))), ', ')
        WHEN max(len(c.agreed)) > 0 THEN 'another of the name fits as well'
        ELSE 'only name and years agree' END AS evidence
FROM candidates AS c
JOIN horses AS b ON b.horse_id = c.one
JOIN horses AS s ON s.horse_id = c.other
GROUP BY c.one
"""

# Two of one name and suffix whose ages part them.
_SPLIT = """
CREATE OR REPLACE TEMP TABLE namesakes AS
SELECT a.horse_id AS one, b.horse_id AS other, a.name
FROM horses AS a
JOIN horses AS b ON b.name = a.name AND b.country IS NOT DISTINCT FROM a.country
    AND b.horse_id <> a.horse_id
WHERE abs(a.foaled - b.foaled) > 1
    AND greatest(0, a.first_seen - b.last_seen, b.first_seen - a.last_seen) < $gap
    AND (a.horse_id IN (SELECT horse_id FROM scope_horses)
        OR b.horse_id IN (SELECT horse_id FROM scope_horses))
"""

# `one` is the horse, `other` has the run with the wrong age.
_SLIPS = f"""
CREATE OR REPLACE TEMP TABLE horse_pairs AS
WITH aged AS (
    SELECT horse_id, count(age) AS runs, min(date) FILTER (age IS NOT NULL) AS day
    FROM their_runs GROUP BY horse_id
), around AS (
    SELECT w.one, w.other,
        bool_or(t.date < b.day AND b.day - t.date < $gap) AS ran_before,
        bool_or(t.date > b.day AND t.date - b.day < $gap) AS ran_after
    FROM weighed AS w
    JOIN aged AS b ON b.horse_id = w.other
    JOIN their_runs AS t ON t.horse_id = w.one AND t.age IS NOT NULL
    GROUP BY w.one, w.other
), slips AS (
    SELECT w.*, r.ran_before AND r.ran_after AS between_runs
    FROM weighed AS w
    JOIN around AS r ON r.one = w.one AND r.other = w.other
    JOIN aged AS a ON a.horse_id = w.one
    JOIN aged AS b ON b.horse_id = w.other
    WHERE b.runs = 1 AND len(w.against) = 0
        AND a.runs > 1
        AND ((r.ran_before AND r.ran_after)
            OR (list_contains(w.agreed, 'sire') AND list_contains(w.agreed, 'dam')))
), firsts AS ({FIRSTS.format(horses="their_runs")})
SELECT 'age-slip' AS kind,
    CASE WHEN f.batch_id <= g.batch_id THEN s.one ELSE s.other END AS kept,
    CASE WHEN f.batch_id <= g.batch_id THEN s.other ELSE s.one END AS other,
    x.name || ' foaled ' || y.foaled || ' is ' || x.name || ' foaled ' || x.foaled AS conclusion,
    CASE WHEN between_runs THEN 'its one run lies between the others'
        ELSE 'the same sire and dam' END AS evidence,
    x.foaled, len(s.agreed) AS weight
FROM slips AS s
JOIN firsts AS f ON f.horse_id = s.one
JOIN firsts AS g ON g.horse_id = s.other
JOIN horses AS x ON x.horse_id = s.one
JOIN horses AS y ON y.horse_id = s.other
"""
