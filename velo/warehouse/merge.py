"""Interpreted rows into the tables: new ones in, changed ones over, the rest left alone."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows."""

    accepted: int
    updated: int
    unchanged: int
    quarantined: int


def merge(con: duckdb.DuckDBPyConnection, batch_id: int, source: str, prices: list[str]) -> Counts:
    """Merge the temporary tables `parsed`, `sighted`, `seen_horses` and `race_keys`.

    A row that repeats a runner within the file is refused (`duplicate-runner`). A runner that is
    known with the same content is unchanged and nothing of it is written. A row without a
    position or a price leaves the earlier position or price as it was.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that the rows are marked with.
        source: the reader's name.
        prices: the kinds of price that the reader gives.
    """
    contents = ", ".join(
        f"CAST({column} AS VARCHAR)" for column in (*_CONTENT, *(f"price_{k}" for k in prices))
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE arrivals AS
        SELECT p.*, sighted.horse_id, race_keys.race_id,
            md5_number_lower(concat_ws('\x1f', {contents})) AS content,
            row_number() OVER (
                PARTITION BY race_keys.race_id, sighted.horse_id ORDER BY p.line) AS copy
        FROM parsed AS p
        JOIN sighted USING (line)
        JOIN race_keys USING (date, course_id, race_mark)
    """)
    con.execute("INSERT INTO refused SELECT line, 'duplicate-runner' FROM arrivals WHERE copy > 1")
    con.execute("DELETE FROM arrivals WHERE copy > 1")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE judged AS
        SELECT a.*, CASE
            WHEN r.horse_id IS NULL THEN 'accepted'
            WHEN r.content = a.content THEN 'unchanged'
            ELSE 'updated' END AS outcome
        FROM arrivals AS a
        LEFT JOIN runners AS r USING (race_id, horse_id)
    """)
    con.execute("DROP TABLE arrivals")
    con.execute("CREATE OR REPLACE TEMP TABLE moved AS "
                "SELECT * FROM judged WHERE outcome <> 'unchanged'")  # fmt: skip
    con.execute("INSERT OR REPLACE INTO horses SELECT s.horse_id, s.name, s.country, s.known_as, "
                "coalesce(h.foaled, s.foaled), least(h.first_seen, s.first_seen), "
                "greatest(h.last_seen, s.last_seen) "
                "FROM seen_horses AS s LEFT JOIN horses AS h USING (horse_id)")  # fmt: skip
    con.execute(_RACES, {"source": source, "batch": batch_id})
    con.execute(_RUNNERS, {"batch": batch_id})
    con.execute(_RESULTS, {"batch": batch_id})
    for kind in prices:
        con.execute(
            f"INSERT OR REPLACE INTO prices_history SELECT race_id, horse_id, '{kind}', "
            f"price_{kind}, $batch FROM moved WHERE price_{kind} IS NOT NULL",
            {"batch": batch_id},
        )
    con.execute(_QUARANTINE, {"batch": batch_id})
    counted = dict(con.execute("SELECT outcome, count(*) FROM judged GROUP BY outcome").fetchall())
    (refused,) = con.execute("SELECT count(*) FROM quarantine WHERE batch_id = ?", [batch_id]).fetchall()[0]
    return Counts(
        counted.get("accepted", 0), counted.get("updated", 0), counted.get("unchanged", 0), refused
    )


_CONTENT = (
    "position", "status", "region", "race_name", "race_type", "class", "pattern", "rating_band",
    "distance_m", "surface", "going", "ran", "number", "draw", "age", "sex", "pounds", "headgear",
    "jockey", "trainer", "owner", "official_rating", "rpr", "ts", "seconds", "beaten", "prize",
    "race_prize", "sire", "dam", "damsire", "comment",
)  # fmt: skip

_RACES = """
INSERT OR REPLACE INTO races
SELECT race_id, $source, min_by(source_race_id, line), any_value(date), min_by(region, line),
    min_by(course, line), any_value(course_id), min_by(off, line), min_by(race_no, line),
    min_by(race_name, line), min_by(race_type, line), min_by(surface, line), min_by("class", line),
    min_by(pattern, line), min_by(rating_band, line), min_by(declared_level, line),
    min_by(distance_m, line), min_by(distance_band, line), min_by(going, line),
    min_by(going_group, line), max(coalesce(race_prize, prize)), max(ran), $batch
FROM judged
WHERE race_id IN (SELECT race_id FROM moved)
GROUP BY race_id
"""

_RUNNERS = """
INSERT OR REPLACE INTO runners
SELECT race_id, horse_id, number, draw, horse, age, sex, pounds, official_rating, headgear,
    jockey, jockey_id, trainer, trainer_id, owner, sire, dam, damsire, content, $batch
FROM moved
"""

_RESULTS = """
INSERT OR REPLACE INTO results
SELECT race_id, horse_id, position, finish, status, seconds, beaten, rpr, ts, prize, comment,
    $batch
FROM moved
WHERE status <> 'unknown'
"""

_QUARANTINE = """
INSERT INTO quarantine
SELECT $batch, r.line, r.reason, NULL, CAST(to_json(s) AS VARCHAR)
FROM refused AS r
JOIN staging AS s USING (line)
UNION ALL
SELECT $batch, line, 'malformed-line', detail, raw FROM malformed
"""
