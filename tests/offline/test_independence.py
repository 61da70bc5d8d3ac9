"""By which columns a table's rows are independent, read off its SQL."""

from __future__ import annotations

import duckdb
import pytest

from velo.offline.independence import Independence, independence
from velo.offline.replay import compute
from velo.offline.tables import FEATURE_REPO, load_tables
from velo.settings import Windows

TABLES = load_tables(Windows())
COLUMNS = {
    "starts": ["race_id", "horse_id", "trainer_id", "course_id", "known", "wins"],
    "par_times": ["race_id", "par_seconds"],
    "fences": ["course_id", "fences"],
}
KEYED = "PARTITION BY trainer_id ORDER BY known"


def of(sql: str) -> Independence | None:
    return independence(sql, COLUMNS)


@pytest.mark.parametrize(
    ("sql", "columns", "looked_up"),
    [
        (
            "SELECT trainer_id, known, sum(wins) FROM starts GROUP BY trainer_id, known",
            ("known", "trainer_id"),
            {},
        ),
        (
            "WITH days AS (SELECT trainer_id, known, sum(wins) AS wins FROM starts "
            "GROUP BY trainer_id, known) SELECT trainer_id, known + 1 AS known, sum(wins) OVER "
            f"({KEYED}) AS wins FROM days",
            ("trainer_id",),
            {},
        ),
        (
            "WITH days AS (SELECT trainer_id, known FROM starts UNION ALL "
            "SELECT trainer_id, known + 14 FROM starts) "
            "SELECT trainer_id, known, count(*) FROM days GROUP BY trainer_id, known",
            ("trainer_id",),
            {},
        ),
        (
            "SELECT horse_id, avg(par_seconds) FROM starts LEFT JOIN par_times "
            "ON par_times.race_id = starts.race_id GROUP BY horse_id",
            ("horse_id",),
            {"par_times": ("race_id",)},
        ),
        (
            "SELECT horse_id, sum(fences) FROM starts JOIN fences USING (course_id) "
            "GROUP BY horse_id",
            ("horse_id",),
            {"fences": ("course_id",)},
        ),
        (
            "SELECT a.horse_id, count(*) FROM starts AS a JOIN starts AS b "
            "ON a.horse_id = b.horse_id AND b.known < a.known GROUP BY a.horse_id",
            ("horse_id",),
            {},
        ),
    ],
)
def test_the_columns_by_which_rows_are_independent_are_read_off_the_sql(
    sql: str, columns: tuple[str, ...], looked_up: dict[str, tuple[str, ...]]
) -> None:
    assert of(sql) == Independence(columns, frozenset({"starts"}), looked_up)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS n FROM starts",
        "SELECT trainer_id, sum(wins) OVER (ORDER BY known) FROM starts",
        "SELECT trainer_id, wins FROM starts ORDER BY known LIMIT 9",
        "SELECT trainer_id, count(*) FROM starts WHERE wins > (SELECT avg(wins) FROM starts) "
        "GROUP BY trainer_id",
        "SELECT trainer_id, count(*) FROM starts WHERE race_id IN (SELECT race_id FROM par_times) "
        "GROUP BY trainer_id",
        "SELECT a.horse_id, avg(b.wins) FROM starts AS a JOIN starts AS b "
        "ON a.race_id = b.race_id GROUP BY a.horse_id",
        "WITH of_race AS (SELECT race_id, sum(wins) AS wins FROM starts GROUP BY race_id) "
        "SELECT horse_id, sum(of_race.wins) FROM starts JOIN of_race USING (race_id) "
        "GROUP BY horse_id",
        "SELECT trainer_id % 7 AS trainer_id, count(*) FROM starts GROUP BY 1",
        "SELECT trainer_id % 7 AS trainer_id, count(*) FROM starts GROUP BY trainer_id",
        "WITH all_of_it AS (SELECT sum(wins) AS wins FROM starts) "
        "SELECT trainer_id, all_of_it.wins FROM starts CROSS JOIN all_of_it",
        "SELECT trainer_id, count(*) FROM starts GROUP BY ROLLUP (trainer_id)",
        "SELECT trainer_id, count(*) FROM starts GROUP BY ALL",
        "SELECT course_id, avg(wins) FROM fences LEFT JOIN starts USING (course_id) "
        "GROUP BY starts.course_id, course_id LIMIT 1",
        "SELECT starts.horse_id, count(*) FROM par_times LEFT JOIN starts USING (race_id) "
        "GROUP BY starts.horse_id",
        "SELECT trainer_id, count(*) FROM starts JOIN read_csv('weather.csv') AS w "
        "ON w.race_id = starts.race_id GROUP BY trainer_id",
        "SELECT DISTINCT ON (course_id) trainer_id, course_id FROM starts",
        "SELECT trainer_id, wins FROM starts USING SAMPLE 10",
        "SELECT trainer_id, known FROM starts EXCEPT SELECT trainer_id, known + 1 FROM starts",
    ],
)
def test_of_entangled_rows_nothing_is_claimed(sql: str) -> None:
    assert of(sql) is None


