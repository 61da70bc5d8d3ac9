"""Which home, which settings and which declarations are in force, from where one stands."""

from __future__ import annotations

import linecache
import os
import shutil
import sys
from pathlib import Path

import pytest

from velo import settings
from velo.errors import HomeError, SettingsError
from velo.home import Home
from velo.offline.bare_imports import imported_afresh, require_own_modules
from velo.offline.tables import load_tables
from velo.settings import FEATURE_REPO, PROJECT_ROOT, Windows
from velo.settings import project_folder as rule


@pytest.fixture(autouse=True)
def no_home_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VELO_HOME", raising=False)


def project(folder: Path, low: float = 6.0, declarations: bool = False) -> Path:
    """A project folder whose odds band begins at `low`, with declarations of its own or not."""
    folder.mkdir(parents=True)
    own = 'feature_repo = "feature_repo"\n' if declarations else ""
    (folder / "velo.toml").write_text(f"{own}[odds_band]\nlow = {low}\n", encoding="utf-8")
    if declarations:
        shutil.copytree(
            FEATURE_REPO, folder / "feature_repo", ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package as it is where it was installed: without a checkout around it."""
    monkeypatch.setattr(rule, "PROJECT_ROOT", tmp_path / "site-packages")


def test_the_home_is_var_of_the_nearest_project_folder_upwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = project(tmp_path / "outer", 6.0)
    inner = project(outer / "inner", 7.0)
    deep = inner / "a" / "b"
    deep.mkdir(parents=True)
    for folder, home, low in ((deep, inner / "var", 7.0), (outer, outer / "var", 6.0)):
        monkeypatch.chdir(folder)
        assert settings.home_path() == home
        assert settings.load().odds_band.low == low


def test_velo_home_beats_the_project_folder_and_brings_its_own_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in force goes by the home: a service started elsewhere gets the same."""
    monkeypatch.chdir(project(tmp_path / "here", 6.0))
    there = project(tmp_path / "there", 7.0)
    monkeypatch.setenv("VELO_HOME", str(there / "var"))
    assert settings.load().odds_band.low == 7.0
    assert settings.load().project == there
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "alone"))
    assert settings.load().odds_band.low == 5.0
    assert settings.load().project is None


def test_a_file_in_the_home_beats_the_project_folders_value_by_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path / "racing", 6.0)
    monkeypatch.chdir(folder)
    (folder / "var").mkdir()
    (folder / "var" / "velo.toml").write_text("[odds_band]\nhigh = 30.0\n", encoding="utf-8")
    assert settings.load().odds_band == settings.OddsBand(low=6.0, high=30.0)
    (folder / "var" / "velo.toml").write_text("[odds_band]\nlow = 8.0\n", encoding="utf-8")
    assert settings.load().odds_band == settings.OddsBand(low=8.0, high=21.0)


@pytest.mark.parametrize("store", ["warehouse.duckdb", "registry.db", "mlflow.db"])
def test_a_home_with_a_file_of_its_own_is_no_project_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    """Else a home would lie in the home as soon as somebody stands in it."""
    home = project(tmp_path / "racing")
    (home / store).touch()
    monkeypatch.chdir(home)
    assert settings.home_path() == PROJECT_ROOT / "var"


def test_the_home_of_a_project_folder_is_no_project_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path / "racing")
    monkeypatch.chdir(project(folder / "var", 8.0))
    assert settings.home_path() == folder / "var"


