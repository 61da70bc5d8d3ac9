"""What the market thought of a run, and how it finished against that: `run_facts` and its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import norm

from velo.offline.tables import load_tables
from velo.settings import PROJECT_ROOT, Windows

STEPS = ("field", "race_levels", "starts", "run_prices", "price_curve", "run_facts", "entries")
SCHEMA = (PROJECT_ROOT / "velo" / "warehouse" / "schema.sql").read_text(encoding="utf-8")
OF_A_RUNNER = ("pounds", "rating", "beaten", "sp", "bsp")
Race = Callable[..., int]


def insert(con: duckdb.DuckDBPyConnection, table: str, **row: Any) -> None:
    insert_all(con, table, [row])


def insert_all(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        con.register("incoming", pa.Table.from_pylist(list(rows)))
        con.execute(f"INSERT INTO {table} BY NAME FROM incoming")
        con.unregister("incoming")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse."""
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        opened.execute(SCHEMA)
        opened.execute("INSERT INTO sources VALUES ('hand', 1)")
        yield opened


@pytest.fixture
def race(con: duckdb.DuckDBPyConnection) -> Race:
    """Adds a race of horses 1, 2 ... in the order of what is said of each; gives its number."""
    held = iter(range(1, 10_000))

    def add(day: date, finish: Sequence[int | None], **columns: Any) -> int:
        number, nothing = next(held), [None] * len(finish)
        runner = {"race_id": number, "batch_id": 1}
        insert(
            con,
            "races",
            source="hand",
            date=day,
            region=columns.get("region", "HK"),
            course="Sha Tin",
            course_id=1,
            rating_band=columns.get("band"),
            distance_m=1400,
            **runner,
        )
        rows = []
        for place, ended in enumerate(finish):
            of = {name: columns.get(name, nothing)[place] for name in OF_A_RUNNER}
            runner["horse_id"] = place + 1
            rows.append(
                (
                    {
                        "horse": "",
                        "pounds": of["pounds"],
                        "official_rating": of["rating"],
                        "source": "hand",
                        "content": 0,
                        **runner,
                    },
                    {
                        "position": "",
                        "finish": ended,
                        "status": "finished" if ended else "non-finisher",
                        "beaten": of["beaten"],
                        **runner,
                    },
                    [
                        {"source": "hand", "kind": kind, "nth": 1, "decimal_odds": of[kind]}
                        | runner
                        for kind in ("sp", "bsp")
                        if of[kind] is not None
                    ],
                )
            )
        runners, results, quotes = zip(*rows, strict=True)
        insert_all(con, "runners", runners)
        insert_all(con, "results", results)
        insert_all(con, "prices_history", [quote for each in quotes for quote in each])
        return number

    return add


def facts(
    con: duckdb.DuckDBPyConnection, columns: str, table: str = "run_facts", **windows: float
) -> list[tuple[Any, ...]]:
    """Columns of a table, by race and horse, or as it is ordered where it has neither."""
    sql = {table.name: table.sql for table in load_tables(Windows(**windows))}
    return made(con, columns, table, sql)


def made(
    con: duckdb.DuckDBPyConnection, columns: str, table: str, sql: Mapping[str, str]
) -> list[tuple[Any, ...]]:
    for step in STEPS:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {sql[step]}")
    order = "ALL" if table == "price_curve" else "race_id, horse_id"
    return con.execute(f"SELECT {columns} FROM {table} ORDER BY {order}").fetchall()


