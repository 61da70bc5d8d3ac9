"""The real files through the warehouse, counted against the files by queries of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import Batch, ingest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
HONG_KONG = DATA / "hk_2008_2022.parquet"
BRITAIN = DATA / "gb_aw_2019_2020.parquet"
RACEFORM = DATA / "raw" / "raceform_kaggle_sample_5k.csv"
STORE = Store(memory_limit="2GB", threads=2)

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the real files are not at {DATA.name} beside the project"
)


class Loaded:
    """A real file in a home of its own."""

    def __init__(self, root: Path, file: Path) -> None:
        self.home = Home(root)
        self.batch: Batch = ingest(self.home, STORE, file)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with warehouse(self.home, STORE, write=False) as con:
            return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def raceform(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("raceform"), RACEFORM)


@pytest.fixture(scope="module")
def hong_kong(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("hong_kong"), HONG_KONG)


@pytest.fixture(scope="module")
def britain(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("britain"), BRITAIN)


def in_file(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """An answer from the file itself, called `file` in the query."""
    scan = "read_parquet(?)" if path.suffix == ".parquet" else "read_csv(?, all_varchar = true)"
    return duckdb.execute(f"WITH file AS (FROM {scan}) {sql}", [str(path)]).fetchall()


def test_every_row_of_the_raceform_sample_is_accounted_for(raceform: Loaded) -> None:
    batch = raceform.batch
    assert (batch.rows_read, batch.updated, batch.unchanged) == (5000, 0, 0)
    assert batch.accepted + batch.quarantined == 5000
    assert raceform.ask("SELECT count(*) FROM runners") == [(batch.accepted,)]
    assert raceform.ask("SELECT count(*) FROM quarantine") == [(batch.quarantined,)]
    assert batch.quarantined == 0


def test_a_race_id_of_the_raceform_sample_that_is_two_races_is_two(raceform: Loaded) -> None:
    expected = in_file(
        RACEFORM, "SELECT count(*) FROM (SELECT DISTINCT date, course, off FROM file)"
    )
    assert raceform.ask("SELECT count(*) FROM races") == expected == [(539,)]
    assert raceform.ask("SELECT count(DISTINCT source_race_id) FROM races") == [(538,)]


def test_the_raceform_winners_are_the_files(raceform: Loaded) -> None:
    expected = in_file(
        RACEFORM, "SELECT count(*) FROM file WHERE regexp_matches(pos, '^1(\\.0)?$')"
    )
    assert raceform.ask("SELECT count(*) FROM results WHERE finish = 1") == expected


def test_the_raceform_prices_are_the_files(raceform: Loaded) -> None:
    expected = in_file(
        RACEFORM,
        """
        SELECT date, horse, round(CASE
            WHEN lower(sp) LIKE 'ev%' THEN 2
            WHEN sp LIKE '%/%' THEN 1 + CAST(split_part(sp, '/', 1) AS DOUBLE)
                / CAST(regexp_extract(split_part(sp, '/', 2), '^[0-9]+') AS DOUBLE)
            END, 9) AS odds
        FROM file WHERE sp IS NOT NULL
        """,
    )
    known = raceform.ask(
        "SELECT date::VARCHAR, horse, round(sp, 9) FROM racing_data WHERE sp IS NOT NULL"
    )
    assert sorted(known) == sorted((str(day), horse, odds) for day, horse, odds in expected)


def test_hong_kong_is_whole(hong_kong: Loaded) -> None:
    batch = hong_kong.batch
    assert (batch.rows_read, batch.accepted, batch.quarantined) == (142_716, 142_716, 0)
    assert hong_kong.ask("SELECT count(*) FROM races") == [(11_333,)]


def test_each_hong_kong_race_has_one_winner_but_for_the_dead_heats(hong_kong: Loaded) -> None:
    winners = dict(
        hong_kong.ask(
            "SELECT winners, count(*) FROM (SELECT count(*) FILTER (finish = 1) AS winners "
            "FROM results GROUP BY race_id) GROUP BY winners"
        )
    )
    expected = dict(
        in_file(
            HONG_KONG,
            "SELECT winners, count(*) FROM (SELECT date, course, race_no, count(*) FILTER "
            "(regexp_matches(CAST(pos AS VARCHAR), '^1( DH|\\.0)?$')) AS winners "
            "FROM file GROUP BY ALL) GROUP BY winners",
        )
    )
    assert winners == expected
    assert set(winners) == {1, 2}
    assert winners[2] < 40


def test_a_hong_kong_starter_is_one_that_was_not_withdrawn(hong_kong: Loaded) -> None:
    expected = in_file(HONG_KONG, "SELECT count(*) FROM file WHERE sp_dec IS NOT NULL")
    (starts,) = hong_kong.ask(
        "SELECT count(*) FROM results WHERE status IN ('finished', 'non-finisher')"
    )
    assert abs(starts[0] - expected[0][0]) <= 0.001 * expected[0][0]
    assert hong_kong.ask(
        "SELECT count(*) FROM results JOIN prices_history USING (race_id, horse_id) "
        "WHERE status = 'withdrawn'"
    ) == [(0,)]


def test_hong_kong_ratings_before_2016_are_missing(hong_kong: Loaded) -> None:
    assert hong_kong.ask(
        "SELECT year(date) < 2016 AS early, count(official_rating) > 0 "
        "FROM runners JOIN races USING (race_id) GROUP BY early ORDER BY early"
    ) == [(False, True), (True, False)]
    expected = in_file(
        HONG_KONG, "SELECT count(official_rating) FROM file WHERE date >= DATE '2016-01-01'"
    )
    assert hong_kong.ask("SELECT count(official_rating) FROM runners") == expected


def test_hong_kong_prices_are_the_files(hong_kong: Loaded) -> None:
    expected = in_file(
        HONG_KONG, "SELECT count(*), round(sum(sp_dec), 3) FROM file WHERE sp_dec > 1"
    )
    assert (
        hong_kong.ask("SELECT count(*), round(sum(decimal_odds), 3) FROM prices_history")
        == expected
    )


def test_hong_kong_sections_are_the_files(hong_kong: Loaded) -> None:
    for section in range(1, 7):
        expected = in_file(
            HONG_KONG,
            f"SELECT count(*), round(sum(sec{section}), 2) FROM file WHERE sec{section} > 0",
        )
        kept = f"SELECT count(*), round(sum(seconds), 2) FROM sectionals WHERE section = {section}"
        assert hong_kong.ask(kept) == expected


def test_hong_kong_sections_add_up_to_the_distance(hong_kong: Loaded) -> None:
    (apart,) = hong_kong.ask(
        "WITH timed AS (SELECT race_id, sum(distance_m) AS told, count(*) AS sections, "
        "max(count(*)) OVER (PARTITION BY race_id) AS of_race FROM sectionals "
        "GROUP BY race_id, horse_id) SELECT count(*) FROM timed JOIN races USING (race_id) "
        "WHERE sections = of_race AND told <> races.distance_m"
    )
    assert apart == (0,)


def test_hong_kong_races_have_one_winner_each_but_for_the_dead_heats(hong_kong: Loaded) -> None:
    expected = in_file(
        HONG_KONG,
        "SELECT n, count(*) FROM (SELECT race_id, count(*) FILTER "
        "(regexp_matches(pos, '^1( DH)?$')) AS n FROM file GROUP BY race_id) GROUP BY n ORDER BY n",
    )
    kept = hong_kong.ask(
        "SELECT n, count(*) FROM (SELECT race_id, count(*) FILTER (finish = 1) AS n FROM results "
        "GROUP BY race_id) GROUP BY n ORDER BY n"
    )
    assert kept == expected
    assert [n for n, _ in kept] == [1, 2]
    assert sum(count for _, count in kept) == 11_333


def test_hong_kong_horses_are_those_of_the_file(hong_kong: Loaded) -> None:
    expected = in_file(HONG_KONG, "SELECT count(DISTINCT horse_id) FROM file")
    assert hong_kong.ask("SELECT count(*) FROM horses") == expected


@pytest.mark.slow
def test_the_british_file_has_an_exchange_price_and_three_early_ones(britain: Loaded) -> None:
    expected = in_file(
        BRITAIN,
        "SELECT count(*) FILTER (break_price > 1), count(*) FILTER (bsp > 1), "
        "count(*) FILTER (eve_price > 1), count(*) FILTER (morn_price > 1) FROM file",
    )
    counts = dict(britain.ask("SELECT kind, count(*) FROM prices_history GROUP BY kind"))
    assert set(counts) == {"bsp", "breakfast", "evening", "morning"}
    assert [tuple(counts[kind] for kind in sorted(counts))] == expected


def test_the_british_races_are_all_weather_and_whole(britain: Loaded) -> None:
    assert (britain.batch.rows_read, britain.batch.quarantined) == (31_764, 0)
    assert britain.ask("SELECT count(*) FROM races") == [(3_212,)]
    assert britain.ask("SELECT DISTINCT surface FROM races") == [("aw",)]


@pytest.mark.parametrize("file", [HONG_KONG, BRITAIN, RACEFORM], ids=lambda path: path.stem)
def test_a_real_file_twice_changes_nothing(file: Path, request: pytest.FixtureRequest) -> None:
    name = {HONG_KONG: "hong_kong", BRITAIN: "britain", RACEFORM: "raceform"}[file]
    loaded: Loaded = request.getfixturevalue(name)
    again = ingest(loaded.home, STORE, file)
    assert (again.accepted, again.updated) == (0, 0)
    assert again.unchanged == loaded.batch.accepted
