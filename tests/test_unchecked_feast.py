"""Feast is loaded without its run-time type checks, and nobody else is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
IS_CHECKED = "'TypeCheckMemo' in feast.Entity.__init__.__code__.co_names"


def last_line(code: str) -> str:
    """The last line that a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_feast_by_itself_checks_its_classes() -> None:
    """Else there is nothing to take off, and this whole module may go."""
    assert (
        last_line(f"import sys, feast; assert 'velo' not in sys.modules; print({IS_CHECKED})")
        == "True"
    )


@pytest.mark.few(3)
@pytest.mark.parametrize(
    "room", ["velo", "velo.cli", "training.run", "backtest.report", "velo.home", "tests.conftest"]
)
def test_no_module_of_feasts_comes_before_ours(room: str) -> None:
    code = (
        "import sys\n"
        "class Seen:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'feast':\n"
        "            import velo.unchecked_feast as ours\n"
        "            assert any(isinstance(f, ours._Finder) for f in sys.meta_path)\n"
        "sys.meta_path.insert(0, Seen())\n"
        f"import {room}\n"
        f"import feast; print({IS_CHECKED})"
    )
    assert last_line(code) == "False"


def test_typeguard_is_itself_again_after_feast(tmp_path: Path) -> None:
    (tmp_path / "stakes.py").write_text(
        "from typeguard import typechecked\n"
        "@typechecked\n"
        "def stake(points: float) -> float:\n"
        "    return points\n"
    )
    code = (
        "import sys, typeguard; before = typeguard.typechecked\n"
        "import velo, feast\n"
        "assert typeguard.typechecked is before\n"
        "import feast.infra.data_sources.mlflow.mlflow_dataset_source\n"
        "assert typeguard.typechecked is before\n"
        f"sys.path.insert(0, {str(tmp_path)!r}); from stakes import stake\n"
        "try:\n    stake('two')\n"
        "except typeguard.TypeCheckError:\n    print('checked')"
    )
    assert last_line(code) == "checked"


def test_typeguard_is_itself_again_where_a_module_of_feasts_fails(tmp_path: Path) -> None:
    (tmp_path / "feast").mkdir()
    (tmp_path / "feast" / "__init__.py").write_text("raise ImportError('broken')")
    code = (
        "import sys, typeguard, velo; before = typeguard.typechecked\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "try:\n    import feast\n"
        "except ImportError as error:\n    print(error, typeguard.typechecked is before)"
    )
    assert last_line(code) == "broken True"


def test_feasts_modules_give_their_source_and_files_as_ever() -> None:
    code = (
        "import velo, feast, inspect\n"
        "from importlib.resources import files\n"
        "assert files('feast').joinpath('__init__.py').is_file()\n"
        "assert 'class Entity' in inspect.getsource(feast.Entity)\n"
        "print(type(feast.__loader__).__name__)"
    )
    assert last_line(code) == "SourceFileLoader"
