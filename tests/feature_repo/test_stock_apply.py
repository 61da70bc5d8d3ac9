"""`feast -c feature_repo apply`, Feast's own command, as an operator runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from velo.offline.tables import FEATURE_REPO
from velo.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow


def feast(*arguments: str, project: Path, home: Path | None) -> str:
    """Run Feast's command in a project and return what it says; it must end well."""
    environment = {name: value for name, value in os.environ.items() if name != "VELO_HOME"}
    environment |= {"PYTHONPATH": str(project), "FEAST_USAGE": "False"}
    if home:
        environment["VELO_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, "-m", "feast.cli.cli", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout without a home of its own."""
    project = tmp_path_factory.mktemp("project")
    shutil.copy(PROJECT_ROOT / "pyproject.toml", project)
    for name in ("velo", FEATURE_REPO.name):
        shutil.copytree(
            PROJECT_ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    return project


def test_apply_registers_in_the_home_that_velo_home_names(copied: Path, tmp_path: Path) -> None:
    feast("-c", FEATURE_REPO.name, "apply", project=copied, home=tmp_path / "home")
    assert (tmp_path / "home" / "registry.db").exists()
    listing = feast(
        "-c", FEATURE_REPO.name, "feature-services", "list", project=copied, home=tmp_path / "home"
    )
    assert "velo_v1_1_0" in listing
    assert not (copied / "var").exists()


def test_apply_without_velo_home_registers_in_var_of_the_project(copied: Path) -> None:
    feast("-c", FEATURE_REPO.name, "apply", project=copied, home=None)
    assert {path.name for path in (copied / "var").glob("*.db")} == {"registry.db", "online.db"}
    left = {path.name for path in (copied / FEATURE_REPO.name).iterdir()} - {"__pycache__"}
    assert left == {path.name for path in FEATURE_REPO.iterdir()} - {"__pycache__"}
