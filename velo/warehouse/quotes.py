"""What a file says of prices and sections, one row a quote."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.racing.sectionals import section_lengths
from velo.warehouse.facts import price_column
from velo.warehouse.readers import Reader

_AT_THE_OFF = ("sp", "bsp")


def price_rows(reader: Reader, outcome: str) -> list[str]:
    """SELECTs, one a kind of price, of the rows of an outcome as `prices_history` has them.

    Opening and touched prices come from the comment, in the order in which it names them. A
    starting price is quoted at the off, by the clock of `races.off`; for others the time is not
    known.
    """
    rows = [_quotes(kind, price_column(kind), outcome) for kind in reader.prices]
    return [*rows, _moves("open", "opening", outcome), _moves("touched", "touched", outcome)]


def _quotes(kind: str, column: str, outcome: str) -> str:
    off = "f.date + CAST(f.off AS TIME)" if kind in _AT_THE_OFF else "CAST(NULL AS TIMESTAMP)"
    return f"""
        SELECT j.race_id, j.horse_id, b.source, '{kind}' AS kind, 1 AS nth, {off} AS quoted,
            f.{column} AS decimal_odds, b.batch_id
        FROM facts AS f
        JOIN judged AS j USING (line)
        CROSS JOIN this_batch AS b
        WHERE j.outcome = '{outcome}' AND f.{column} IS NOT NULL
    """


def _moves(kind: str, column: str, outcome: str) -> str:
    return f"""
        SELECT race_id, horse_id, source, '{kind}' AS kind, CAST(nth AS INTEGER) AS nth,
            CAST(NULL AS TIMESTAMP) AS quoted, {column}[nth] AS decimal_odds, batch_id
        FROM (
            SELECT j.race_id, j.horse_id, b.source, f.{column},
                unnest(generate_series(1, len(f.{column}))) AS nth, b.batch_id
            FROM facts AS f
            JOIN judged AS j USING (line)
            CROSS JOIN this_batch AS b
            WHERE j.outcome = '{outcome}' AND len(f.{column}) > 0
        )
    """


def section_rows(con: duckdb.DuckDBPyConnection, reader: Reader, outcome: str) -> str:
    """A SELECT of the rows of an outcome as `sectionals` has them.

    A race has as many sections as any of its runners was timed in. Makes the temporary tables
    `timed_races` and `section_distances`, the latter from the rule on how a distance is divided.
    """
    timed = f"greatest({', '.join(_timed(number) for number in reader.sectionals)})"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE timed_races AS "
        f"SELECT j.race_id, max(f.distance_m) AS distance_m, max({timed}) AS sections "
        "FROM facts AS f JOIN judged AS j USING (line) GROUP BY j.race_id"
    )
    shapes = con.execute(
        "SELECT DISTINCT distance_m, sections FROM timed_races "
        "WHERE sections > 0 AND distance_m IS NOT NULL"
    ).fetchall()
    rows = [
        (distance, sections, number, length)
        for distance, sections in shapes
        for number, length in enumerate(section_lengths(distance, sections), 1)
    ]
    con.register(
        "divided",
        pa.table(
            {
                "distance_m": pa.array([row[0] for row in rows], pa.float64()),
                "sections": pa.array([row[1] for row in rows], pa.int64()),
                "section": pa.array([row[2] for row in rows], pa.int64()),
                "length": pa.array([row[3] for row in rows], pa.float64()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE section_distances AS SELECT * FROM divided")
    con.unregister("divided")
    return " UNION ALL ".join(
        f"""
        SELECT j.race_id, j.horse_id, b.source, {number} AS section, f.section_{number} AS seconds,
            d.length AS distance_m, b.batch_id
        FROM facts AS f
        JOIN judged AS j USING (line)
        CROSS JOIN this_batch AS b
        LEFT JOIN timed_races AS t ON t.race_id = j.race_id
        LEFT JOIN section_distances AS d
            ON d.distance_m = t.distance_m AND d.sections = t.sections AND d.section = {number}
        WHERE j.outcome = '{outcome}' AND f.section_{number} > 0
        """
        for number in reader.sectionals
    )


def _timed(number: int) -> str:
    return f"CASE WHEN f.section_{number} > 0 THEN {number} ELSE 0 END"
