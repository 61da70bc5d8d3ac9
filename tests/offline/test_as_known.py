"""As known: a correction is seen from the day after its import, and by default always."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

from tests.offline.built_world import (
    SETTINGS,
    Applied,
    Features,
    build_tables,
    differences,
    oracle_features,
    record,
    retrieved_features,
)
from tests.offline.told_by_day import (
    Telling,
    as_it_stood,
    card_of,
    corrected,
    random_tellings,
    tell,
    with_cards,
    world_of,
)
from tests.oracle.by_hand import field, race
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from tests.warehouse import raceform_file as form
from velo.home import Home
from velo.offline.build import Build, build
from velo.offline.spine import Spine
from velo.racing.names import stable_id
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import ingest

FIRST = date(2024, 3, 1)
LATER = FIRST + timedelta(days=200)


def cleared(home: Home) -> Home:
    """The home with a warehouse that nothing was told to."""
    home.warehouse.unlink(missing_ok=True)
    return home


def rows_of(build: Build) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows of a build, sorted, times as text; floats to nine places."""
    by_table = {}
    for table in build.tables:
        files = f"{build.folder}/{table.table}/**/*.parquet"
        rows = duckdb.read_parquet(files, hive_partitioning=False).order("ALL").fetchall()
        by_table[table.table] = [
            tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in rows
        ]
    return by_table


def trainer_wins(home: Home, days: list[date]) -> list[float | None]:
    """Trainer T's career wins as of the mornings of some days."""
    files = str(home.current_build / "trainer_form" / "**" / "*.parquet")
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return [
            con.execute(
                "SELECT arg_max(trainer_wins, event_timestamp) FROM read_parquet($files) "
                "WHERE trainer_id = $id AND event_timestamp <= CAST($day AS TIMESTAMPTZ)",
                {"files": files, "id": stable_id("trainer", "T"), "day": day},
            ).fetchall()[0][0]
            for day in days
        ]


def a_win_that_is_taken_away() -> list[Telling]:
    """Brigadier wins on 1 March for T and is disqualified 200 days later."""
    won = race(FIRST, ["Brigadier", *field(4)], {"Brigadier": {"trainer": "T", "jockey": "J"}})
    disqualified = [
        replace(s, finished=False, position=None)
        if s.horse == "Brigadier"
        else replace(s, position=(s.position or 0) - 1)
        for s in won
    ]
    return [Telling(FIRST, won), Telling(LATER, disqualified)]


def test_a_disqualification_months_later_is_seen_at_once_by_default(home: Home) -> None:
    tell(home, a_win_that_is_taken_away())
    build = build_tables(home)
    days = [FIRST + timedelta(1), LATER, LATER + timedelta(1), LATER + timedelta(400)]
    assert trainer_wins(home, days) == [0, 0, 0, 0]
    assert (build.as_known, build.corrections) == (
        False,
        {"races": 0, "runners": 0, "results": 5, "prices": 0},
    )


@pytest.mark.slow
def test_a_disqualification_is_known_from_the_day_after_its_import(home: Home) -> None:
    tell(home, a_win_that_is_taken_away())
    build = build_tables(home, as_known=True)
    days = [FIRST, FIRST + timedelta(1), LATER, LATER + timedelta(1), LATER + timedelta(400)]
    assert trainer_wins(home, days) == [None, 1, 1, 0, 0]
    assert (build.as_known, build.corrections["results"], build.starts) == (True, 5, 5)
    assert build.fingerprint != build_tables(home).fingerprint


@pytest.mark.slow
def test_bets_were_paid_on_the_result_of_the_day_after(home: Home) -> None:
    won, disqualified = a_win_that_is_taken_away()
    evening = Telling(FIRST, disqualified.starts)
    for tellings, paid in (([won, disqualified], 1), ([won, evening], 0)):
        tell(cleared(home), tellings)
        build_tables(home, as_known=True)
        shares = (
            Spine(home)
            .connect()
            .execute(
                "SELECT sum(win_share) FROM outcomes WHERE horse_id = ?",
                [stable_id("horse", "Brigadier")],
            )
            .fetchall()
        )
        assert shares == [(paid,)]


