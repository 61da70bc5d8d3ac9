"""Price files: odds of runners that other files tell of.

A row's runner is the horse of that name which ran on that day, at a course that the file's name for
it abbreviates, in a race whose off is near. The file's time is tried as British and as the
course's, for the exchange writes either; its day may then be a day off the results'. Rows whose
runner is not known wait in `waiting_prices`, and move to `prices_history` when a file of results or
a card brings it.
"""

from __future__ import annotations

import duckdb

from velo.racing.racing_day import First
from velo.sql_text import literal
from velo.warehouse.earlier_rows import keep_earlier, replace_rows
from velo.warehouse.facts import price_column, text
from velo.warehouse.interpretation import build_lookups, joins
from velo.warehouse.merge import Counts
from velo.warehouse.priced_runners import find_runners
from velo.warehouse.readers import Reader

PRICE_KEYS = ("race_id", "horse_id", "source", "kind", "nth")
_RULES = ("day", "written_off", "course", "horse")


def attach(
    con: duckdb.DuckDBPyConnection, batch_id: int, reader: Reader, first: First = "day"
) -> Counts:
    """Give the prices of the temporary table `staging` to their runners.

    A row all of whose prices are known is unchanged; a row whose runner had no price from this
    source is accepted, and any other updated. Prices that others replace are kept as earlier ones.
    `unmatched` counts the file's rows whose runner is not known; they are accepted (or updated, or
    unchanged) as waiting rows.

    Args:
        con: a connection in a transaction, with the temporary tables `staging` and `malformed`.
        batch_id: the batch that the rows are marked with.
        reader: the format's, whose role is prices.
        first: how the file writes dates in numbers.
    """
    _drop_own_waiting(con, batch_id)
    _read(con, batch_id, reader, first)
    find_runners(con, "price_rows")
    con.execute(
        "UPDATE price_rows SET reason = 'duplicate-runner' WHERE line IN ("
        "SELECT line FROM found_runners WHERE copy > 1)"
    )
    con.execute(_PRICED, {"source": reader.name})
    con.execute(_WAITING, {"source": reader.name})
    outcomes = dict(con.execute(_OUTCOMES).fetchall())
    con.execute(_FRESH_PRICES)
    replace_rows(con, "prices_history", PRICE_KEYS, "fresh", batch_id)
    con.execute(
        "INSERT INTO repeated_races SELECT DISTINCT $batch, race_id FROM priced "
        "WHERE earlier IS NOT NULL",
        {"batch": batch_id},
    )
    keep_earlier(
        con,
        "waiting_prices",
        "(source, date, course, coalesce(off, ''), name, kind) IN ("
        "SELECT (source, date, course, coalesce(off, ''), name, kind) FROM waiting "
        "WHERE earlier <> decimal_odds)",
        batch_id,
    )
    for statement in _KEEP_WAITING:
        con.execute(statement)
    (unmatched,) = con.execute("SELECT count(DISTINCT line) FROM waiting").fetchall()[0]
    con.execute(_QUARANTINE, {"batch": batch_id})
    (refused,) = con.execute(
        "SELECT (SELECT count(*) FROM price_rows WHERE reason IS NOT NULL) "
        "+ (SELECT count(*) FROM malformed)"
    ).fetchall()[0]
    for table in ("price_rows", "quotes", "found_runners", "priced", "waiting", "fresh"):
        con.execute(f"DROP TABLE {table}")
    return Counts(
        outcomes.get("accepted", 0),
        outcomes.get("updated", 0),
        outcomes.get("unchanged", 0),
        refused,
        unmatched,
    )


