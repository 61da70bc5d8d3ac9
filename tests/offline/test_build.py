"""A build is seen whole or not at all, and holds what was known on each day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.offline.built_world import SETTINGS, Applied, LittleWorld, build_tables, record
from tests.oracle.by_hand import field, race
from tests.oracle.random_world import random_starts
from velo.errors import HomeError, NothingBuilt, NothingIngested
from velo.home import Home
from velo.offline.build import build, current_build
from velo.offline.spine import Spine
from velo.offline.tables import load_tables
from velo.settings import Store, Windows
from velo.warehouse.connection import warehouse

STARTS = random_starts(seed=11, races=60)
MEETING = [s for day in (1, 2) for s in race(date(2024, 3, day), field(5))]
WRITTEN = sorted(t.name for t in load_tables(Windows()) if t.kind != "base")
VIEW_TABLES = sorted(t.name for t in load_tables(Windows()) if t.kind == "feature")


def rows_of(home: Home, table: str, where: str = "TRUE") -> list[tuple[object, ...]]:
    """Every row of a table of the current build, sorted; floats to nine places."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        rows = con.execute(f"{scan(home, table)} WHERE {where} ORDER BY ALL").fetchall()
    return [tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in rows]


def scan(home: Home, table: str) -> str:
    files = str(home.current_build / table / "**" / "*.parquet").replace("'", "''")
    return f"SELECT * FROM read_parquet('{files}', hive_partitioning = false)"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("built"))
    record(home, STARTS)
    build_tables(home)
    return home


def test_a_build_tells_what_it_holds(built: Home) -> None:
    build = current_build(built)
    started = [s for s in STARTS if s.started]
    assert (build.number, build.starts, build.until) == (1, len(started), None)
    assert build.first_day == str(min(s.date for s in started))
    assert build.last_day == str(max(s.date for s in started))
    assert sorted(table.table for table in build.tables) == WRITTEN
    for table in build.tables:
        assert table.rows == len(rows_of(built, table.table))
        assert all(0 < share <= 1 for share in table.nulls.values())


def test_an_empty_warehouse_cannot_be_built_and_says_what_to_do(home: Home) -> None:
    with pytest.raises(NothingIngested, match="velo ingest"):
        build(home, SETTINGS)
    record(home, [replace(s, started=False) for s in STARTS])
    with pytest.raises(NothingIngested, match="velo ingest"):
        build(home, SETTINGS)
    with pytest.raises(NothingBuilt, match="velo build"):
        current_build(home)
    with pytest.raises(NothingBuilt, match="velo build"):
        Spine(home)


def test_an_interrupted_build_leaves_the_home_as_it_was(home: Home) -> None:
    record(home, MEETING)
    first = build_tables(home)

    def interrupt(table: str) -> None:
        if table == "trainer_form":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(home, SETTINGS, progress=interrupt)
    assert not list(home.offline.glob("*.partial"))
    assert current_build(home) == first


def test_the_draft_of_a_killed_build_is_not_seen_and_the_next_build_clears_it(home: Home) -> None:
    record(home, MEETING)
    first = build_tables(home)
    killed = home.offline / "build-000002.partial" / "trainer_form"
    killed.mkdir(parents=True)
    assert current_build(home) == first
    second = build_tables(home)
    assert not killed.exists()
    assert (second.number, current_build(home)) == (2, second)


def test_a_second_build_at_the_same_time_is_refused(home: Home) -> None:
    record(home, MEETING)

    def another(table: str) -> None:
        with pytest.raises(HomeError, match="another build is under way"):
            build(home, SETTINGS)

    build(home, SETTINGS, progress=another)


@pytest.mark.slow
def test_a_reader_of_the_old_build_reads_on_while_the_pointer_flips(home: Home) -> None:
    record(home, MEETING)
    build_tables(home)
    reader = Spine(home)
    before = reader.connect().execute("SELECT count(*) FROM outcomes").fetchall()
    record(home, MEETING[:5])
    build_tables(home)
    assert reader.connect().execute("SELECT count(*) FROM outcomes").fetchall() == before
    after = Spine(home).connect().execute("SELECT count(*) FROM outcomes").fetchall()
    assert after < before


