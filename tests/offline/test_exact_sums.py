"""Sums of shares have the same last digits in whatever order threads come to add them."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from velo.offline.tables import load_tables
from velo.settings import Windows

SQL = {table.name: table.sql for table in load_tables(Windows())}
SUMS = ("draw_cell", "draw_course", "draw_distance", "horse_course", "horse_going", "jockey_form")
RACES = """
CREATE TABLE field AS
SELECT i AS horse_id, i // 12 AS race_id, i // 12 AS race_no, i // 12 AS off,
    hash(i) % 40 AS trainer_id, hash(i * 5) % 40 AS jockey_id,
    DATE '2020-01-01' + CAST(i // 600 AS INTEGER) AS date, hash(i // 12) % 3 AS course_id,
    'turf' AS surface, 1000 AS distance_m, 'sprint' AS distance_band, 'soft' AS going_group,
    CAST(hash(i // 12) % 15 + 12 AS INTEGER) AS field_size, hash(i * 7) % 3 AS draw_third,
    CAST(i % 12 + 1 AS INTEGER) AS draw,
    126 AS pounds, 70 AS official_rating, 60.0 AS seconds, 70 AS rpr, 60 AS ts,
    CAST(i % 12 + 1 AS INTEGER) AS finish, true AS was_run,
    CASE WHEN i % 12 > 2 THEN 0.0 WHEN i // 12 % 9 = 0 THEN CAST(1 AS DOUBLE) / 3
        WHEN i % 12 = 0 THEN 1.0 ELSE 0.0 END AS win_share
FROM range(24_000) AS numbers(i)
"""


@pytest.fixture(scope="module")
def races() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two thousand races, dead heats of three among them."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(RACES)
        con.execute(
            "CREATE TABLE race_levels AS SELECT DISTINCT race_id, 3.0 AS class_level FROM field"
        )
        con.execute(f"CREATE TABLE told AS {SQL['starts']}")
        yield con


@pytest.mark.parametrize("table", SUMS)
def test_the_order_of_starts_shows_in_no_last_digit(
    races: duckdb.DuckDBPyConnection, table: str
) -> None:
    # Some tables read races of the whole field beside the starts.
    tables = []
    for order in ("horse_id", "hash(horse_id)", "-horse_id"):
        races.execute(f"CREATE OR REPLACE TABLE starts AS FROM told ORDER BY {order}")
        tables.append(races.execute(f"FROM ({SQL[table]}) ORDER BY ALL").fetchall())
    assert tables[0]
    assert tables[0] == tables[1] == tables[2]


def test_shares_are_whole_steps_and_off_by_less_than_a_step(
    races: duckdb.DuckDBPyConnection,
) -> None:
    ((most, whole),) = races.execute("""
        SELECT max(abs(told.fair_share - 1.0 / told.field_size)),
            bool_and(told.fair_share * 2 ** 40 = floor(told.fair_share * 2 ** 40)
                AND told.win_share * 2 ** 40 = floor(told.win_share * 2 ** 40))
        FROM told
    """).fetchall()
    assert whole
    assert most < 2**-40
