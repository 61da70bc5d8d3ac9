"""docs/features.md is written by `velo docs` from the declarations, and says all of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from tests.oracle.features import FEATURES
from velo.errors import InputError
from velo.offline.page import page
from velo.offline.tables import FEATURE_REPO, load_tables
from velo.settings import Windows

PAGE = FEATURE_REPO.parent / "docs" / "features.md"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("home")))
        return page(FEATURE_REPO, Windows())


def test_the_page_is_the_one_that_the_declarations_write(written: str) -> None:
    """`velo docs` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == written


def test_the_page_has_every_feature_once_in_the_services_order(written: str) -> None:
    places = [written.index(f"| `{name}` |") for name in FEATURES]
    assert places == sorted(places)
    assert "21 features in 4 families" in written


def test_the_page_names_every_table_its_sql_and_its_windows(written: str) -> None:
    for table in load_tables(Windows()):
        assert f"{table.name}.sql" in written
    for name, days in Windows().model_dump().items():
        assert f"`{name}` {days}" in written


def test_a_length_in_the_page_is_the_windows_of_the_settings(home: object) -> None:
    assert "`prize_ladder` 100" in page(FEATURE_REPO, Windows(prize_ladder=100))


def test_a_length_in_a_name_is_the_one_that_the_sql_looks_back(written: str) -> None:
    for table, days in (
        ("trainer_form", "14 days, 30 days, 90 days"),
        ("pair_form", "365 days"),
        ("draw_cell", "180 days"),
        ("horse_going", "none: the whole"),
    ):
        assert f"| windows | {days}" in written.partition(f"### `{table}`")[2].partition("###")[0]


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("bias.py", '"unit:draw_iv"', '"unit:iv"', "draw_iv.*unit:draw_iv"),
        ("tables/horse_course.sql", "-- A horse's", "SELECT 1; -- A", "horse_course.*comment"),
    ],
)
def test_what_is_not_described_is_named(
    tmp_path: Path, home: object, file: str, before: str, after: str, said: str
) -> None:
    repo = tmp_path / "repo"
    shutil.copytree(FEATURE_REPO, repo, ignore=shutil.ignore_patterns("__pycache__"))
    changed = repo / file
    text = changed.read_text(encoding="utf-8")
    assert before in text
    changed.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        page(repo, Windows())


@pytest.mark.slow
def test_the_command_checks_the_page_and_mends_it(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "features.md"
    assert velo(home, "docs", "--check").code == 0
    assert velo(home, "docs", "--check", "--out", str(out)).code == 1
    assert not out.exists()
    assert velo(home, "docs", "--out", str(out)).code == 0
    assert velo(home, "docs", "--check", "--out", str(out)).code == 0
    assert out.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
