"""Interpreted rows into the tables: new ones in, changed ones over, the rest left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from velo.warehouse.facts import text


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows."""

    accepted: int
    updated: int
    unchanged: int
    quarantined: int


def merge(
    con: duckdb.DuckDBPyConnection, batch_id: int, source: str, prices: Sequence[str]
) -> Counts:
    """Merge the temporary tables `facts`, `sighted`, `seen_horses` and `race_keys`.

    A row that repeats a runner within the file is refused (`duplicate-runner`). A runner that is
    known with the same content is unchanged and nothing of it is written. A row without a
    position or a price leaves the earlier position or price as it was.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that the rows are marked with.
        source: the reader's name.
        prices: the kinds of price that the reader gives.
    """
    con.execute(_JUDGED)
    con.execute("INSERT INTO refused SELECT line, 'duplicate-runner' FROM judged WHERE copy > 1")
    con.execute("DELETE FROM judged WHERE copy > 1")
    counted = dict(con.execute("SELECT outcome, count(*) FROM judged GROUP BY outcome").fetchall())
    _replace(con, "horses", ("horse_id",), _HORSES, {})
    tables: list[tuple[str, tuple[str, ...], str]] = [
        ("runners", _RUNNER, _RUNNERS),
        ("results", _RUNNER, _RESULTS),
    ]
    tables += [("prices_history", (*_RUNNER, "kind"), _PRICES.format(kind=kind)) for kind in prices]
    for table, keys, rows in tables:
        values = {"batch": batch_id, "outcome": "updated"}
        if "updated" in counted:
            _replace(con, table, keys, rows, values)
        con.execute(f"INSERT INTO {table} {rows}", {**values, "outcome": "accepted"})
    _replace(con, "races", ("race_id",), _RACES, {"source": source, "batch": batch_id})
    con.execute(_QUARANTINE, {"batch": batch_id})
    (refused,) = con.execute(
        "SELECT count(*) FROM quarantine WHERE batch_id = ?", [batch_id]
    ).fetchall()[0]
    return Counts(
        counted.get("accepted", 0), counted.get("updated", 0), counted.get("unchanged", 0), refused
    )


def _replace(
    con: duckdb.DuckDBPyConnection,
    table: str,
    keys: Sequence[str],
    rows: str,
    values: Mapping[str, object],
) -> None:
    """Write rows over those of the same keys.

    By a delete and an insert: `INSERT OR REPLACE` of DuckDB 2.0 takes time with the square of the
    rows it replaces (200,000 runners: four minutes against ten seconds).
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE replacing AS {rows}", values)
    same = " AND ".join(f"{table}.{key} = replacing.{key}" for key in keys)
    con.execute(f"DELETE FROM {table} USING replacing WHERE {same}")
    con.execute(f"INSERT INTO {table} SELECT * FROM replacing")


_RUNNER = ("race_id", "horse_id")

_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
SELECT keyed.*, CASE
    WHEN r.horse_id IS NULL THEN 'accepted'
    WHEN r.content = keyed.content THEN 'unchanged'
    ELSE 'updated' END AS outcome
FROM (
    SELECT facts.line, race_keys.race_id, sighted.horse_id, facts.content, row_number() OVER (
        PARTITION BY race_keys.race_id, sighted.horse_id ORDER BY facts.line) AS copy
    FROM facts
    JOIN sighted USING (line)
    JOIN race_keys USING (date, course_id, race_mark)
) AS keyed
LEFT JOIN runners AS r USING (race_id, horse_id)
"""

_HORSES = """
SELECT s.horse_id, s.name, s.country, coalesce(h.known_as, s.known_as) AS known_as,
    coalesce(h.foaled, s.foaled) AS foaled,
    least(h.first_seen, s.first_seen) AS first_seen, greatest(h.last_seen, s.last_seen) AS last_seen
FROM seen_horses AS s
LEFT JOIN horses AS h ON h.horse_id = s.horse_id
WHERE h.horse_id IS NULL OR s.first_seen < h.first_seen OR s.last_seen > h.last_seen
    OR (h.foaled IS NULL AND s.foaled IS NOT NULL)
"""

_RUNNERS = f"""
SELECT j.race_id, j.horse_id, f.number, f.draw, {text("horse")}, f.age, {text("sex")}, f.pounds,
    f.official_rating, {text("headgear")}, {text("jockey")}, f.jockey_id, {text("trainer")},
    f.trainer_id, {text("owner")}, {text("sire")}, {text("dam")}, {text("damsire")}, j.content,
    $batch
FROM staging AS s
JOIN facts AS f USING (line)
JOIN judged AS j USING (line)
WHERE j.outcome = $outcome
"""

_RESULTS = f"""
SELECT j.race_id, j.horse_id, {text("position")}, f.finish, f.status, f.seconds, f.beaten, f.rpr,
    f.ts, f.prize, {text("comment")}, $batch
FROM staging AS s
JOIN facts AS f USING (line)
JOIN judged AS j USING (line)
WHERE j.outcome = $outcome AND f.status <> 'unknown'
"""

_PRICES = """
SELECT j.race_id, j.horse_id, '{kind}' AS kind, f.price_{kind}, $batch
FROM facts AS f
JOIN judged AS j USING (line)
WHERE j.outcome = $outcome AND f.price_{kind} IS NOT NULL
"""

# A file may correct one runner of a race: what the others won is in `results` already.
_RACES = f"""
WITH moved AS (
    SELECT DISTINCT race_id FROM judged WHERE outcome <> 'unchanged'
), won AS (
    SELECT race_id, max(prize_won) AS prize
    FROM results
    WHERE race_id IN (SELECT race_id FROM moved)
    GROUP BY race_id
), told AS (
    SELECT j.race_id, min_by(f.source_race_id, line) AS source_race_id, any_value(f.date) AS date,
        min_by(f.region, line) AS region, min_by({text("course")}, line) AS course,
        any_value(f.course_id) AS course_id, min_by(f.off, line) AS off,
        min_by(f.race_no, line) AS race_no, min_by({text("race_name")}, line) AS name,
        min_by({text("race_type")}, line) AS race_type, min_by(f.surface, line) AS surface,
        min_by({text("class")}, line) AS class, min_by({text("pattern")}, line) AS pattern,
        min_by({text("rating_band")}, line) AS rating_band,
        min_by(f.declared_level, line) AS declared_level,
        min_by(f.distance_m, line) AS distance_m, min_by(f.distance_band, line) AS distance_band,
        min_by({text("going")}, line) AS going, min_by(f.going_group, line) AS going_group,
        max(f.race_prize) AS race_prize, max(f.prize) AS prize, max(f.ran) AS ran
    FROM staging AS s
    JOIN facts AS f USING (line)
    JOIN judged AS j USING (line)
    WHERE j.race_id IN (SELECT race_id FROM moved)
    GROUP BY j.race_id
)
SELECT race_id, $source, source_race_id, date, region, course, course_id, off, race_no, name,
    race_type, surface, class, pattern, rating_band, declared_level, distance_m, distance_band,
    going, going_group, coalesce(race_prize, won.prize, told.prize), ran, $batch
FROM told
LEFT JOIN won USING (race_id)
"""

_QUARANTINE = """
INSERT INTO quarantine
SELECT $batch, r.line, r.reason, NULL, CAST(to_json(s) AS VARCHAR)
FROM refused AS r
JOIN staging AS s USING (line)
UNION ALL
SELECT $batch, line, 'malformed-line', detail, raw FROM malformed
"""
