"""A build on an earlier build equals one from nothing, whatever the warehouse was told since."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.offline.built_world import SETTINGS, build_tables
from tests.offline.told_by_day import Telling, corrected, tell, world_of
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from velo.home import Home
from velo.offline import build as building
from velo.offline.build import Build, build
from velo.offline.partitions import scan
from velo.offline.tables import FEATURE_REPO, Table, folder_of, load_tables
from velo.settings import Windows
from velo.warehouse.connection import warehouse

TABLES = load_tables(Windows())
STARTS = random_starts(seed=21, races=90)
DAYS = sorted({s.date for s in STARTS})

# Tables whose rows are entangled in ways of their own, beside the real ones.
ENTANGLED = {
    "all_time": (
        "SELECT course_id, CAST(max(known) AS TIMESTAMPTZ) AS event_timestamp, count(*) AS n,"
        " (SELECT count(*) FROM starts) AS of FROM starts GROUP BY course_id"
    ),
    "rivals": (
        "SELECT a.horse_id, CAST(a.known AS TIMESTAMPTZ) AS event_timestamp, "
        "avg(b.percentile) AS beaten FROM starts AS a JOIN starts AS b ON b.race_id = a.race_id "
        "GROUP BY a.horse_id, a.known"
    ),
    "by_going": (
        "SELECT starts.going_group, CAST(date AS TIMESTAMPTZ) AS event_timestamp, "
        "median(par_seconds) AS typical FROM starts LEFT JOIN par_times USING (race_id) "
        "WHERE starts.going_group IS NOT NULL GROUP BY starts.going_group, date"
    ),
}


@pytest.fixture
def any_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many races changed, the earlier build is built on."""
    monkeypatch.setattr(building, "CHANGED_SHARE", 1.0)


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The feature repo's tables, and entangled ones."""
    copy = tmp_path_factory.mktemp("entangled")
    shutil.copytree(FEATURE_REPO / "tables", copy / "tables")
    for name, sql in ENTANGLED.items():
        (copy / "tables" / f"{name}.sql").write_text(sql, encoding="utf-8")
    return copy


def on(*days: date) -> list[Start]:
    return [s for s in STARTS if s.date in days]