def test_the_pointer_is_one_link_to_a_whole_build_in_the_same_home(home: Home) -> None:
    record(home, MEETING)
    done = build_tables(home)
    assert home.current_build.is_symlink()
    assert not home.current_build.readlink().is_absolute()
    assert home.current_build.resolve() == Path(done.folder).resolve()


@pytest.mark.slow
@pytest.mark.parametrize("kept", [1, 3])
def test_the_newest_builds_are_kept(home: Home, kept: int) -> None:
    record(home, MEETING)
    settings = SETTINGS.model_copy(update={"store": Store(threads=2, builds_kept=kept)})
    numbers = [build(home, settings).number for _ in range(4)]
    assert numbers == [1, 2, 3, 4]
    names = sorted(path.name for path in home.offline.glob("build-*"))
    assert names == [f"build-{number:06d}" for number in numbers[-kept:]]


@pytest.mark.slow
def test_the_same_results_and_sql_have_the_same_fingerprint(home: Home) -> None:
    record(home, MEETING)
    first, again = build_tables(home), build_tables(home)
    assert first.fingerprint == again.fingerprint
    other = SETTINGS.model_copy(update={"windows": Windows(prize_ladder=100)})
    assert build(home, other).fingerprint != first.fingerprint
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute(
            "INSERT INTO import_batches (batch_id, file, sha256, format, rows_read, accepted, "
            "updated, unchanged, quarantined, unmatched, started, finished, code_version) VALUES "
            "(1, 'a.csv', 'abc', 'raceform', 1, 1, 0, 0, 0, 0, now(), now(), '0')"
        )
    assert build_tables(home).fingerprint != first.fingerprint


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.6])
def test_until_a_day_is_a_world_that_ends_with_that_day(home: Home, share: float) -> None:
    days = sorted({s.date for s in STARTS})
    last = days[int(len(days) * share)]
    record(home, STARTS)
    build = build_tables(home, until=last)
    ended = {table: rows_of(home, table) for table in WRITTEN}
    record(home, [s for s in STARTS if s.date <= last])
    build_tables(home)
    for table in WRITTEN:
        assert rows_of(home, table) == ended[table], table
    assert (build.until, build.last_day <= str(last)) == (str(last), True)