def _drop_own_waiting(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """What an earlier reading of the file left waiting, perhaps under a name misread, is gone."""
    own = "batch_id IN (SELECT batch_id FROM own_batches)"
    keep_earlier(con, "waiting_prices", own, batch_id)
    con.execute(f"DELETE FROM waiting_prices WHERE {own}")


def _read(con: duckdb.DuckDBPyConnection, batch_id: int, reader: Reader, first: First) -> None:
    """Make `price_rows`, one row a line with the reason it is refused for, and `quotes`."""
    columns = [price_column(kind) for kind in reader.prices]
    rules = build_lookups(con, columns, first)
    quotes = " UNION ALL ".join(
        f"SELECT s.line, {literal(kind)} AS kind, o.decimal_odds FROM staging AS s "
        f"JOIN rule_odds AS o ON s.{column} = o.k0 WHERE o.decimal_odds > 1"
        for kind, column in zip(reader.prices, columns, strict=True)
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE quotes AS {quotes}")
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE price_rows AS
        WITH read AS (
            SELECT CAST($batch AS INTEGER) AS batch_id, s.line, rule_day.date,
                {text("course")} AS course, rule_course.course_id, rule_written_off.off,
                {text("horse")} AS horse, nullif(rule_horse.name, '') AS name, rule_horse.country,
                CASE
                    WHEN rule_day.date IS NULL THEN 'date-unreadable'
                    WHEN rule_course.course_id IS NULL THEN 'course-missing'
                    WHEN coalesce(rule_horse.name, '') = '' THEN 'horse-missing'
                    WHEN regexp_matches(lower(s.race_name), '{_PLACE_MARKET}') THEN 'place-market'
                    WHEN s.line NOT IN (SELECT line FROM quotes) THEN 'price-missing'
                END AS reason
            FROM staging AS s
            {joins({name: rules[name] for name in _RULES})}
        )
        SELECT * REPLACE (CASE
            WHEN reason IS NULL AND row_number() OVER (
                PARTITION BY reason, date, course_id, off, name ORDER BY line) > 1
            THEN 'duplicate-runner' ELSE reason END AS reason)
        FROM read
        """,
        {"batch": batch_id},
    )


# A place market's prices say who will be placed, not who will win.
_PLACE_MARKET = r"to be placed|\btbp\W*$"

_PRICED = """
CREATE OR REPLACE TEMP TABLE priced AS
SELECT f.race_id, f.horse_id, $source AS source, q.kind, 1 AS nth,
    CASE WHEN q.kind IN ('sp', 'bsp') THEN f.quoted END AS quoted, q.decimal_odds, f.batch_id,
    f.line, CASE WHEN p.batch_id IN (SELECT batch_id FROM later_batches)
        THEN q.decimal_odds ELSE p.decimal_odds END AS earlier
FROM found_runners AS f
JOIN quotes AS q ON q.line = f.line
LEFT JOIN prices_history AS p
    ON p.race_id = f.race_id AND p.horse_id = f.horse_id AND p.source = $source
    AND p.kind = q.kind AND p.nth = 1
WHERE f.copy = 1
"""

_WAITING = """
CREATE OR REPLACE TEMP TABLE waiting AS
SELECT r.batch_id, r.line, $source AS source, r.date, r.course, r.off, r.horse, r.name, q.kind,
    q.decimal_odds, CASE WHEN w.batch_id IN (SELECT batch_id FROM later_batches)
        THEN q.decimal_odds ELSE w.decimal_odds END AS earlier
FROM price_rows AS r
JOIN quotes AS q ON q.line = r.line
LEFT JOIN waiting_prices AS w
    ON w.source = $source AND w.date = r.date AND w.course = r.course
    AND w.off IS NOT DISTINCT FROM r.off AND w.name = r.name AND w.kind = q.kind
WHERE r.reason IS NULL AND r.line NOT IN (SELECT line FROM found_runners)
"""

_OUTCOMES = """
SELECT outcome, count(*)
FROM (
    SELECT CASE
        WHEN count(earlier) = 0 THEN 'accepted'
        WHEN bool_and(coalesce(earlier = decimal_odds, false)) THEN 'unchanged'
        ELSE 'updated' END AS outcome
    FROM (
        SELECT line, decimal_odds, earlier FROM priced
        UNION ALL SELECT line, decimal_odds, earlier FROM waiting
    )
    GROUP BY line
)
GROUP BY outcome
"""

_FRESH_PRICES = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT * EXCLUDE (line, earlier) FROM priced WHERE earlier IS DISTINCT FROM decimal_odds
"""

_KEEP_WAITING = (
    """
    DELETE FROM waiting_prices AS w USING waiting AS n
    WHERE w.source = n.source AND w.date = n.date AND w.course = n.course
        AND w.off IS NOT DISTINCT FROM n.off AND w.name = n.name AND w.kind = n.kind
        AND n.earlier <> n.decimal_odds
    """,
    """
    INSERT INTO waiting_prices
    SELECT * EXCLUDE (earlier) FROM waiting WHERE earlier IS DISTINCT FROM decimal_odds
    """,
)

_QUARANTINE = """
INSERT INTO quarantine
SELECT $batch, r.line, r.reason, NULL, CAST(to_json(s) AS VARCHAR)
FROM price_rows AS r
JOIN staging AS s ON s.line = r.line
WHERE r.reason IS NOT NULL
UNION ALL
SELECT $batch, line, 'malformed-line', detail, raw FROM malformed
"""
