"""Data are called by the field's nouns, and a name stands for one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
BANNED = {"found", "said", "shown", "told", "heat", "knobs"}
"""Participles and metaphors: they say how a value was come by, not what it is."""
ROOTS = ("velo", "training", "backtest", "feature_repo", "benchmarks", "examples", "tests")


def rooms() -> Iterator[str]:
    """Every folder of the first or second level that holds modules."""
    for root in ROOTS:
        yield root
        for folder in sorted((PROJECT / root).iterdir()):
            room = f"{root}/{folder.name}"
            if any(folder.rglob("*.py")):
                yield room


def modules(room: str) -> list[Path]:
    """A room's modules; those of a root are the ones that lie in no folder of it."""
    folder = PROJECT / room
    return sorted(folder.glob("*.py") if room in ROOTS else folder.rglob("*.py"))


def names(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that a module gives to data or to a function, and the line."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id, each.lineno
        elif isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store):
            yield each.attr, each.lineno
        elif isinstance(each, ast.arg):
            yield each.arg, each.lineno
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each.name, each.lineno
        elif isinstance(each, ast.alias) and each.asname:
            yield each.asname, each.lineno


@pytest.mark.parametrize("room", list(rooms()))
def test_no_data_are_called_by_how_they_were_come_by(room: str) -> None:
    banned = [
        f"{file.relative_to(PROJECT)}, line {line}: {name}"
        for file in modules(room)
        for name, line in names(ast.parse(file.read_text(encoding="utf-8")))
        if name in BANNED
    ]
    assert banned == []


PACKAGES = ("velo", "training", "backtest", "feature_repo")
TWICE = {
    "form": "a formula, and the declaration of its features",
    "exchange": "a format, written and read",
    "raceform": "a format, written and read",
    "racing_api": "a format, written and read",
    "rpscrape": "a format, written and read",
    "run": "what a room does from end to end",
    "scoring": "a period's races, and a card's",
    "walk_forward": "of a training, and of a backtest",
}
"""Modules that may stand twice, and what of."""
MOST_TWICE = 8


def sources() -> Iterator[Path]:
    """The modules of the product, without its tests."""
    for package in PACKAGES:
        yield from sorted((PROJECT / package).rglob("*.py"))


def repeated(places: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What stands in more than one place."""
    return {name: of_it for name, of_it in places.items() if len(of_it) > 1}


def test_a_class_name_stands_for_one_thing() -> None:
    """A reader who meets it need not ask which one."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for file in sources():
        for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(each, ast.ClassDef):
                places[each.name].append(str(file.relative_to(PROJECT)))
    assert repeated(places) == {}


def test_a_module_name_stands_for_one_thing() -> None:
    """A command's module bears the command's name, and so the name of what it calls."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for file in sources():
        is_command = file.parent == PROJECT / "velo/cli"
        if not is_command and file.stem not in ("__init__", "__main__"):
            places[file.stem].append(str(file.relative_to(PROJECT)))
    assert repeated(places).keys() == TWICE.keys()
    assert len(TWICE) <= MOST_TWICE