def test_the_worked_surprises_are_those_of_the_page(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    race(date(2020, 1, 1), [2, 3, 1], sp=[2.0, 4.0, 6.0])
    values = np.array(facts(con, "chance, lpc, ens, ns, sur"), dtype=np.float64).T
    assert values.round(3).tolist() == [
        [0.545, 0.273, 0.182],
        [0.597, -0.096, -0.501],
        [0.280, -0.042, -0.238],
        [0.0, -0.967, 0.967],
        [-0.280, -0.925, 1.206],
    ]


def test_a_finish_is_the_normal_score_of_its_place(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    places = [*range(1, 39), None, 60]
    race(date(2020, 1, 1), places)
    scores = [ns for (ns,) in facts(con, "ns")]
    ranks = np.array([*range(1, 39), 40, 40])
    assert np.allclose(scores, norm.ppf((40 - ranks + 0.5) / 40), rtol=0, atol=1e-14)


def test_the_exchange_is_the_price_where_it_has_the_whole_field_else_the_starting_price(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    day = date(2020, 1, 1)
    race(day, [1, 2], sp=[2.0, 2.0], bsp=[1.5, 4.0])
    race(day, [1, 2], sp=[1.5, 4.0], bsp=[2.0, None])
    race(day, [1, 2], sp=[1.5, None], bsp=[None, 4.0])
    chances = facts(con, "chance, sur IS NULL")
    assert [known for _, known in chances] == [False] * 4 + [True] * 2
    assert [c and round(c, 3) for c, _ in chances] == [0.727, 0.273, 0.727, 0.273, None, None]


def test_a_margin_is_of_lengths_and_a_winners_of_those_it_won_by(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    day = date(2020, 1, 1)
    race(day, [1, 2, None], beaten=[0.0, 3.0, None])
    race(day, [1, 2], beaten=[0.0, 30.0])
    race(day, [1, 2], beaten=[0.0, None])
    near, far, most = 3 * np.log(2), 3 * np.log(1 + 25 / 3), 3 * np.log(3)
    margins = [margin for (margin,) in facts(con, "margin")]
    assert margins[:4] == pytest.approx([near, -near, -far, most])
    assert margins[5:] == [None, None]


def test_a_mark_is_the_rating_else_what_the_weight_says_in_hong_kong(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    day, pounds = date(2020, 1, 1), [120.0, 133.0]
    race(day, [1, 2], pounds=pounds, band="60-40")
    race(day, [1, 2], pounds=pounds, band="0-75")
    race(day, [1, 2], pounds=pounds, band="60-40", rating=[52.0, None])
    race(day, [1, 2], pounds=pounds, band="0-75", region="GB")
    race(day, [1, 2], pounds=pounds)
    marks = [47, 60, 62, 75, 52, *[None] * 5]
    assert [mark for (mark,) in facts(con, "mark")] == marks
    assert [mark for (mark,) in facts(con, "mark", "entries")] == marks


def season(race: Race, rng: Random, year: int, region: str = "HK") -> None:
    for month in range(5):
        n = rng.choice((4, 6, 9))
        odds = [round(1.5 + 20 * rng.random(), 1) for _ in range(n)]
        day = date(year, 1, 1) + timedelta(75 * month)
        race(day, rng.sample(range(1, n + 1), n), sp=odds, region=region)


def test_a_years_curve_is_the_least_squares_of_the_regions_years_before_it(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    rng = Random(1)
    for year, region in ((2019, "HK"), (2020, "HK"), (2021, "HK"), (2020, "GB")):
        season(race, rng, year, region)
    curves = facts(con, "region, year(year_start), fitted, linear, square, cube", "price_curve")
    assert [curve[:3] for curve in curves] == [
        ("GB", 2020, False),
        *[("HK", year, year > 2019) for year in (2019, 2020, 2021)],
    ]
    assert curves[0][3:] == curves[1][3:] == (0.4721, -0.0166, 0.0051)
    for (_, year, _, *curve), until in zip(curves[2:], (2020, 2021), strict=True):
        runs = con.execute(
            "SELECT lpc, lpc2, lpc3, ns FROM run_prices "
            f"WHERE region = 'HK' AND date < DATE '{until}-01-01'"
        ).fetchnumpy()
        powers = np.column_stack([runs[name] for name in ("lpc", "lpc2", "lpc3")])
        assert np.allclose(curve, np.linalg.lstsq(powers, runs["ns"])[0], atol=1e-9), year


def test_before_a_year_of_days_the_settings_say_what_a_price_lets_expect(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    season(race, Random(2), 2020)
    con.execute("DELETE FROM races WHERE date < DATE '2020-01-03'")
    race(date(2021, 1, 1), [1, 2, 3], sp=[1.5, 3.0, 6.0])
    curve = {f"price_curve_{power}": 0.0 for power in ("linear", "square", "cube")}
    assert {row[0] for row in facts(con, "fitted")} == {False}
    step = np.log(2)
    for power, expected in (
        ("linear", [2 * step, 0, -2 * step]),
        ("square", [2 / 3 * step**2, -4 / 3 * step**2, 2 / 3 * step**2]),
        ("cube", [2 * step**3, 0, -2 * step**3]),
    ):
        ens = [row[0] for row in facts(con, "ens", **{**curve, f"price_curve_{power}": 2.0})]
        assert ens[-3:] == pytest.approx(expected), power


MISTAKES = {
    "a curve that saw its own year": ("price_curve", "AND 1 PRECEDING", "AND CURRENT ROW"),
    "a curve that saw the years to come": (
        "price_curve",
        "AND 1 PRECEDING",
        "AND UNBOUNDED FOLLOWING",
    ),
}


def moved_by_later_days(con: duckdb.DuckDBPyConnection, sql: Mapping[str, str], cut: date) -> bool:
    """Whether a surprise of before a day is another one without the results from then on."""
    before = f"date < DATE '{cut}'"
    columns = f"race_id, horse_id, {before}, CASE WHEN {before} THEN sur END"
    whole = made(con, columns, "run_facts", sql)
    con.execute("CREATE OR REPLACE TEMP TABLE all_results AS FROM results")
    con.execute(
        f"DELETE FROM results WHERE race_id IN (SELECT race_id FROM races WHERE NOT {before})"
    )
    some = made(con, columns, "run_facts", sql)
    con.execute("DELETE FROM results")
    con.execute("INSERT INTO results FROM all_results")
    return [row for row in whole if row[2]] != some


def test_no_later_day_moves_a_surprise_and_a_curve_that_saw_one_is_caught(
    con: duckdb.DuckDBPyConnection, race: Race
) -> None:
    rng = Random(4)
    for year in (2019, 2020, 2021):
        season(race, rng, year)
    sql = {table.name: table.sql for table in load_tables(Windows())}
    assert not moved_by_later_days(con, sql, date(2020, 6, 1))
    for name, (table, right, wrong) in MISTAKES.items():
        assert right in sql[table]
        mistaken = {**sql, table: sql[table].replace(right, wrong)}
        assert moved_by_later_days(con, mistaken, date(2020, 6, 1)), name