@pytest.mark.slow
def test_what_was_known_by_a_day_is_never_rewritten(built: Home, home: Home) -> None:
    """Rows up to the morning after the last day are those of the world that went on."""
    days = sorted({s.date for s in STARTS})
    last = days[len(days) // 2]
    record(home, STARTS)
    build_tables(home, until=last)
    for table in VIEW_TABLES:
        known = f"event_timestamp <= TIMESTAMPTZ '{last + timedelta(1)} 00:00:00+00'"
        assert rows_of(home, table, known) == rows_of(built, table, known), table


@pytest.mark.slow
def test_a_table_has_one_row_a_key_and_time(applied: Applied, little_world: LittleWorld) -> None:
    record(applied.home, little_world.starts)
    build_tables(applied.home)
    views = {view.name: view for view in applied.store.list_feature_views()}
    assert sorted(views) == VIEW_TABLES
    for name, view in views.items():
        keys = ", ".join(column.name for column in view.entity_columns)
        with duckdb.connect() as con:
            doubled = con.execute(
                f"SELECT {keys}, event_timestamp, count(*) AS n "
                f"FROM ({scan(applied.home, name)}) GROUP BY ALL HAVING n > 1"
            ).fetchall()
        assert doubled == [], name


def test_a_table_holds_its_keys_its_time_and_what_its_view_declares(applied: Applied) -> None:
    record(applied.home, MEETING)
    build_tables(applied.home)
    for view in applied.store.list_feature_views():
        schema = pq.ParquetDataset(applied.home.current_build.resolve() / view.name).schema
        declared = [*view.entity_columns, *view.features]
        columns = set(schema.names) - {"year"}
        assert columns == {column.name for column in declared} | {"event_timestamp"}, view.name
        keys = schema.names[: schema.names.index("event_timestamp")]
        assert set(keys) == {column.name for column in view.entity_columns}, view.name


@pytest.mark.parametrize("table", WRITTEN)
def test_times_are_microseconds_in_utc(built: Home, table: str) -> None:
    """Nanoseconds would break materialisation."""
    (file, *_) = sorted((built.current_build.resolve() / table).rglob("*.parquet"))
    schema = pq.read_schema(file)
    assert schema.field("event_timestamp").type == pa.timestamp("us", tz="UTC")
    times = [kind for kind in schema.types if pa.types.is_timestamp(kind)]
    assert set(times) == {pa.timestamp("us", tz="UTC")}


def known_as_of(home: Home, table: str, column: str) -> Callable[[date], float | None]:
    rows = {
        row[0]: row[1]
        for row in duckdb.connect()
        .execute(f"SELECT event_timestamp, {column} FROM ({scan(home, table)})")
        .fetchall()
    }

    def as_of(day: date) -> float | None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        seen = [moment for moment in rows if moment <= midnight]
        return rows[max(seen)] if seen else None

    return as_of


@pytest.mark.few(1)
@pytest.mark.parametrize("days", [14, 30, 90])
def test_a_start_counts_from_the_day_after_to_the_nth_day_after(home: Home, days: int) -> None:
    """A win on 1 March, 14 days: counted for races of 2 to 15 March, not of 1, not of 16."""
    first = date(2024, 3, 1)
    won = race(first, ["Brigadier", *field(3)], {"Brigadier": {"trainer": "T", "jockey": "J"}})
    record(home, won)
    build_tables(home)
    for who in ("trainer", "jockey"):
        wins = known_as_of(home, f"{who}_form", f"{who}_wins_{days}d")
        starts = known_as_of(home, f"{who}_form", f"{who}_starts_{days}d")
        assert (wins(first), starts(first)) == (None, None)
        for after in range(1, days + 1):
            assert (wins(first + timedelta(after)), starts(first + timedelta(after))) == (1, 1)
        for after in (days + 1, days + 200):
            assert (wins(first + timedelta(after)), starts(first + timedelta(after))) == (0, 0)
        career = known_as_of(home, f"{who}_form", f"{who}_starts")
        assert career(first + timedelta(days + 200)) == 1


@pytest.mark.slow
def test_a_pair_and_a_draw_cell_forget_at_the_end_of_their_windows(home: Home) -> None:
    first = date(2024, 3, 1)
    own = {"trainer": "T", "jockey": "J", "draw": 1}
    record(home, race(first, ["Brigadier", *field(3)], {"Brigadier": own}))
    build_tables(home)
    pair = known_as_of(home, "pair_form", "pair_starts_365d")
    cell = known_as_of(home, "draw_cell", "draw_wins_180d")
    for window, as_of in ((365, pair), (180, cell)):
        seen = [as_of(first + timedelta(after)) for after in (0, 1, window, window + 1)]
        assert seen == [None, 1, 1, 0]


@pytest.mark.slow
def test_thirds_rank_the_stalls_of_those_who_ran(home: Home) -> None:
    """Stalls 3, 5, 9, 12 and a withdrawn 1: thirds 1 2 3 3 of the four starters."""
    stalls = {"A": 12, "B": 5, "C": 3, "D": 9}
    drawn: dict[str, dict[str, object]] = {h: {"draw": stall} for h, stall in stalls.items()}
    rows = race(date(2024, 3, 1), "ABCDE", {**drawn, "E": {"draw": 1, "started": False}})
    record(home, rows)
    build_tables(home)
    thirds = Spine(home).connect().execute("SELECT draw_third FROM entries ORDER BY 1").fetchall()
    assert [third for (third,) in thirds] == [1, 2, 3, 3]