@pytest.mark.slow
def test_a_price_that_was_corrected_a_week_later_was_paid_as_it_stood(home: Home) -> None:
    tell(home, a_win_that_is_taken_away())
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute("DELETE FROM sources")
        con.execute("INSERT INTO sources VALUES ('book', 1)")
        con.execute(
            "INSERT INTO prices_history SELECT race_id, horse_id, 'book', 'sp', 1, NULL, 5.0, 2 "
            "FROM runners"
        )
        con.execute(
            "INSERT INTO earlier_prices_history "
            "SELECT * REPLACE (9.0 AS decimal_odds, 1 AS batch_id), 2 FROM prices_history"
        )
    for as_known, price in ((False, 5), (True, 9)):
        build = build_tables(home, as_known=as_known)
        assert build.corrections["prices"] == 5
        prices = Spine(home).connect().execute("SELECT DISTINCT sp FROM outcomes").fetchall()
        assert prices == [(price,)]


@pytest.mark.slow
def test_an_entry_is_the_card_of_the_morning_without_those_that_did_not_run(home: Home) -> None:
    """A new jockey, a new weight and a withdrawal came with the result."""
    card = race(FIRST, "ABCD", {"A": {"jockey": "J", "pounds": 126.0, "draw": 3}, "B": {"draw": 1}})
    ran = [
        replace(s, jockey="K", pounds=124.0)
        if s.horse == "A"
        else replace(s, started=False)
        if s.horse == "D"
        else s
        for s in card
    ]
    tell(home, [Telling(FIRST, card)], results=False)
    tell(home, [Telling(FIRST + timedelta(1), ran)])
    query = (
        "SELECT horse, jockey_id, pounds, draw_third, field_size, was_run FROM entries "
        "ORDER BY horse"
    )
    morning, evening = (stable_id("jockey", name) for name in "JK")
    for as_known, jockey, pounds in ((False, evening, 124), (True, morning, 126)):
        build = build_tables(home, as_known=as_known)
        assert Spine(home).connect().execute(query).fetchall() == [
            ("A", jockey, pounds, 2, 3, True),
            ("B", None, None, 1, 3, True),
            ("C", None, None, None, 3, True),
        ]
        jockeys = duckdb.read_parquet(f"{build.folder}/jockey_form/*/*.parquet")
        assert {row[0] for row in jockeys.select("jockey_id").fetchall()} == {evening}


@pytest.mark.slow
def test_where_nothing_was_corrected_both_builds_have_the_same_rows(home: Home) -> None:
    record(home, random_starts(seed=11, races=60))
    default, known = build_tables(home), build_tables(home, as_known=True)
    assert rows_of(default) == rows_of(known)
    assert default.fingerprint == known.fingerprint


def test_a_correction_of_what_no_table_reads_changes_nothing(home: Home) -> None:
    tell(home, a_win_that_is_taken_away()[:1])
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute(
            "INSERT INTO import_batches SELECT * REPLACE "
            "(2 AS batch_id, finished + INTERVAL 90 DAY AS finished) FROM import_batches"
        )
        con.execute("INSERT INTO earlier_results SELECT *, 2 FROM results")
        con.execute("UPDATE results SET comment = 'led, stayed on', batch_id = 2")
    seen: list[str] = []
    known = build(home, SETTINGS, progress=seen.append, as_known=True)
    assert rows_of(build_tables(home)) == rows_of(known)
    assert known.corrections["results"] == 5
    assert len(seen) == len(set(seen))


@pytest.mark.slow
def test_files_imported_on_two_days_are_known_as_they_came(home: Home, tmp_path: Path) -> None:
    """The raceform book of 26 April 2015, and on 1 September the winner is disqualified."""
    first, later = date(2015, 4, 27), date(2015, 9, 1)
    book = form.race(trainer="T")
    away = [book[0] | {"pos": "DSQ"}, book[1] | {"pos": "1"}, book[2] | {"pos": "2"}]
    for day, rows in ((first, book), (later, away)):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        file = form.file_of(tmp_path, rows, f"{day}.csv")
        ingest(home, SETTINGS.store, file, clock=lambda noon=noon: noon)
    known = build_tables(home, as_known=True)
    assert known.corrections["results"] == 3
    shares = "SELECT horse, win_share FROM entries JOIN outcomes USING (race_id, horse_id)"
    paid = dict(Spine(home).connect().execute(shares).fetchall())
    assert sorted(paid.values()) == [0, 0, 1]
    assert next(horse for horse, share in paid.items() if share).startswith("Alpha")
    files = f"{known.folder}/horse_form/**/*.parquet"
    rows = (
        duckdb.read_parquet(files)
        .order("event_timestamp")
        .select("epoch(event_timestamp), percentile_1")
        .fetchall()
    )
    known_on = [datetime.fromtimestamp(seconds, UTC).date() for seconds, _ in rows]
    assert sorted(known_on) == [first] * 3 + [later + timedelta(1)] * 3
    assert sorted(percentile for _, percentile in rows[:3]) == [0, 0.5, 1]


