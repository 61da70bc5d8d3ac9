"""Which horses of the warehouse the lives of a file are: by race, by id, by name and years.

A runner of a race that the warehouse has, under the name of one of its runners there, is that
horse, and with it the horse's other runs in the file. Otherwise a horse is known again by its
source's id, or by name and foaling year. Where two sources tell of a horse and not both have ids,
or each has its own, name and foaling year decide, if both know the year; a horse that has another
id of the source is not asked. Of a card's horses the name is enough where a year is not known: it
is of today, and no two horses in training bear one name. Where lives and horses are not one to one,
`velo.racing.identity.settle` decides.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.racing.identity import LONGEST_GAP_DAYS, Claim, settle
from velo.warehouse.horse_evidence import folded
from velo.warehouse.row_counts import is_empty


def match_lives(con: duckdb.DuckDBPyConnection, card: bool) -> None:
    """Make the temporary tables `matched`, `claims` and `recognised`.

    `matched` is `lives` with horse_id, null where no horse of the warehouse fits; `claims` has
    every life with the horses that it may be, and with the first and last foaling year of each;
    `recognised` (line, horse_id) has the runners of races that the warehouse has.

    Args:
        con: a connection whose temporary tables are `facts`, `race_keys`, `lives` (life_id,
            known_as, life, own_id, source, name, country, foaled, latest_foaled, first_seen,
            last_seen) and `settled` (line, life_id).
        card: whether the file is one.
    """
    con.execute(_NO_STRANGERS if is_empty(con, _BARE) else _STRANGERS)
    con.execute(_NOBODY if is_empty(con, _KNOWN) else _RECOGNISED)
    con.execute(_CLAIMS, {"gap": LONGEST_GAP_DAYS, "card": card})
    _settle(con)


def _settle(con: duckdb.DuckDBPyConnection) -> None:
    """Make `matched`: the rule decides on lives and horses with more than one claim."""
    rows = con.execute(_CONTESTED).fetchall()
    chosen = settle(
        Claim(life, horse, certain, has_id, _span(*span), _span(*horse_span))
        for life, horse, certain, has_id, *years in rows
        for span, horse_span in [(years[:2], years[2:])]
    )
    con.register(
        "chosen",
        pa.table(
            {
                "life_id": pa.array(list(chosen), pa.int64()),
                "horse_id": pa.array(list(chosen.values()), pa.int64()),
            }
        ),
    )
    con.execute(_MATCHED)
    con.unregister("chosen")


def _span(first: int | None, last: int | None) -> tuple[int, int] | None:
    return None if first is None or last is None else (first, last)


_BARE = "lives AS l WHERE l.country = '' AND l.own_id IS NULL"
_KNOWN = "race_keys AS k WHERE k.race_id IN (SELECT race_id FROM races)"

_NO_STRANGERS = "CREATE OR REPLACE TEMP TABLE strangers (life_id BIGINT, horse_id BIGINT)"

# A bare name of another dam is another horse.
_STRANGERS = f"""
CREATE OR REPLACE TEMP TABLE strangers AS
WITH bare AS (
    SELECT l.life_id, h.horse_id, l.known_as
    FROM (SELECT * FROM {_BARE}) AS l
    JOIN horses AS h ON h.name = l.name AND h.country IS NULL
), dams AS (
    SELECT b.life_id, {folded("s.dam")} AS dam
    FROM (SELECT DISTINCT life_id, known_as FROM bare) AS b
    JOIN facts AS f ON f.known_as = b.known_as
    JOIN staging AS s ON s.line = f.line
    WHERE s.dam IS NOT NULL
), known AS (
    SELECT r.horse_id, {folded("r.dam")} AS dam
    FROM runners AS r
    WHERE r.dam IS NOT NULL AND r.horse_id IN (SELECT horse_id FROM bare)
)
SELECT b.life_id, b.horse_id
FROM bare AS b
JOIN dams AS d ON d.life_id = b.life_id
JOIN known AS k ON k.horse_id = b.horse_id
GROUP BY b.life_id, b.horse_id
HAVING NOT bool_or(k.dam = d.dam)
"""

_NOBODY = "CREATE OR REPLACE TEMP TABLE recognised (line BIGINT, horse_id BIGINT)"

# Two of one name in one race are told apart by their countries.
_RECOGNISED = f"""
CREATE OR REPLACE TEMP TABLE recognised AS
WITH known AS (
    SELECT k.* FROM {_KNOWN}
), pairs AS MATERIALIZED (
    SELECT f.line, r.race_id, r.horse_id, coalesce(h.country, '') = f.country AS same_country
    FROM facts AS f
    JOIN known
        ON known.date = f.date AND known.course_id = f.course_id AND known.race_mark = f.race_mark
    JOIN runners AS r ON r.race_id = known.race_id
    JOIN horses AS h ON h.horse_id = r.horse_id AND h.name = f.name
), crowded AS (
    SELECT line FROM pairs GROUP BY line HAVING count(*) > 1
    UNION
    SELECT line FROM pairs WHERE (race_id, horse_id) IN (
        SELECT (race_id, horse_id) FROM pairs GROUP BY race_id, horse_id HAVING count(*) > 1)
)
SELECT line, horse_id FROM pairs WHERE line NOT IN (SELECT line FROM crowded)
UNION ALL
SELECT line, horse_id
FROM pairs
WHERE line IN (SELECT line FROM crowded)
QUALIFY row_number() OVER (PARTITION BY line ORDER BY same_country DESC, horse_id) = 1
    AND row_number() OVER (PARTITION BY race_id, horse_id ORDER BY same_country DESC, line) = 1