def contents(built: Build, tables: list[Table]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, steps on the way too, in the order of all but the floats."""
    rows_of = {}
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        for table in tables:
            rows = scan(folder_of(table, Path(built.folder)))
            types = {r[0]: r[1] for r in con.execute(f"DESCRIBE FROM {rows}").fetchall()}
            order = ", ".join([n for n, t in types.items() if t != "DOUBLE"] + list(types))
            rows_of[table.name] = con.execute(f"FROM {rows} ORDER BY {order}").fetchall()
    return rows_of


def unlike(ours: dict[str, list[Any]], theirs: dict[str, list[Any]]) -> list[str]:
    """Tables that differ: integers and texts at all, floats by more than 1e-12."""

    def same(a: Any, b: Any) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            return abs(a - b) <= 1e-12 * max(1.0, abs(a))
        return bool(a == b)

    return [
        name
        for name, rows in theirs.items()
        if len(rows) != len(ours[name])
        or not all(
            same(a, b)
            for x, y in zip(rows, ours[name], strict=True)
            for a, b in zip(x, y, strict=True)
        )
    ]


def as_from_nothing(home: Home, built: Build, repo: Path = FEATURE_REPO) -> list[str]:
    """Tables in which a build differs from a full one of the same warehouse."""
    tables = load_tables(SETTINGS.windows, repo)
    ours = contents(built, tables)
    return unlike(ours, contents(build(home, SETTINGS, repo=repo, full=True), tables))


def test_another_day_is_built_on_the_days_before(home: Home, any_share: None) -> None:
    tell(home, [Telling(DAYS[-2], on(*DAYS[:-1]))])
    first = build_tables(home)
    tell(home, [Telling(DAYS[-1], on(DAYS[-1]))])
    second = build_tables(home)
    races = len({s.race_id for s in on(DAYS[-1])})
    assert (first.built_on, second.built_on, second.changed_races) == (None, first.number, races)
    assert second.starts == sum(s.started for s in STARTS)
    assert as_from_nothing(home, second) == []


def changes(seed: int, tellings: int) -> Iterator[Telling]:
    """Batches in a random order of days: new ones, late ones, corrections of what was told."""
    rng = Random(seed)
    left = [*DAYS]
    chosen = sorted(rng.sample(left, len(left) // 2))
    left = [day for day in left if day not in chosen]
    world = world_of(on(*chosen))
    yield Telling(DAYS[0], list(world.values()))
    for number in range(tellings):
        day = DAYS[-1] + timedelta(number)
        starts: list[Start] = []
        if left and rng.random() < 0.7:
            late = rng.sample(left, min(len(left), rng.choice((1, 1, 3))))
            left = [each for each in left if each not in late]
            starts += on(*late)
        if rng.random() < 0.6:
            starts += corrected(rng, world, DAYS[-1], rng.choice((0.02, 0.1)))
        if rng.random() < 0.3 and world:
            gone = rng.choice(sorted(world))
            starts.append(replace(world[gone], course="Wye", distance_band=None))
        starts = list(world_of(starts).values())
        world |= world_of(starts)
        yield Telling(day, starts)


def hold_changes_to_a_full_build(home: Home, repo: Path, seed: int, tellings: int) -> None:
    home.warehouse.unlink(missing_ok=True)
    first, *later = changes(seed, tellings)
    tell(home, [first])
    build_tables(home, repo)
    for telling in later:
        if telling.starts:
            tell(home, [telling])
        built = build_tables(home, repo)
        assert built.built_on == built.number - 1
    assert as_from_nothing(home, built, repo) == []


@pytest.mark.slow
def test_new_days_late_days_and_corrections_leave_what_a_full_build_makes(
    home: Home, repo: Path, any_share: None
) -> None:
    hold_changes_to_a_full_build(home, repo, seed=1, tellings=3)


@pytest.mark.slow
def test_random_imports_leave_what_a_full_build_makes(
    tmp_path_factory: pytest.TempPathFactory, repo: Path, any_share: None
) -> None:
    home = Home(tmp_path_factory.mktemp("random"))

    @settings(max_examples=10)
    @given(st.integers(0, 2**31), st.integers(1, 4))
    def hold(seed: int, tellings: int) -> None:
        hold_changes_to_a_full_build(home, repo, seed, tellings)

    hold()


def test_without_an_import_everything_is_linked(home: Home) -> None:
    tell(home, [Telling(DAYS[0], STARTS)])
    first, again = build_tables(home), build_tables(home)
    assert (again.built_on, again.changed_races) == (first.number, 0)
    assert (again.fingerprint, again.starts) == (first.fingerprint, first.starts)
    for file in Path(first.folder).rglob("*.parquet"):
        assert file.samefile(Path(again.folder) / file.relative_to(first.folder))


@pytest.mark.slow
def test_years_that_did_not_change_share_their_files(home: Home, any_share: None) -> None:
    tell(home, [Telling(DAYS[-2], on(*DAYS[:-1]))])
    first = build_tables(home)
    tell(home, [Telling(DAYS[-1], on(DAYS[-1]))])
    second = build_tables(home)
    for table in ("horse_form", "outcomes", "draw_course", "base/starts"):
        before, after = Path(first.folder) / table, Path(second.folder) / table
        linked = {
            file.parent.name
            for file in before.rglob("*.parquet")
            if (after / file.relative_to(before)).exists()
            and file.samefile(after / file.relative_to(before))
        }
        years = {folder.name for folder in before.iterdir()}
        day = DAYS[-1] + timedelta(table in ("horse_form", "draw_course"))
        assert linked == years - {f"year={day.year}"}, table


def built_on(home: Home, **how: Any) -> int | None:
    return build(home, how.pop("settings", SETTINGS), **how).built_on


@pytest.mark.slow
def test_what_changes_more_than_the_data_is_built_from_nothing(home: Home, repo: Path) -> None:
    tell(home, [Telling(DAYS[0], STARTS)])
    assert built_on(home) is None
    assert built_on(home) == 1
    assert built_on(home, full=True) is None
    assert built_on(home, until=DAYS[-3]) is None
    assert built_on(home) is None
    assert built_on(home, as_known=True) is None
    assert built_on(home) is None
    shorter = SETTINGS.model_copy(update={"windows": Windows(prize_ladder=100)})
    assert built_on(home, settings=shorter) is None
    assert built_on(home) is None
    assert built_on(home, repo=repo) is None
    assert built_on(home) is None
    assert built_on(home) == 11


@pytest.mark.slow
def test_a_warehouse_made_anew_is_built_from_nothing(home: Home, any_share: None) -> None:
    tell(home, [Telling(DAYS[0], STARTS)])
    build_tables(home)
    home.warehouse.unlink()
    tell(home, [Telling(DAYS[1], STARTS), Telling(DAYS[2], on(DAYS[-1]))])
    assert built_on(home) is None


@pytest.mark.slow
def test_rows_that_went_without_a_batch_are_noticed(home: Home, any_share: None) -> None:
    tell(home, [Telling(DAYS[0], STARTS)])
    build_tables(home)
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute("DELETE FROM results WHERE race_id = (SELECT min(race_id) FROM results)")
    assert built_on(home) is None


@pytest.mark.few(1)
@pytest.mark.parametrize("table", ["outcomes", "base/starts"])
def test_a_build_with_a_file_missing_is_not_built_on(home: Home, table: str) -> None:
    tell(home, [Telling(DAYS[0], STARTS)])
    built = build_tables(home)
    (file, *_) = sorted((Path(built.folder) / table).rglob("*.parquet"))
    file.unlink()
    assert built_on(home) is None


def test_where_most_of_the_races_changed_all_is_computed(home: Home) -> None:
    tell(home, [Telling(DAYS[0], on(*DAYS[:5]))])
    build_tables(home)
    tell(home, [Telling(DAYS[-1], STARTS)])
    assert built_on(home) is None