def known_features(
    applied: Applied, tellings: list[Telling], until: date | None = None
) -> Features:
    """As known, of every starter that the last telling or an earlier one has."""
    tell(cleared(applied.home), tellings)
    build_tables(applied.home, until=until, as_known=True)
    return retrieved_features(applied.home, applied.store, tellings[0].starts)


def of_day(features: Features, starts: list[Start], day: date) -> Features:
    races = {s.race_id for s in starts if s.date == day}
    return {key: row for key, row in features.items() if key[0] in races}


def check_every_day(features: Features, tellings: list[Telling], days: list[date]) -> int:
    """Compare with the oracle of the world as it stood each morning; how many rows."""
    rows = 0
    for day in days:
        stood = as_it_stood(day, tellings)
        mine = of_day(features, tellings[0].starts, day)
        theirs = of_day(oracle_features(stood), stood, day)
        assert differences(mine, theirs) == [], day
        rows += len(mine)
    return rows


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_days_features_are_those_of_the_warehouse_of_that_morning(
    applied: Applied, seed: int
) -> None:
    starts = random_starts(seed, races=60, horses=14, trainers=3, jockeys=3)
    tellings = random_tellings(seed, starts, batches=5)
    features = known_features(applied, tellings)
    days = sorted({s.date for s in starts})
    assert check_every_day(features, tellings, days) == len(features)
    build_tables(applied.home)
    default = retrieved_features(applied.home, applied.store, starts)
    assert differences(features, default)


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.slow)])
def test_a_race_is_entered_by_its_card_and_remembered_by_its_result(
    applied: Applied, seed: int
) -> None:
    """Cards first, the results of each day three days late, then a correction of half of them."""
    rng = Random(seed)
    starts = random_starts(seed, races=50, horses=14, trainers=3, jockeys=3)
    days = sorted({s.date for s in starts})
    cards = card_of(rng, starts)
    tell(cleared(applied.home), [Telling(days[0] - timedelta(1), cards)], results=False)
    late = timedelta(3)
    middle = days[len(days) // 2]
    correction = Telling(middle + late, corrected(rng, world_of(starts), middle, 0.5))
    results = [Telling(day + late, [s for s in starts if s.date == day]) for day in days]
    on_time = [telling for telling in results if telling.day <= correction.day]
    tell(applied.home, [*on_time, correction, *results[len(on_time) :]])
    build_tables(applied.home, as_known=True)
    features = retrieved_features(applied.home, applied.store, starts)
    rows = 0
    for day in days:
        stood = as_it_stood(day, [Telling(days[0], starts), correction])
        stood = with_cards(stood, world_of(cards), day)
        mine, theirs = of_day(features, starts, day), of_day(oracle_features(stood), stood, day)
        assert differences(mine, theirs) == [], day
        rows += len(mine)
    assert rows == len(features)


@pytest.mark.slow
def test_until_a_day_nothing_was_imported_later(applied: Applied) -> None:
    starts = random_starts(3, races=60, horses=14, trainers=3, jockeys=3)
    tellings = random_tellings(3, starts, batches=5)
    days = sorted({s.date for s in starts})
    last = days[len(days) * 2 // 3]
    features = known_features(applied, tellings, until=last)
    assert check_every_day(features, tellings, [day for day in days if day <= last]) == len(
        features
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_more_worlds_are_as_they_stood_each_morning(applied: Applied, seed: int) -> None:
    starts = random_starts(seed, races=120, horses=25)
    tellings = random_tellings(seed, starts, batches=9)
    features = known_features(applied, tellings)
    days = sorted({s.date for s in starts})
    assert check_every_day(features, tellings, days) == len(features)