CELL = {"course_id", "surface", "distance_band", "draw_third"}
ALONE_BY = {
    "field": {"race_id"},
    "race_levels": {"region"},
    "starts": {"date", "horse_id"},
    "par_times": {"course_id", "surface", "distance_m", "going_group"},
    "run_prices": {"race_id"},
    "price_curve": {"region"},
    "run_facts": {"race_id"},
    "run_rests": {"horse_id"},
    "horse_runs": {"horse_id"},
    "trainer_price": {"trainer_id"},
    "jockey_price": {"jockey_id"},
    "trainer_track": {"trainer_id", "course_id", "surface", "race_code"},
    "jockey_level": {"jockey_id", "class_cell", "race_code"},
    "sire_surface": {"sire", "surface", "race_code"},
    "rest_starts": {"region", "race_code"},
    "trainer_form": {"trainer_id"},
    "jockey_form": {"jockey_id"},
    "pair_form": {"trainer_id", "jockey_id"},
    "horse_form": {"horse_id"},
    "horse_last_start": {"horse_id"},
    "horse_course": {"horse_id", "course_id"},
    "horse_going": {"horse_id", "going_group"},
    "draw_cell": {*CELL, "going_group"},
    "draw_distance": CELL,
    "draw_course": {"course_id", "draw_third"},
    "draw_stall": {"course_id", "surface", "metres", "stall"},
    "horse_ratings": {"horse_id"},
    "jockey_ratings": {"jockey_id"},
    "trainer_ratings": {"trainer_id"},
    "horse_stable": {"horse_id", "trainer_id"},
    "early_coefficients": {"region"},
    "early_curve": {"region"},
    "run_pace": {"horse_id", "known"},
    "style_cell": {"course_id", "surface", "race_code", "metres"},
    "jockey_bias": {"jockey_id"},
    "jockey_style": {"jockey_id"},
    "trainer_style": {"trainer_id"},
    "rail_draw_cell": {"course_id", "surface", "race_code", "metres", "rail_place"},
    "going_draw_cell": {"course_id", "surface", "race_code", "going_group"},
    "entries": {"race_id"},
    "outcomes": {"race_id"},
    "withdrawals": {"race_id"},
    "voids": {"race_id", "horse_id"},
    "offs": {"race_id", "off_at", "off_zone"},
}
"""Table -> the columns by which a day's changes reach few of its rows."""
DAY_BY_DAY = {
    "ratings_rank",
    "ratings_margin",
    "ratings_price",
    "run_figures",
    "early_inputs",
    "early_fit",
}
"""Tables that go on from the first day on whose runs differ."""


def test_every_table_of_the_repo_has_rows_that_are_independent_by_its_keys() -> None:
    """One that is not would be built whole each day: correct, and slow."""
    assert {*ALONE_BY, *DAY_BY_DAY} == {table.name for table in TABLES}
    with duckdb.connect() as con:
        con.execute((FEATURE_REPO.parent / "velo" / "warehouse" / "schema.sql").read_text())
        inputs = {
            name: [row[0] for row in con.execute(f"DESCRIBE {name}").fetchall()]
            for name in ("races", "runners", "results", "prices", "race_flags")
        }
        for table in TABLES:
            of_a_day = ("known",) if table.name in DAY_BY_DAY else ()
            alone = independence(table.sql, inputs, of_a_day)
            assert alone is not None, table.name
            assert set(alone.columns) == ALONE_BY.get(table.name, set(of_a_day)), table.name
            compute(con, table, table.name)
            inputs[table.name] = [r[0] for r in con.execute(f"DESCRIBE {table.name}").fetchall()]
