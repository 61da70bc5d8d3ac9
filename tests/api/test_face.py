"""What `import velo` gives, and what it does not load to give it."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import velo
from velo.errors import InputError, SettingsError
from velo.home import Home

PROJECT = Path(velo.__file__).resolve().parent.parent
FACE = {
    "Applied",
    "Audit",
    "BacktestReport",
    "Build",
    "Drift",
    "Ingested",
    "Ledger",
    "Materialized",
    "Page",
    "Predicted",
    "Promotion",
    "Result",
    "Settings",
    "Settled",
    "Status",
    "Trained",
    "VeloError",
    "Workspace",
    "__version__",
    "open",
}
STEPS = {
    "apply",
    "audit",
    "backtest",
    "build",
    "compare",
    "drift",
    "entities",
    "features",
    "home",
    "ingest",
    "ledger",
    "materialize",
    "outcomes",
    "predict",
    "promote",
    "report",
    "roll_back",
    "settings",
    "settle",
    "status",
    "train",
}


def submodules() -> list[str]:
    """Every module of the package, but the one that is run and not imported."""
    modules = pkgutil.walk_packages(velo.__path__, "velo.")
    return [module.name for module in modules if module.name != "velo.__main__"]


def in_a_fresh_process(code: str, home: Path) -> list[str]:
    """What a program prints, in words."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    return done.stdout.split()


def test_these_names_are_public_and_no_others() -> None:
    assert set(velo.__all__) == set(dir(velo)) == FACE


def test_these_are_the_attributes_of_a_workspace_and_no_others(tmp_path: Path) -> None:
    workspace = velo.open(tmp_path)
    assert {name for name in dir(workspace) if not name.startswith("_")} == STEPS


def test_no_public_name_is_also_a_modules() -> None:
    """Importing a module sets an attribute of its package, over what was there."""
    modules = {module.name for module in pkgutil.iter_modules(velo.__path__)}
    assert modules & set(velo.__all__) == set()


@pytest.mark.slow
def test_the_face_is_the_same_after_every_module_was_imported(tmp_path: Path) -> None:
    for name in submodules():
        import_module(name)
    for name in velo.__all__:
        value = getattr(velo, name)
        assert name == "__version__" or value.__name__ == name, f"velo.{name} is {value}"
    assert velo.open(tmp_path).home == Home(tmp_path)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'workspace'"):
        velo.workspace  # noqa: B018


def test_importing_it_loads_the_standard_library_alone(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import velo\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    loaded = set(in_a_fresh_process(code, tmp_path))
    assert "velo" in loaded
    assert loaded - {"velo"} <= set(sys.stdlib_module_names)


def test_openmps_threads_wait_passively_before_lightgbm_is_loaded(tmp_path: Path) -> None:
    code = (
        "import os, sys; os.environ.pop('OMP_WAIT_POLICY', None); import velo\n"
        "velo.open(sys.argv[1])\n"
        "print(os.environ['OMP_WAIT_POLICY'], 'lightgbm' in sys.modules)"
    )
    assert in_a_fresh_process(code, tmp_path) == ["passive", "False"]


def test_opening_a_home_writes_nothing(tmp_path: Path) -> None:
    workspace = velo.open(tmp_path / "racing")
    assert repr(workspace) == f"<Workspace: {tmp_path / 'racing'}>"
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "racing").touch()
    with pytest.raises(SettingsError, match="is not a folder"):
        velo.open(tmp_path / "racing")


def test_settings_that_are_given_stand_and_name_the_home_that_is_opened(tmp_path: Path) -> None:
    (tmp_path / "velo.toml").write_text("[ranker]\nrounds = 11\n")
    given = velo.Settings(training={"folds": 3})
    workspace = velo.open(tmp_path, settings=given)
    assert workspace.settings.home == tmp_path
    assert workspace.settings.training.folds == 3
    assert workspace.settings.ranker.rounds == given.ranker.rounds != 11
    assert velo.open(tmp_path).settings.ranker.rounds == 11


def test_without_a_path_it_is_the_home_of_the_commands(home: Home) -> None:
    assert velo.open().home == home


def test_what_contradicts_itself_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    workspace = velo.open(tmp_path)
    with pytest.raises(InputError, match="walk_forward=True"):
        workspace.backtest(every=3)
    with pytest.raises(InputError, match=r"settled_at 'isp': choose sp or bsp"):
        workspace.ledger(settled_at="isp")
    with pytest.raises(InputError, match="give the rows"):
        workspace.features()
    with pytest.raises(InputError, match="int cannot be read"):
        workspace.ingest(7)


def test_a_type_checker_is_told_that_the_packages_are_typed() -> None:
    """What lies in a package's folder is in the wheel."""
    written = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = written["tool"]["hatch"]["build"]["targets"]["wheel"]
    typed = {name for name in wheel["packages"] if (PROJECT / name / "py.typed").is_file()}
    assert typed == set(wheel["packages"]) - {"feature_repo"}
    assert "exclude" not in wheel
