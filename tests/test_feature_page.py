"""docs/features.md is written by `velo docs` from the declarations, and says all of them."""

from __future__ import annotations

import re
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


def cells(line: str) -> list[str]:
    """The cells of a table's line."""
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def rows(text: str, head: str) -> dict[str, list[str]]:
    """First cell -> the others, of the table under a heading."""
    _, _, below = text.partition(f"\n{head}\n")
    section = below.partition("\n#")[0]
    table = [cells(line) for line in section.splitlines() if line.startswith("|")]
    return {first: others for first, *others in table[2:]}


def test_the_page_has_every_feature_once_in_the_services_order(written: str) -> None:
    places = [written.index(f"| `{name}` |") for name in FEATURES]
    assert places == sorted(places)
    assert "21 features in 4 families" in written


def test_the_page_names_the_sql_of_every_table_where_it_lies(written: str) -> None:
    """The paths are read off the page and looked up: none is missing, none is made up."""
    steps = rows(written, "## On the way, and entity rows").values()
    named = [cell for cell, *_ in (row[::-1] for row in steps)]
    for table in load_tables(Windows()):
        if table.kind == "feature":
            named += rows(written, f"### `{table.name}`")["SQL"]
    files = {path.strip("`") for path in named}
    tables = FEATURE_REPO / "tables"
    assert files == {
        str(path.relative_to(FEATURE_REPO.parent))
        for path in tables.rglob("*.*")
        if path.suffix in (".sql", ".py") and path.parent.name != "fragments"
    }


def test_a_table_has_the_keys_of_its_entities(written: str) -> None:
    keys = {
        "trainer_form": "`trainer_id`",
        "pair_form": "`trainer_id`, `jockey_id`",
        "draw_cell": "`course_id`, `surface`, `distance_band`, `going_group`, `draw_third`",
    }
    for table, key in keys.items():
        assert rows(written, f"### `{table}`")["key"] == [key]


def test_a_setting_stands_with_its_value_at_the_table_that_reads_it(home: object) -> None:
    chosen = page(FEATURE_REPO, Windows(prize_ladder=101, prize_ladder_races=7, par_races=3))
    windows = {
        table: back
        for table, (_, back, _) in rows(chosen, "## On the way, and entity rows").items()
    }
    assert windows.pop("`race_levels`") == "`prize_ladder` 101, `prize_ladder_races` 7"
    assert windows.pop("`par_times`") == "`par_races` 3"
    assert windows.pop("`price_curve`").startswith("`price_curve_cube` 0.0051, ")
    assert set(windows.values()) == {"none"}


def test_the_page_leads_to_the_rules_behind_it(written: str) -> None:
    (way,) = re.findall(r"\[feature rules\]\((.*?)\)", written)
    rules = (PAGE.parent / way).read_text(encoding="utf-8")
    assert rules.startswith("# Feature rules\n")


def test_a_length_in_a_name_is_the_one_that_the_sql_looks_back(written: str) -> None:
    for table, days in (
        ("trainer_form", "14 days, 30 days, 90 days"),
        ("pair_form", "365 days"),
        ("draw_cell", "180 days"),
        ("horse_going", "none: the whole"),
    ):
        assert f"| windows | {days}" in written.partition(f"### `{table}`")[2].partition("###")[0]


@pytest.mark.parametrize(
    ("file", "before", "after", "reason"),
    [
        ("bias.py", '"unit": "standard', '"units": "standard', r"draw_bias_z.*tags=.*unit"),
        (
            "form.py",
            "Variance of the percentile, shrunk towards the population's.",
            "",
            "form_var.*desc",
        ),
        ("class_layoff.py", '"unit": "days"', '"unit": " "', r"layoff_days.*tags=.*unit"),
        ("bias.py", "entities=[horse, course],", "", "table horse_course: key has an empty cell"),
        ("tables/horse_course.sql", "-- A horse's", "SELECT 1; -- A", "horse_course.*comment"),
    ],
)
def test_what_is_not_described_is_named(
    tmp_path: Path, home: object, file: str, before: str, after: str, reason: str
) -> None:
    repo = tmp_path / "repo"
    shutil.copytree(FEATURE_REPO, repo, ignore=shutil.ignore_patterns("__pycache__"))
    changed = repo / file
    text = changed.read_text(encoding="utf-8")
    assert before in text
    changed.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match=reason):
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
