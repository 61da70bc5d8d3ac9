"""Which horse a runner is: who ran in that race, else the source's own id, else name and years.

`velo.racing.identity` has the rule. Names whose runners in a file can only be one horse's (foaling
years within one of each other, no gap of three years) are settled in SQL; for the few others the
rule itself decides, sighting by sighting. What a file puts together so is a life;
`velo.warehouse.known_horses` finds the lives that are horses of the warehouse.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa

from velo.racing.identity import LONGEST_GAP_DAYS, OLDEST_AGE, Sighting, identities
from velo.racing.names import stable_id
from velo.warehouse.card_ids import adopt_ids
from velo.warehouse.known_horses import match_lives


def identify_horses(con: duckdb.DuckDBPyConnection, card: bool = False) -> None:
    """Give every row of the temporary table `facts` its horse.

    Makes the temporary tables `sighted` (line, horse_id), `seen_horses` (as `horses`) and
    `seen_ids` (source, id, horse_id). A horse keeps the key that it was first given. In `facts` an
    id that is none, or is written as 7.0 for 7, is mended, and so is a foaling year out of reason.

    Args:
        con: a connection whose temporary table `facts` has line, date, course_id, race_mark, name,
            country, known_as (source and id where the source has ids of its own, else name and
            country), foaled and source_horse_id, and whose temporary table `race_keys` has the
            races of `facts`. A runner without an age is taken for the horse of its name that was
            seen last.
        card: whether the file is one: its ids are its results' source's, and a name without an
            age is enough to know a horse again by.
    """
    con.execute(_WHOLE_IDS)
    con.execute(_NO_IDS)
    if card:
        adopt_ids(con)
    con.execute(_NO_YEARS, {"oldest": OLDEST_AGE})
    con.execute(_NAMES)
    con.execute(_DOUBTFUL, {"gap": LONGEST_GAP_DAYS})
    _tell_apart(con)
    con.execute(_LIVES)
    con.execute(_SETTLED)
    match_lives(con, card)
    _name_new_horses(con)
    con.execute(_SIGHTED)
    con.execute(_SEEN_HORSES)
    con.execute(_SEEN_IDS)
    for table in (
        "names",
        "doubtful",
        "told_apart",
        "lives",
        "settled",
        "recognised",
        "claims",
        "matched",
    ):
        con.execute(f"DROP TABLE {table}")


def _tell_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Make `told_apart` (known_as, date, foaled, of, life): the rule on doubtful names' runs."""
    rows = con.execute(
        "SELECT DISTINCT f.name, f.country, f.known_as, f.date, f.foaled, f.source_horse_id "
        "FROM facts AS f JOIN doubtful AS d ON d.name = f.name AND d.country = f.country "
        "ORDER BY ALL"
    ).fetchall()
    answers = [
        answer for _, runs in groupby(rows, lambda r: r[:2]) for answer in _lives(list(runs))
    ]
    _table(
        con,
        "told_apart",
        {
            "known_as": pa.array([row[0] for row in answers], pa.string()),
            "date": pa.array([row[1] for row in answers], pa.date32()),
            "foaled": pa.array([row[2] for row in answers], pa.int32()),
            "of": pa.array([row[3] for row in answers], pa.string()),
            "life": pa.array([row[4] for row in answers], pa.int32()),
        },
    )


def _lives(runs: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, dt.date, int | None, str, int]]:
    """Each run without an id, the `known_as` of the horse it belongs to, and which of that name.

    A run without an id that goes with runs that have one is that id's.
    """
    sightings = [
        Sighting(name, country, date, foaled, "file" if own_id else None, own_id)
        for name, country, _, date, foaled, own_id in runs
    ]
    numbers = identities(sightings)
    with_id = {
        number: run[2] for number, run in zip(numbers, runs, strict=True) if run[5] is not None
    }
    for number, (_, _, known_as, date, foaled, own_id) in zip(numbers, runs, strict=True):
        if own_id is None:
            whose = with_id.get(number)
            yield known_as, date, foaled, whose or known_as, 0 if whose else number


def _name_new_horses(con: duckdb.DuckDBPyConnection) -> None:
    """Keys for the lives that no horse of the warehouse fits."""
    fresh = con.execute(
        "SELECT life_id, known_as, foaled, first_seen, own_id IS NOT NULL FROM matched "
        "WHERE horse_id IS NULL"
    ).fetchall()
    named = {
        life: ("horse", known_as) if has_id else ("horse", known_as, foaled, first)
        for life, known_as, foaled, first, has_id in fresh
    }
    new = {life: stable_id(*parts) for life, parts in named.items()}
    _new_horses(con, new)
    taken = con.execute(_TAKEN).fetchall()
    if taken:  # another horse of that name, foaling year and first day has the key
        new |= {life: stable_id(*named[life], batches) for life, batches in taken}
        _new_horses(con, new)
    con.execute(
        "UPDATE matched SET horse_id = new_horses.horse_id FROM new_horses "
        "WHERE matched.life_id = new_horses.life_id"
    )
    con.execute("DROP TABLE new_horses")


def _new_horses(con: duckdb.DuckDBPyConnection, new: Mapping[int, int]) -> None:
    _table(
        con,
        "new_horses",
        {
            "life_id": pa.array(list(new), pa.int64()),
            "horse_id": pa.array(list(new.values()), pa.int64()),
        },
    )


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, pa.Array]) -> None:
    con.register("given", pa.table(columns))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
    con.unregister("given")


_WHOLE_IDS = r"""
UPDATE facts SET source_horse_id = split_part(source_horse_id, '.', 1),
    known_as = regexp_replace(known_as, '\.0+$', '')
WHERE regexp_full_match(source_horse_id, '\d+\.0+')
"""