def test_a_wheel_outside_every_project_folder_refuses_and_names_the_command(
    wheel: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"velo\.toml: run `velo init DIR`") as refusal:
        Home.current()
    assert len(str(refusal.value).splitlines()) == 1
    monkeypatch.chdir(project(tmp_path / "racing"))
    assert Home.current().root == tmp_path / "racing" / "var"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_another_users_project_folder_is_not_obeyed_unless_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it names is run, and anyone may leave a file in /tmp."""
    folder = project(tmp_path / "racing")
    os.chown(folder / "velo.toml", 12345, 12345)
    monkeypatch.chdir(folder)
    with pytest.raises(SettingsError, match=f"another user.*VELO_HOME={folder}/var"):
        settings.load()
    monkeypatch.setenv("VELO_HOME", str(folder / "var"))
    assert settings.load().odds_band.low == 6.0


def test_declarations_are_those_of_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path / "racing", declarations=True)
    monkeypatch.chdir(tmp_path)
    assert settings.feature_repo() == FEATURE_REPO
    monkeypatch.chdir(folder)
    assert settings.feature_repo() == folder / "feature_repo"
    shutil.copytree(folder / "feature_repo", folder / "var" / "mine")
    (folder / "var" / "velo.toml").write_text('feature_repo = "mine"\n', encoding="utf-8")
    assert settings.feature_repo() == folder / "var" / "mine"
    monkeypatch.chdir(folder / "var")
    monkeypatch.setenv("VELO_FEATURE_REPO", "../feature_repo")
    assert settings.feature_repo() == folder / "feature_repo"


def test_the_tables_are_built_by_the_sql_of_the_declarations_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path / "racing", declarations=True)
    changed = folder / "feature_repo" / "tables" / "horse_course.sql"
    changed.write_text(changed.read_text(encoding="utf-8") + "-- mine\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    tables = {table.name: table.sql for table in load_tables(Windows())}
    assert tables["horse_course"].endswith("-- mine")


@pytest.mark.parametrize("named", ["nowhere", "velo.toml", "../racing"])
def test_declarations_that_are_none_are_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    folder = project(tmp_path / "racing")
    (folder / "velo.toml").write_text(f'feature_repo = "{named}"\n', encoding="utf-8")
    monkeypatch.chdir(folder)
    with pytest.raises(SettingsError, match=r"'feature_repo'.*feature_store\.yaml.*velo\.toml"):
        settings.load()


def test_declarations_of_another_project_folder_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`feast -c` there would fill the other home."""
    project(tmp_path / "theirs", declarations=True)
    mine = project(tmp_path / "mine")
    (mine / "velo.toml").write_text('feature_repo = "../theirs/feature_repo"\n', encoding="utf-8")
    monkeypatch.chdir(mine)
    with pytest.raises(SettingsError, match=r"feature_repo is .*theirs.*copy it into"):
        settings.load()
    monkeypatch.setenv("VELO_HOME", str(mine / "var"))
    assert settings.feature_repo() == tmp_path / "theirs" / "feature_repo"


def test_where_things_lie_is_no_part_of_what_a_run_is_repeated_with(home: Home) -> None:
    assert not {"home", "feature_repo"} & set(settings.load().recorded())
    assert settings.load().recorded()["odds_band"] == {"low": 5.0, "high": 21.0}


def test_declarations_are_imported_afresh_whatever_bore_their_names_before(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two feature repos in one process: each block has its own, and leaves nothing behind."""
    repos = []
    for number in (1, 2):
        repo = tmp_path / str(number)
        repo.mkdir()
        (repo / "form.py").write_text(f"NUMBER = {number}\n", encoding="utf-8")
        repos.append(repo)
    bystander = type(sys)("form")
    monkeypatch.setitem(sys.modules, "form", bystander)
    for number, repo in enumerate(repos, 1):
        with imported_afresh(repo):
            import form  # type: ignore[import-not-found]

            assert number == form.NUMBER
            assert linecache.getline(form.__file__, 1) == f"NUMBER = {number}\n"
            require_own_modules(repo)
    assert sys.modules["form"] is bystander
    # The same second, the same size: bytecode of the first would pass for the second.
    (repos[0] / "form.py").write_text("NUMBER = 7\n", encoding="utf-8")
    with imported_afresh(repos[0]):
        import form

        assert form.NUMBER == 7
        assert linecache.getline(form.__file__, 1) == "NUMBER = 7\n"


def test_what_feast_imported_from_elsewhere_is_not_applied(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "form.py").write_text("", encoding="utf-8")
    other = type(sys)("form")
    other.__file__ = str(tmp_path / "elsewhere" / "form.py")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "form", other)
        with pytest.raises(HomeError, match=r"repo/form\.py is not what Python imports as 'form'"):
            require_own_modules(repo)
