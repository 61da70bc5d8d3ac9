"""What a table says of the days from a change on does not need the days long before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.offline.event_time import EventTime, event_time_of
from velo.offline.renewal import Since
from velo.offline.tables import load_tables
from velo.settings import Windows

DAY_0 = date(2024, 1, 1)
SHORT = {"14": "3", "30": "5", "90": "9", "365": "12"}
"""Days that the tables look back, and what they look back here."""


def shortened(sql: str) -> str:
    for days, fewer in SHORT.items():
        sql = sql.replace(f"'{days}' DAY", f"'{fewer}' DAY").replace(
            f"({days} - 1)", f"({fewer} - 1)"
        )
    return sql


TABLES = {
    table.name: replace(table, sql=shortened(table.sql))
    for table in load_tables(Windows(prize_ladder=7))
}
CAREER = "PARTITION BY trainer_id ORDER BY known ROWS UNBOUNDED PRECEDING"
LAST_WEEK = "PARTITION BY trainer_id ORDER BY known RANGE BETWEEN INTERVAL '6' DAY PRECEDING AND "
MADE_UP = {
    "running": "SELECT trainer_id, known, sum(wins) OVER (ORDER BY known) AS wins FROM starts",
    "yesterday": (
        f"SELECT trainer_id, known, avg(wins) OVER ({LAST_WEEK} INTERVAL '1' DAY PRECEDING) "
        "AS form FROM starts"
    ),
    "leaving": (
        "WITH days AS (SELECT trainer_id, known, sum(wins) AS wins FROM starts "
        "GROUP BY trainer_id, known), changes AS (SELECT trainer_id, known, wins FROM days "
        "UNION ALL SELECT trainer_id, CAST(known + INTERVAL '4' DAY AS DATE), 0.0 FROM days) "
        f"SELECT trainer_id, known, max(wins) OVER ({LAST_WEEK} CURRENT ROW) AS best, "
        "sum(wins) OVER (PARTITION BY trainer_id ORDER BY known) AS wins FROM changes"
    ),
}


@pytest.mark.parametrize(
    ("name", "column", "clock"),
    [
        ("trainer_form", "known", EventTime("known", "event_timestamp", 9 + 8, lasting=True)),
        ("pair_form", "known", EventTime("known", "event_timestamp", 12 + 11, lasting=False)),
        ("race_levels", "date", EventTime("date", "date", 7, lasting=False)),
        ("horse_course", "known", EventTime("known", "event_timestamp", 0, lasting=True)),
        ("draw_course", "known", EventTime("known", "event_timestamp", 0, lasting=True)),
    ],
)
def test_how_far_a_table_looks_back_is_read_off_its_sql(
    name: str, column: str, clock: EventTime
) -> None:
    assert event_time_of(TABLES[name].sql, column) == clock


@pytest.mark.parametrize("name", ["horse_form", "horse_last_start", "draw_cell", "starts"])
def test_tables_that_number_or_join_rows_have_no_clock(name: str) -> None:
    assert event_time_of(TABLES[name].sql, "known") is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT trainer_id, known, count(*) OVER (PARTITION BY trainer_id) FROM starts",
        f"SELECT trainer_id, known, avg(wins) OVER ({CAREER}) FROM starts",
        f"SELECT trainer_id, known, max(known) OVER ({CAREER}) FROM starts",
        f"SELECT trainer_id, known, lag(wins) OVER ({CAREER}) FROM starts",
        f"SELECT trainer_id, known, sum(wins) OVER ({LAST_WEEK} INTERVAL '2' DAY FOLLOWING) "
        "FROM starts",
        "SELECT trainer_id, known, sum(wins) OVER (PARTITION BY trainer_id ORDER BY known "
        "ROWS 5 PRECEDING) FROM starts",
        "SELECT trainer_id, known, sum(wins) OVER (PARTITION BY trainer_id ORDER BY known DESC) "
        "FROM starts",
        "SELECT trainer_id, known, sum(wins) OVER (PARTITION BY trainer_id ORDER BY known RANGE "
        "BETWEEN INTERVAL '2' MONTH PRECEDING AND CURRENT ROW) FROM starts",
        "SELECT trainer_id, known - INTERVAL '3' DAY AS known, wins FROM starts",
        "SELECT trainer_id, known + INTERVAL '-3' DAY AS known, wins FROM starts",
        "SELECT trainer_id, known, wins FROM starts WHERE known > DATE '2024-01-05'",
        "SELECT trainer_id, max(known) AS known, sum(wins) FROM starts GROUP BY trainer_id",
        "SELECT a.trainer_id, a.known FROM starts AS a JOIN starts AS b USING (trainer_id)",
        "SELECT trainer_id, known, sum(wins) FROM starts GROUP BY ALL",
        # Days that count once however many there were: of several taken as one, too few.
        "WITH days AS (SELECT trainer_id, known, 1 AS days FROM starts GROUP BY trainer_id, known) "
        f"SELECT trainer_id, known, sum(days) OVER ({CAREER}) FROM days",
        "WITH days AS (SELECT trainer_id, known, max(wins) AS best FROM starts "
        f"GROUP BY trainer_id, known) SELECT trainer_id, known, sum(best) OVER ({CAREER}) "
        "FROM days",
        "WITH days AS (SELECT trainer_id, known, sum(wins) AS wins FROM starts "
        f"GROUP BY trainer_id, known) SELECT trainer_id, known, sum(wins * wins) OVER ({CAREER}) "
        "FROM days",
        "WITH days AS (SELECT DISTINCT trainer_id, known, wins FROM starts) "
        f"SELECT trainer_id, known, sum(wins) OVER ({CAREER}) FROM days",
        "WITH days AS (SELECT trainer_id, known, sum(wins) AS wins FROM starts "
        "GROUP BY trainer_id, known), good AS (SELECT trainer_id, known, wins FROM days "
        f"WHERE wins > 1) SELECT trainer_id, known, sum(wins) OVER ({CAREER}) FROM good",
    ],
)
def test_of_tables_that_look_ahead_or_do_more_than_add_nothing_is_claimed(sql: str) -> None:
    assert event_time_of(sql, "known") is None


@st.composite
def starts(draw: st.DrawFn) -> list[tuple[int, int, int, date, float]]:
    """Trainer, jockey, course, day on which it is known, share of a win."""
    few = st.integers(1, 2)
    rows = st.tuples(few, few, few, st.integers(0, 40), st.sampled_from((0.0, 0.0, 0.5, 1.0)))
    return [
        (trainer, jockey, course, DAY_0 + timedelta(day), wins)
        for trainer, jockey, course, day, wins in draw(st.lists(rows, max_size=30))
    ]


@pytest.mark.slow
@given(starts(), st.integers(0, 45), st.sampled_from([*MADE_UP, "trainer_form", "pair_form"]))
def test_days_from_a_change_on_are_the_same_without_the_days_long_before(
    rows: list[tuple[int, int, int, date, float]], day: int, name: str
) -> None:
    sql = MADE_UP.get(name) or TABLES[name].sql
    clock = event_time_of(sql, "known")
    assert clock is not None
    since = Since(clock, DAY_0 + timedelta(day))
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(
            "CREATE TABLE every (trainer_id INT, jockey_id INT, course_id INT, known DATE, "
            "wins DOUBLE, win_share DOUBLE)"
        )
        if rows:
            con.executemany(
                "INSERT INTO every VALUES (?, ?, ?, ?, ?, ?)", [(*row, row[-1]) for row in rows]
            )

        def changed(source: str) -> list[tuple[object, ...]]:
            con.execute(f"CREATE OR REPLACE VIEW starts AS SELECT * FROM {source}")
            rows = f"SELECT * FROM ({sql}) WHERE {since.changed} ORDER BY ALL"
            return con.execute(rows).fetchall()

        assert changed(since.seen("every")) == changed("every")