# A horse may be renamed, but not within a day.
_NO_IDS = """
UPDATE facts SET source_horse_id = NULL, known_as = name || '|' || country
WHERE TRY_CAST(source_horse_id AS DOUBLE) <= 0 OR source_horse_id IN (
    SELECT source_horse_id FROM facts
    WHERE source_horse_id IN (
        SELECT source_horse_id FROM facts
        WHERE source_horse_id IS NOT NULL
        GROUP BY source_horse_id
        HAVING min(name) <> max(name))
    GROUP BY source_horse_id, date
    HAVING min(name) <> max(name))
"""

_NO_YEARS = """
UPDATE facts SET foaled = NULL WHERE year(date) - foaled NOT BETWEEN 1 AND $oldest
"""

_NAMES = """
CREATE OR REPLACE TEMP TABLE names AS
SELECT known_as, any_value(source_horse_id) AS own_id,
    arg_max(name, date) AS name, arg_max(country, date) AS country,
    min(foaled) AS foaled, max(foaled) AS latest_foaled,
    min(date) AS first_seen, max(date) AS last_seen,
    bit_count(bit_or(1::UBIGINT << (year(date) % 64))) AS seasons
FROM facts
GROUP BY known_as
"""

# A gap of three years has a calendar year without a run in it: only such names need their dates.
_DOUBTFUL = """
CREATE OR REPLACE TEMP TABLE doubtful AS
WITH idle AS (
    SELECT known_as FROM names
    WHERE own_id IS NULL AND year(last_seen) - year(first_seen) >= seasons
        AND last_seen - first_seen >= $gap
)
SELECT DISTINCT name, country FROM names
WHERE own_id IS NULL AND (
    latest_foaled - foaled > 1
    OR known_as IN (
        SELECT known_as FROM (
            SELECT f.known_as, f.date - lag(f.date) OVER (
                PARTITION BY f.known_as ORDER BY f.date) AS gap
            FROM facts AS f
            WHERE f.known_as IN (SELECT known_as FROM idle)
        ) WHERE gap >= $gap
    )
    OR (name, country) IN (
        SELECT DISTINCT (f.name, f.country) FROM facts AS f WHERE f.source_horse_id IS NOT NULL
    )
)
"""

_LIVES = """
CREATE OR REPLACE TEMP TABLE lives AS
WITH parts AS (
    SELECT known_as, 0 AS life, foaled, latest_foaled, first_seen, last_seen
    FROM names
    WHERE known_as NOT IN (SELECT known_as FROM told_apart)
    UNION ALL
    SELECT of, life, foaled, foaled, date, date FROM told_apart
)
SELECT row_number() OVER () AS life_id, p.known_as, p.life, any_value(n.own_id) AS own_id,
    CASE WHEN any_value(n.own_id) IS NOT NULL THEN split_part(p.known_as, '#', 1) END AS source,
    any_value(n.name) AS name, any_value(n.country) AS country, min(p.foaled) AS foaled,
    max(p.latest_foaled) AS latest_foaled, min(p.first_seen) AS first_seen,
    max(p.last_seen) AS last_seen
FROM parts AS p
JOIN names AS n ON n.known_as = p.known_as
GROUP BY p.known_as, p.life
"""

_SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
SELECT f.line, l.life_id
FROM facts AS f
JOIN lives AS l ON l.known_as = f.known_as
WHERE f.known_as NOT IN (SELECT known_as FROM told_apart)
UNION ALL
SELECT f.line, l.life_id
FROM facts AS f
JOIN told_apart AS t
    ON t.known_as = f.known_as AND t.date = f.date AND t.foaled IS NOT DISTINCT FROM f.foaled
JOIN lives AS l ON l.known_as = t.of AND l.life = t.life
"""

_TAKEN = """
SELECT n.life_id, (SELECT count(*) FROM import_batches) AS batches
FROM new_horses AS n
WHERE n.horse_id IN (SELECT horse_id FROM horses)
    OR n.horse_id IN (SELECT alias FROM aliases WHERE kind = 'horse')
ORDER BY n.life_id
"""

_SIGHTED = """
CREATE OR REPLACE TEMP TABLE sighted AS
SELECT s.line, coalesce(r.horse_id, m.horse_id) AS horse_id
FROM settled AS s
JOIN matched AS m ON m.life_id = s.life_id
LEFT JOIN recognised AS r ON r.line = s.line
"""

# A wrong age in a race that the horse is known to have run in does not make it older.
_SEEN_HORSES = """
CREATE OR REPLACE TEMP TABLE seen_horses AS
SELECT m.horse_id, coalesce(any_value(h.name), arg_max(m.name, m.last_seen)) AS name,
    coalesce(any_value(h.country), arg_max(m.country, m.last_seen)) AS country,
    coalesce(any_value(h.known_as), arg_min(m.known_as, (m.first_seen, m.known_as))) AS known_as,
    min(m.foaled) FILTER (WHERE c.horse_foaled IS NULL
        OR greatest(m.latest_foaled, c.horse_latest) - least(m.foaled, c.horse_foaled) <= 1)
        AS foaled,
    min(m.first_seen) AS first_seen, max(m.last_seen) AS last_seen
FROM matched AS m
LEFT JOIN claims AS c ON c.life_id = m.life_id AND c.horse_id = m.horse_id
LEFT JOIN horses AS h ON h.horse_id = m.horse_id
GROUP BY m.horse_id
"""

_SEEN_IDS = """
CREATE OR REPLACE TEMP TABLE seen_ids AS
SELECT source, own_id AS id, horse_id FROM matched WHERE own_id IS NOT NULL
"""
