"""Who may import whom. Each room's neighbours are listed; what is not listed is not allowed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
OURS = ("velo", "training", "backtest", "feature_repo")
STANDARD = sys.stdlib_module_names

BASE = {
    "velo",
    "velo.racing",
    "velo.settings",
    "velo.home",
    "velo.errors",
    "velo.disk",
    "velo.cores",
    "velo.arrays",
    "velo.sql_text",
    "velo.formats",
    "velo.result",
}
MAY_IMPORT = {
    "velo.errors": set(),
    "velo.disk": {"velo.disk", "velo.errors"},
    "velo.cores": set(),
    "velo.arrays": set(),
    "velo.sql_text": set(),
    "velo.formats": set(),
    "velo.result": set(),
    "velo.unchecked_feast": set(),
    "velo.settings": {"velo.settings", "velo.errors", "velo.cores"},
    "velo.home": {"velo.settings", "velo.errors"},
    "velo.project": {"velo.settings", "velo.disk", "velo.errors"},
    "velo.racing": {"velo.racing", "velo.errors", "velo.arrays"},
    "velo.warehouse": {"velo.warehouse", *BASE},
    "velo.offline": {"velo.offline", "velo.warehouse", *BASE},
    "velo.store": {"velo.store", "velo.offline", *BASE},
    "velo.synth": {"velo.synth", *BASE},
    "training": {"training", "velo.offline", "velo.store", *BASE},
    "velo.audit": {
        "velo.audit",
        "velo.warehouse",
        "velo.offline",
        "velo.store",
        "training",
        *BASE,
    },
    "backtest": {"backtest", "training", "velo.offline", *BASE},
    "velo.backup": {
        "velo.backup",
        "velo.live",
        "velo.warehouse",
        "velo.offline",
        "velo.store",
        *BASE,
    },
    "velo.report": {"velo.report", "velo.live", "training", *BASE},
    "velo.monitoring": {
        "velo.monitoring",
        "velo.backup",
        "velo.live",
        "velo.warehouse",
        "velo.offline",
        "velo.store",
        "training",
        *BASE,
    },
    "velo.service": {
        "velo.service",
        "velo.live",
        "velo.report",
        "velo.warehouse",
        "velo.offline",
        "velo.store",
        "training",
        *BASE,
    },
    "velo.live": {
        "velo.live",
        "velo.warehouse",
        "velo.offline",
        "velo.store",
        "training",
        "backtest",
        *BASE,
    },
    "velo.api": {
        "velo.api",
        "velo.audit",
        "velo.monitoring",
        "velo.report",
        "velo.live",
        "velo.warehouse",
        "velo.offline",
        "velo.store",
        "velo.synth",
        "training",
        "backtest",
        *BASE,
    },
}
"""Room -> the rooms it may import. `velo` alone is the package's version."""

GROUND = {"training.statistics"}
FITTING = {*GROUND, "training.data", "training.blending"}
WALKING = {*FITTING, "training.model", "training.judging"}
RECORDING = {*WALKING, "training.walk", "training.record"}
FLOORS = {
    "training.statistics": set(),
    "training.data": GROUND,
    "training.blending": GROUND,
    "training.model": FITTING,
    "training.judging": FITTING,
    "training.walk": WALKING,
    "training.record": {*WALKING, "training.walk"},
    "training.search": RECORDING,
    "training.scoring": RECORDING,
    "training.promotion": {*RECORDING, "training.scoring"},
    "training.pyfunc": WALKING,
    "training.run": {
        *RECORDING,
        "training.search",
        "training.scoring",
        "training.promotion",
        "training.pyfunc",
    },
}
"""Room of `training` -> the rooms below it, which it may import beside its own modules."""

SLOW = ("lightgbm", "mlflow", "feast", "altair")


