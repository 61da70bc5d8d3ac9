"""Tables that a loop over days fills: on any day they go on from where they stood."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.offline.built_world import SETTINGS, build_tables
from tests.offline.test_renewal import changes
from tests.offline.told_by_day import Telling, corrected, tell, world_of
from tests.oracle.random_world import random_starts
from velo.errors import HomeError, InputError
from velo.home import Home
from velo.offline import build as building
from velo.offline.build import Build, build
from velo.offline.manifest import require_whole
from velo.offline.partitions import scan
from velo.offline.tables import FEATURE_REPO, load_tables
from velo.settings import Windows

RATED = '''
"""Ratings by finishing percentile.

Of little worlds.
"""

from velo.racing.rating_filter import RatingFilter

RUNS = """
SELECT race_id, horse_id, jockey_id, trainer_id, known, nth_of_day, percentile AS performance
FROM starts
"""
COLUMNS = ("mean", "variance", "jockey_before")
ENGINE = RatingFilter(prior=(1.0, 0.08, 0.03), drift=(0.0012, 0.0002, 0.0001), noise=0.85)
'''
OF_HORSES = (
    "SELECT rated.horse_id, CAST(rated.known AS TIMESTAMPTZ) AS event_timestamp, rated.mean, "
    "rated.jockey_before FROM rated WHERE rated.horse_id IS NOT NULL"
)
STARTS = random_starts(seed=5, races=30, horses=12)
DAYS = sorted({s.date for s in STARTS})


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rating of little worlds, a table of its horses, and the steps and the spine."""
    tables = tmp_path_factory.mktemp("sequential") / "tables"
    for folder in ("base", "spine", "fragments"):
        shutil.copytree(FEATURE_REPO / "tables" / folder, tables / folder)
    for step in ("early_inputs.py", "early_fit.py"):
        shutil.copy(FEATURE_REPO / "tables" / step, tables / step)
    (tables / "rated.py").write_text(RATED, encoding="utf-8")
    (tables / "horse_rated.sql").write_text(OF_HORSES, encoding="utf-8")
    return tables.parent


@pytest.fixture
def any_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many races changed, the earlier build is built on."""
    monkeypatch.setattr(building, "CHANGED_SHARE", 1.0)


def files(built: Build) -> dict[str, bytes]:
    """The sequential table's files."""
    folder = Path(built.folder) / "base" / "rated"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")
    }


def of_horses(built: Build, where: str = "TRUE") -> list[tuple[object, ...]]:
    """Rows of the table that reads it, whatever file they are in."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        rows = scan(Path(built.folder) / "horse_rated")
        return con.execute(f"FROM {rows} WHERE {where} ORDER BY ALL").fetchall()


def hold_changes_to_a_full_build(home: Home, repo: Path, seed: int, tellings: int) -> None:
    """Byte for byte, whatever was told since."""
    home.warehouse.unlink(missing_ok=True)
    first, *later = changes(seed, tellings)
    tell(home, [first])
    built = build_tables(home, repo)
    for telling in later:
        if telling.starts:
            tell(home, [telling])
        built = build_tables(home, repo)
        assert built.built_on == built.number - 1
    whole = build(home, SETTINGS, repo=repo, full=True)
    assert files(built) == files(whole)
    assert of_horses(built) == of_horses(whole)


def test_late_days_and_corrections_leave_the_bytes_of_a_full_build(
    home: Home, repo: Path, any_share: None
) -> None:
    hold_changes_to_a_full_build(home, repo, seed=3, tellings=2)


@pytest.mark.slow
def test_whatever_is_told_the_bytes_are_those_of_a_full_build(
    tmp_path_factory: pytest.TempPathFactory, repo: Path, any_share: None
) -> None:
    home = Home(tmp_path_factory.mktemp("random"))

    @settings(max_examples=10)
    @given(st.integers(0, 2**31), st.integers(1, 4))
    def hold(seed: int, tellings: int) -> None:
        hold_changes_to_a_full_build(home, repo, seed, tellings)

    hold()


def test_years_before_another_day_share_their_files(
    home: Home, repo: Path, any_share: None
) -> None:
    tell(home, [Telling(DAYS[-2], [s for s in STARTS if s.date < DAYS[-1]])])
    first = build_tables(home, repo)
    tell(home, [Telling(DAYS[-1], [s for s in STARTS if s.date == DAYS[-1]])])
    second = build_tables(home, repo)
    before, after = (Path(each.folder) / "base" / "rated" for each in (first, second))
    years = {path.name for path in before.iterdir()}
    shared = {
        year
        for year in years
        if (after / year / "all.parquet").samefile(before / year / "all.parquet")
    }
    assert shared == years - {f"year={(DAYS[-1] + timedelta(1)).year}"}
    assert shared


def test_what_was_known_before_a_correction_is_what_was_computed_before_it(
    home: Home, repo: Path
) -> None:
    """As known, days before it are as they were, and later ones as if it had always been so."""
    middle, end = DAYS[len(DAYS) // 2], DAYS[-1] + timedelta(3)
    tell(home, [Telling(DAYS[0], STARTS)])
    before = of_horses(build_tables(home, repo))
    correction = corrected(Random(4), world_of(STARTS), middle, 0.3)
    tell(home, [Telling(end - timedelta(1), correction)])
    after, known = build_tables(home, repo), build_tables(home, repo, as_known=True)
    until, later = f"event_timestamp < '{end}'", f"event_timestamp >= '{end}'"
    assert of_horses(known, until) == before
    assert of_horses(after) != before
    newest = {row[0]: row[2:] for row in of_horses(after)}
    corrections = {row[0]: row[2:] for row in of_horses(known, later)}
    assert corrections
    assert corrections.items() <= newest.items()


@pytest.mark.slow
def test_another_rule_is_another_table(home: Home, repo: Path, tmp_path: Path) -> None:
    """A build of one stands on no build of the other; the rules it uses are part of it too."""
    tell(home, [Telling(DAYS[0], STARTS)])
    build_tables(home, repo)
    assert build_tables(home, repo).built_on == 1
    other = Path(shutil.copytree(repo, tmp_path / "repo"))
    (other / "tables" / "rated.py").write_text(RATED.replace("0.85", "0.35"), encoding="utf-8")
    assert build_tables(home, other).built_on is None
    (rated,) = [table for table in load_tables(Windows(), repo) if table.name == "rated"]
    assert "class RatingFilter" in rated.text
    assert rated.sequential is not None
    assert rated.sequential.about == "Ratings by finishing percentile. Of little worlds."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("COLUMNS = ENGINE = ()", r"rated\.py defines no RUNS"),
        ("import nothing_of_the_kind", r"rated\.py cannot be run: ModuleNotFoundError"),
        (RATED.replace("FROM starts", "{nobody}"), r"rated\.py.*\{nobody\}"),
    ],
)
def test_a_table_that_is_none_is_named_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "rated.py").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_tables(Windows(), tmp_path)


def test_a_torn_rating_is_refused_in_a_line(home: Home, repo: Path) -> None:
    tell(home, [Telling(DAYS[0], STARTS)])
    folder = Path(build_tables(home, repo).folder)
    (file, *_) = sorted((folder / "base" / "rated").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(HomeError, match=r"base/rated/.*is not as it was made: run `velo build"):
        require_whole(folder)


@pytest.mark.slow
def test_a_day_of_no_races_leaves_an_empty_table(home: Home, repo: Path) -> None:
    tell(home, [Telling(DAYS[0], STARTS)], results=False)
    with pytest.raises(HomeError, match="no starts"):
        build_tables(home, repo, until=date(1990, 1, 1))
