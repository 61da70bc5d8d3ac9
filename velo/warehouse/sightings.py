"""Which horse a runner is: the source's own id, else name and foaling year.

A name is given again to another horse years later. Sightings under one name belong to one horse
while its foaling years chain within one year (southern ages change in July or August) and no
gap between its runs reaches three years (data/README.md, Oddities). Where two sources tell of a
horse and not both have ids, or each has its own, name and foaling year decide, if both know the
year.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.racing.identity import LONGEST_GAP_DAYS
from velo.racing.names import stable_id


def identify_horses(con: duckdb.DuckDBPyConnection) -> None:
    """Give every row of the temporary table `facts` its horse.

    Makes the temporary tables `sighted` (line, horse_id) and `seen_horses` (as `horses`).
    A horse keeps the key that it was first given.

    Args:
        con: a connection whose temporary table `facts` has line, date, name, country, known_as
            (source and id where the source has ids of its own, else name and country) and foaled. A
            runner without an age is taken for the youngest horse of its name in the file.
    """
    con.execute(_LIVES, {"gap": LONGEST_GAP_DAYS})
    con.execute(_MATCHED, {"gap": LONGEST_GAP_DAYS})
    fresh = con.execute(
        "SELECT life_id, known_as, foaled, first_seen, has_id FROM matched WHERE horse_id IS NULL"
    ).fetchall()
    keys = [
        stable_id("horse", known_as) if has_id else stable_id("horse", known_as, foaled, first)
        for _, known_as, foaled, first, has_id in fresh
    ]
    con.register(
        "fresh_keys",
        pa.table(
            {
                "life_id": pa.array([row[0] for row in fresh], pa.int64()),
                "horse_id": pa.array(keys, pa.int64()),
            }
        ),
    )
    con.execute(
        "UPDATE matched SET horse_id = fresh_keys.horse_id FROM fresh_keys "
        "WHERE matched.life_id = fresh_keys.life_id"
    )
    con.unregister("fresh_keys")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sighted AS "
        "SELECT f.line, m.horse_id FROM facts AS f "
        "JOIN lives AS l ON f.known_as = l.known_as AND f.date = l.date "
        "AND f.foaled IS NOT DISTINCT FROM l.said "
        "JOIN matched AS m ON m.known_as = l.known_as AND m.foal = l.foal AND m.life = l.life"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE seen_horses AS "
        "SELECT horse_id, any_value(name) AS name, any_value(country) AS country, "
        "any_value(known_as) AS known_as, min(foaled) AS foaled, "
        "min(first_seen) AS first_seen, max(last_seen) AS last_seen FROM matched GROUP BY horse_id"
    )
    con.execute("DROP TABLE lives; DROP TABLE matched")


_LIVES = """
CREATE OR REPLACE TEMP TABLE lives AS
WITH sightings AS (
    SELECT known_as, date, foaled AS said, any_value(name) AS name, any_value(country) AS country,
        bool_or(source_horse_id IS NOT NULL) AS has_id,
        coalesce(foaled, max(foaled) OVER (PARTITION BY known_as)) AS foaled
    FROM facts
    GROUP BY known_as, date, foaled
), foaling_years AS (
    SELECT known_as, foaled, sum(another) OVER (
        PARTITION BY known_as ORDER BY foaled ROWS UNBOUNDED PRECEDING
    ) AS foal
    FROM (
        SELECT known_as, foaled, CASE WHEN NOT bool_or(has_id) AND foaled - lag(foaled) OVER (
            PARTITION BY known_as ORDER BY foaled
        ) > 1 THEN 1 ELSE 0 END AS another
        FROM sightings
        GROUP BY known_as, foaled
    )
)
SELECT *, sum(reborn) OVER (
    PARTITION BY known_as, foal ORDER BY date ROWS UNBOUNDED PRECEDING
) AS life
FROM (
    SELECT s.*, f.foal, CASE WHEN NOT s.has_id AND s.date - lag(s.date) OVER (
        PARTITION BY s.known_as, f.foal ORDER BY s.date
    ) >= $gap THEN 1 ELSE 0 END AS reborn
    FROM sightings AS s
    JOIN foaling_years AS f
        ON s.known_as = f.known_as AND s.foaled IS NOT DISTINCT FROM f.foaled
)
"""

_MATCHED = """
CREATE OR REPLACE TEMP TABLE matched AS
WITH grouped AS (
    SELECT row_number() OVER () AS life_id, known_as, foal, life, bool_or(has_id) AS has_id,
        any_value(name) AS name, any_value(country) AS country, min(foaled) AS foaled,
        min(date) AS first_seen, max(date) AS last_seen
    FROM lives
    GROUP BY known_as, foal, life
), candidates AS (
    SELECT g.life_id, h.horse_id, h.first_seen, 0 AS by_name
    FROM grouped AS g
    JOIN horses AS h ON h.known_as = g.known_as
    WHERE g.has_id OR (
        coalesce(abs(h.foaled - g.foaled) <= 1, true)
        AND g.first_seen - h.last_seen < $gap AND h.first_seen - g.last_seen < $gap)
    UNION ALL
    SELECT g.life_id, h.horse_id, h.first_seen, 1 AS by_name
    FROM grouped AS g
    JOIN horses AS h ON h.name = g.name AND h.country = g.country
    WHERE h.known_as <> g.known_as AND abs(h.foaled - g.foaled) <= 1
        AND g.first_seen - h.last_seen < $gap AND h.first_seen - g.last_seen < $gap
        AND NOT (g.has_id AND starts_with(h.known_as, split_part(g.known_as, '#', 1) || '#'))
)
SELECT g.*, c.horse_id
FROM grouped AS g
LEFT JOIN candidates AS c USING (life_id)
QUALIFY row_number() OVER (
    PARTITION BY life_id ORDER BY c.by_name, abs(c.first_seen - g.first_seen), c.horse_id
) = 1
"""
