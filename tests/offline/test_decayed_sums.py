"""Decayed sums: exactly what a plain pass over every earlier run adds up, in whatever order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from velo.offline.tables import load_tables
from velo.racing.decay import decay, shrunk_mean
from velo.racing.rest import cell_of
from velo.settings import Windows

SQL = {table.name: table.sql for table in load_tables(Windows())}
CURVE = """
CREATE TABLE price_curve AS
SELECT DISTINCT region, year_start, true AS fitted, 0.0 AS linear, 0.0 AS square, 0.0 AS cube
FROM run_prices
"""
PLAIN: Mapping[str, Any] = {
    "nth_of_day": 1,
    "region": "HK",
    "course_id": 1,
    "surface": "turf",
    "race_code": "flat",
    "distance_m": 1200.0,
    "going_group": "good",
    "field_size": 8,
    "class_level": 3.0,
    "pounds": 120.0,
    "finish": 1,
    "seconds": 70.0,
    "draw_position": 0.5,
    "mark": 60.0,
    "gear": "",
    "sire": "Danehill",
    "rail": "A",
    "early_position": 0.5,
    "margin": 0.0,
    "lpc2": 0.0,
    "lpc3": 0.0,
}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


def runs(days: list[date], surprises: list[float], **keys: Any) -> pd.DataFrame:
    """Priced runs of a curve that lets expect 0 of everybody, so `ns` is the surprise."""
    known = [day + timedelta(1) for day in days]
    columns = {
        "race_id": range(len(days)),
        "horse_id": range(len(days)),
        "trainer_id": 1,
        "jockey_id": 1,
        "win_share": 0.0,
        "implied": 0.125,
        "lpc": 0.0,
        **PLAIN,
        **keys,
    }
    frame = pd.DataFrame({"date": days, "known": known, "ns": surprises, **columns})
    frame["year_start"] = [date(day.year, 1, 1) for day in days]
    return frame


def made(con: duckdb.DuckDBPyConnection, frame: pd.DataFrame, *tables: str) -> None:
    """Tables of these runs, each under its name."""
    con.register("frame", frame)
    con.execute("CREATE OR REPLACE TABLE run_prices AS FROM frame")
    con.execute("DROP TABLE IF EXISTS price_curve")
    con.execute(CURVE)
    for table in ("run_facts", *tables):
        con.execute(f"CREATE OR REPLACE TABLE {table} AS {SQL[table]}")


def test_the_worked_track_of_the_page(con: duckdb.DuckDBPyConnection) -> None:
    start = date(2020, 1, 1)
    days = [start, start + timedelta(10), start + timedelta(10)]
    made(con, runs(days, [0.4, -0.2, 1.0]), "trainer_track")
    rows = con.execute("SELECT * EXCLUDE (event_timestamp) FROM trainer_track ORDER BY ALL")
    total, count = np.array([row[-2:] for row in rows.fetchall()]).max(axis=0)
    day_10, day_40 = decay(pd.Series(pd.to_datetime([days[1], start + timedelta(40)])), 1000)
    assert round(total * day_10, 3) == 1.196
    assert round(count * day_10, 3) == 2.990
    assert round(total * day_40, 4) == 1.1607
    assert round(float(shrunk_mean(total * day_40, count * day_40, 42)), 4) == 0.0258


FIRST, LAST = date(1996, 3, 1), date(2031, 10, 1)


@pytest.fixture(scope="module")
def careers() -> pd.DataFrame:
    """Runs of three trainers over 35 years, one of whom rests for nine of them."""
    rng = np.random.default_rng(5)
    days = [FIRST + timedelta(int(d)) for d in rng.integers(0, (LAST - FIRST).days, 4000)]
    frame = runs(
        sorted(days),
        rng.normal(size=4000).tolist(),
        trainer_id=rng.integers(0, 3, 4000),
        win_share=(rng.random(4000) < 0.1) * 1.0,
    )
    rest = frame["date"].between(date(2008, 1, 1), date(2017, 1, 1)) & (frame["trainer_id"] == 2)
    return frame[~rest].reset_index(drop=True)


def as_of(con: duckdb.DuckDBPyConnection, trainer: int, day: date) -> dict[str, float]:
    row = con.execute(
        "SELECT * EXCLUDE (trainer_id, event_timestamp) FROM trainer_price "
        f"WHERE trainer_id = {trainer} AND event_timestamp <= TIMESTAMPTZ '{day} 00:00:00+00' "
        "ORDER BY event_timestamp DESC LIMIT 1"
    )
    names = [each[0] for each in row.description]
    (values,) = row.fetchall()
    return dict(zip(names, values, strict=True))


def unlike_a_plain_pass(con: duckdb.DuckDBPyConnection, careers: pd.DataFrame) -> list[str]:
    """Sums that are off by more than 1e-12 of what their terms come to, signs left out."""
    unlike = []
    for day in (date(2000, 6, 1), date(2006, 11, 3), date(2020, 1, 5), date(2031, 9, 30)):
        at = pd.Series(pd.to_datetime([day]))
        for trainer in range(3):
            earlier = careers[(careers["trainer_id"] == trainer) & (careers["date"] < day)]
            age = np.array([(day - d).days for d in earlier["date"]], dtype=np.float64)
            chance = 0.125 / 0.125  # alone in its race
            terms = {
                "sur": (earlier["ns"], 365),
                "priced": (1.0, 365),
                "sur_60d": (earlier["ns"], 60),
                "priced_60d": (1.0, 60),
                "won_60d": (earlier["win_share"] - chance, 60),
                "chance_60d": (chance, 60),
            }
            sums = as_of(con, trainer, day)
            for name, (value, tau) in terms.items():
                weighed = np.asarray(value * np.exp(-age / tau), dtype=np.float64)
                off = sums[f"trainer_{name}"] * decay(at, tau)[0] - weighed.sum()
                if abs(off) > 1e-12 * np.abs(weighed).sum():
                    unlike.append(f"{name} of {trainer} on {day}: {off}")
    return unlike


def test_every_sum_is_that_of_a_plain_pass_over_all_earlier_runs(
    con: duckdb.DuckDBPyConnection, careers: pd.DataFrame
) -> None:
    made(con, careers, "trainer_price")
    assert unlike_a_plain_pass(con, careers) == []


def test_a_sum_that_counts_its_own_day_is_caught(
    con: duckdb.DuckDBPyConnection, careers: pd.DataFrame
) -> None:
    days = careers["date"].map(lambda day: date(2020, 1, 5) if day.year == 2020 else day)
    made(con, careers.assign(date=days, known=days), "trainer_price")
    assert unlike_a_plain_pass(con, careers.assign(date=days)) != []


def test_the_order_of_runs_shows_in_no_last_digit(
    con: duckdb.DuckDBPyConnection, careers: pd.DataFrame
) -> None:
    tables = ("trainer_price", "trainer_track", "jockey_level", "sire_surface", "run_rests")
    sums = []
    for order in (careers, careers.sample(frac=1.0, random_state=1)):
        made(con, order, *tables, "rest_starts")
        sums.append(
            [
                con.execute(f"FROM {table} ORDER BY ALL").fetchall()
                for table in (*tables, "rest_starts")
            ]
        )
    assert sums[0] == sums[1]


def test_a_run_is_counted_in_the_cell_that_a_card_would_have_shown(
    con: duckdb.DuckDBPyConnection,
) -> None:
    start, rests = date(2020, 1, 1), [0, 10, 11, 36, 0, 61]
    days = [start + timedelta(int(d)) for d in np.cumsum(rests)]
    made(con, runs(days, [0.0] * 6, horse_id=7), "run_rests")
    cells = [c for (c,) in con.execute("SELECT cell FROM run_rests ORDER BY race_id").fetchall()]
    assert cells == [0, 6, 11, 21, 21, 27]
    rest, earlier = [10.0, 11.0, 36.0, 61.0], [1.0, 2.0, 3.0, 5.0]
    assert cell_of(rest, earlier).tolist() == [6, 11, 21, 27]
    assert cell_of([float("nan")], [0.0]).tolist() == [0]