def modules(room: str) -> list[Path]:
    """The files of a room: a package's, or one module."""
    path = PROJECT.joinpath(*room.split("."))
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def name_of(file: Path) -> str:
    """The module's dotted name."""
    parts = file.relative_to(PROJECT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def imports(file: Path) -> tuple[tuple[str, int], ...]:
    """Every module that a file imports, wherever in it, and the line."""
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively"
            module = node.module or ""
            for alias in node.names:
                # `from velo import settings` imports the module velo.settings.
                inner = f"{module}.{alias.name}"
                yield (inner if _is_module(inner) else module), node.lineno


def _is_module(name: str) -> bool:
    path = PROJECT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def room_of(module: str) -> str:
    """`velo.racing.odds` is of the room `velo.racing`, `training.folds` of `training`."""
    top, *rest = module.split(".")
    return ".".join([top, *rest[:1]]) if top == "velo" else top


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_its_neighbours_and_nobody_else(room: str) -> None:
    strangers = [
        f"{name_of(file)}, line {line}: {module}"
        for file in modules(room)
        for module, line in imports(file)
        if module.split(".")[0] in OURS and room_of(module) not in MAY_IMPORT[room]
    ]
    assert strangers == []


def floor_of(module: str) -> str:
    """`training.data.folds` is of the floor `training.data`, `training.run` its own."""
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("floor", FLOORS)
def test_a_room_of_training_imports_the_rooms_below_it_alone(floor: str) -> None:
    upward = [
        f"{name_of(file)}, line {line}: {module}"
        for file in modules(floor)
        for module, line in imports(file)
        if module.startswith("training.") and floor_of(module) not in {floor, *FLOORS[floor]}
    ]
    assert upward == []


def test_every_room_of_training_has_its_floor() -> None:
    floors = {floor_of(name_of(file)) for file in modules("training")}
    assert floors - {"training"} == set(FLOORS)


def test_no_modules_of_training_import_one_another_in_a_circle() -> None:
    """Imports within functions count: they hide a circle, they do not open it."""
    graph = {
        name_of(file): {module for module, _ in imports(file) if module.startswith("training.")}
        for file in modules("training")
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_declarations_use_feast_pandas_the_rules_and_the_home_alone() -> None:
    files = modules("feature_repo")
    allowed = {"feast", "pandas", "velo.racing", "velo.home", *(file.stem for file in files)}
    strangers = [
        f"{file.name}, line {line}: {module}"
        for file in files
        for module, line in imports(file)
        if room_of(module) not in allowed and module.split(".")[0] not in {*STANDARD, *allowed}
    ]
    assert strangers == []


def test_tables_are_built_through_the_warehouses_connection_and_nothing_behind_it() -> None:
    used = {
        module
        for file in modules("velo.offline")
        for module, _ in imports(file)
        if room_of(module) == "velo.warehouse"
    }
    assert used == {"velo.warehouse.connection"}


def test_nobody_imports_the_command_line() -> None:
    callers = [
        name_of(file)
        for room in OURS
        for file in modules(room)
        if room_of(name_of(file)) not in ("velo.cli", "velo.__main__")
        and any(room_of(module) == "velo.cli" for module, _ in imports(file))
    ]
    assert callers == []


def test_every_room_has_its_rules() -> None:
    rooms = {
        room_of(name_of(file))
        for room in ("velo", "training", "backtest")
        for file in modules(room)
    }
    assert rooms - {"velo", "velo.cli", "velo.__main__"} == set(MAY_IMPORT)


@pytest.mark.skipif(not _is_module("velo.cli"), reason="there is no command line yet")
def test_the_command_line_starts_without_the_slow_packages() -> None:
    """features need them, `--help` does not (commands.md, Habits)."""
    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import pkgutil, sys, importlib, velo.cli\n"
            "for found in pkgutil.walk_packages(velo.cli.__path__, 'velo.cli.'):\n"
            "    importlib.import_module(found.name)\n"
            "print(*sorted({name.split('.')[0] for name in sys.modules}))",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.split()
    assert "typer" in seen
    assert [name for name in seen if name in SLOW] == []


def test_nothing_is_pickled() -> None:
    """A pickle is code: what is stored is text, JSON, parquet or a database."""
    pickling = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
    pickled = [
        f"{name_of(file)}: {module}"
        for room in OURS
        for file in modules(room)
        for module, _ in imports(file)
        if module.split(".")[0] in pickling
    ]
    assert pickled == []


def test_a_module_is_one_idea_and_under_350_lines() -> None:
    rooms = (*OURS, "tests", "benchmarks", "examples", "docs")
    long = {
        str(file.relative_to(PROJECT)): lines
        for room in rooms
        for file in sorted((PROJECT / room).rglob("*.py"))
        if (lines := file.read_text(encoding="utf-8").count("\n")) >= 350
    }
    assert long == {}
