"""Data are called by the field's nouns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
BANNED = {"found", "said", "shown", "told", "heat", "knobs"}
"""Participles and metaphors: they say how a value was come by, not what it is."""
ROOMS = (
    "velo/audit",
    "velo/backup",
    "velo/cli",
    "velo/disk",
    "velo/monitoring",
    "velo/offline",
    "velo/racing",
    "velo/service",
    "velo/settings",
    "velo/store",
    "velo/synth",
    "velo/warehouse",
    "backtest",
    "training",
    "tests/api",
    "tests/audit",
    "tests/backup",
    "tests/cli",
    "tests/disk",
    "tests/feature_repo",
    "tests/monitoring",
    "tests/oracle",
    "tests/racing",
    "tests/service",
    "tests/store",
    "tests/synth",
    "tests/training",
)
"""Rooms in which no data bear them; the others are still to be gone through."""


def names(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that a module gives to data or to a function, and the line."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id, each.lineno
        elif isinstance(each, ast.arg):
            yield each.arg, each.lineno
        elif isinstance(each, ast.FunctionDef):
            yield each.name, each.lineno
        elif isinstance(each, ast.alias) and each.asname:
            yield each.asname, each.lineno


@pytest.mark.parametrize("folder", ROOMS)
def test_no_data_are_called_by_how_they_were_come_by(folder: str) -> None:
    banned = [
        f"{file.relative_to(PROJECT)}, line {line}: {name}"
        for file in sorted((PROJECT / folder).rglob("*.py"))
        for name, line in names(ast.parse(file.read_text(encoding="utf-8")))
        if name in BANNED
    ]
    assert banned == []
