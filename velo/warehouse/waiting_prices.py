"""Prices whose runner no file had named yet, given to it when one does."""

from __future__ import annotations

import duckdb

from velo.warehouse.earlier_rows import keep_earlier, replace_rows
from velo.warehouse.price_files import PRICE_KEYS
from velo.warehouse.priced_runners import find_runners


def match_waiting(con: duckdb.DuckDBPyConnection, batch_id: int) -> int:
    """Give waiting prices to the runners that a batch has brought.

    They keep their own batch's number. Where a runner has a price from a later file already, the
    waiting one is kept as an earlier price.

    Args:
        con: a connection in a transaction.
        batch_id: a batch of results or of a card that was merged just now.

    Returns:
        How many rows of price files found their runner.
    """
    if not con.execute("SELECT 1 FROM waiting_prices LIMIT 1").fetchall():
        return 0
    con.execute(_STILL_WAITING, {"batch": batch_id})
    find_runners(con, "still_waiting")
    con.execute("DELETE FROM found_runners WHERE copy > 1")
    (moved,) = con.execute("SELECT count(*) FROM found_runners").fetchall()[0]
    if moved:
        con.execute(_ARRIVED)
        con.execute(
            "INSERT INTO arrived_prices "
            "SELECT race_id, horse_id, source, kind, batch_id, $batch FROM fresh",
            {"batch": batch_id},
        )
        con.execute(_OVERTAKEN)
        con.execute(
            "DELETE FROM fresh USING prices_history AS p WHERE p.race_id = fresh.race_id "
            "AND p.horse_id = fresh.horse_id AND p.source = fresh.source "
            "AND p.kind = fresh.kind AND p.nth = fresh.nth AND p.batch_id > fresh.batch_id"
        )
        replace_rows(con, "prices_history", PRICE_KEYS, "fresh", batch_id)
        keep_earlier(
            con,
            "waiting_prices",
            "(batch_id, line) IN (SELECT (batch_id, line) FROM found_runners)",
            batch_id,
        )
        con.execute(
            "DELETE FROM waiting_prices USING found_runners AS f "
            "WHERE waiting_prices.batch_id = f.batch_id AND waiting_prices.line = f.line"
        )
        con.execute("DROP TABLE fresh")
    con.execute("DROP TABLE still_waiting; DROP TABLE found_runners")
    return int(moved)


_STILL_WAITING = """
CREATE OR REPLACE TEMP TABLE still_waiting AS
WITH brought AS (
    SELECT DISTINCT CAST(unnest([date - 1, date, date + 1]) AS DATE) AS date FROM races
    WHERE batch_id = $batch OR race_id IN (SELECT race_id FROM runners WHERE batch_id = $batch)
)
SELECT DISTINCT batch_id, line, date, course, off, name,
    nullif(upper(regexp_extract(horse, '\\(\\s*([A-Za-z]{2,3})\\s*\\)$', 1)), '') AS country,
    CAST(NULL AS VARCHAR) AS reason
FROM waiting_prices
WHERE date IN (SELECT date FROM brought)
"""

_ARRIVED = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT f.race_id, f.horse_id, w.source, w.kind, 1 AS nth,
    CASE WHEN w.kind IN ('sp', 'bsp') THEN f.quoted END AS quoted, w.decimal_odds, w.batch_id
FROM found_runners AS f
JOIN waiting_prices AS w ON w.batch_id = f.batch_id AND w.line = f.line
"""

_OVERTAKEN = """
INSERT INTO earlier_prices_history
SELECT f.*, p.batch_id
FROM fresh AS f
JOIN prices_history AS p
    ON p.race_id = f.race_id AND p.horse_id = f.horse_id AND p.source = f.source
    AND p.kind = f.kind AND p.nth = f.nth
WHERE p.batch_id > f.batch_id AND p.decimal_odds <> f.decimal_odds
"""