"""

# `doubt`: 0 of one race or one id, 1 of the name that the horse is known by, 2 of its name.
_CLAIMS = """
CREATE OR REPLACE TEMP TABLE claims AS
WITH met AS (
    SELECT life_id, arg_max(horse_id, (runs, -horse_id)) AS horse_id
    FROM (
        SELECT s.life_id, r.horse_id, count(*) AS runs
        FROM recognised AS r
        JOIN settled AS s ON s.line = r.line
        GROUP BY s.life_id, r.horse_id
    )
    GROUP BY life_id
), certain AS (
    SELECT life_id, horse_id FROM met
    UNION ALL
    SELECT l.life_id, i.horse_id
    FROM lives AS l
    JOIN horse_ids AS i ON i.source = l.source AND i.id = l.own_id
    WHERE l.life_id NOT IN (SELECT life_id FROM met)
), alike AS (
    SELECT life_id, horse_id, 0 AS doubt FROM certain
    UNION ALL
    SELECT l.life_id, h.horse_id, CASE WHEN h.known_as = l.known_as THEN 1 ELSE 2 END
    FROM lives AS l
    JOIN horses AS h ON h.name = l.name AND coalesce(h.country, '') = l.country
    WHERE l.life_id NOT IN (SELECT life_id FROM certain)
        AND (h.known_as = l.known_as OR $card OR (h.foaled IS NOT NULL AND l.foaled IS NOT NULL))
        AND NOT EXISTS (
            SELECT 1 FROM horse_ids AS i WHERE i.horse_id = h.horse_id AND i.source = l.source)
        AND (l.life_id, h.horse_id) NOT IN (SELECT (life_id, horse_id) FROM strangers)
), pairs AS (
    SELECT l.*, h.horse_id, a.doubt, h.foaled AS horse_foaled, h.last_seen AS horse_last,
        greatest(0, l.first_seen - h.last_seen, h.first_seen - l.last_seen) AS gap
    FROM alike AS a
    JOIN lives AS l ON l.life_id = a.life_id
    JOIN horses AS h ON h.horse_id = a.horse_id
), younger AS (
    SELECT DISTINCT p.horse_id
    FROM pairs AS p
    JOIN runners AS r ON r.horse_id = p.horse_id
    JOIN races ON races.race_id = r.race_id
    WHERE p.foaled = p.horse_foaled - 1 AND year(races.date) - r.age = p.horse_foaled + 1
), fitting AS (
    SELECT p.*, p.horse_foaled + (y.horse_id IS NOT NULL)::INTEGER AS horse_latest
    FROM pairs AS p
    LEFT JOIN younger AS y ON y.horse_id = p.horse_id
    WHERE p.doubt = 0 OR (p.gap < $gap AND coalesce(
        greatest(p.latest_foaled, horse_latest) - least(p.foaled, p.horse_foaled) <= 1, true))
)
SELECT *, count(*) OVER (PARTITION BY life_id) > 1 OR count(*) OVER (PARTITION BY horse_id) > 1
    AS contested
FROM fitting
"""

_CONTESTED = """
SELECT life_id, horse_id, doubt = 0, own_id IS NOT NULL, foaled, latest_foaled, horse_foaled,
    horse_latest
FROM claims
WHERE contested
ORDER BY doubt, gap, horse_last DESC, horse_id, first_seen, known_as, life
"""

_MATCHED = """
CREATE OR REPLACE TEMP TABLE matched AS
WITH given AS (
    SELECT life_id, horse_id FROM claims WHERE NOT contested
    UNION ALL
    SELECT life_id, horse_id FROM chosen
)
SELECT l.*, g.horse_id
FROM lives AS l
LEFT JOIN given AS g ON g.life_id = l.life_id
"""
