"""What every room needs is written once: each has one module, and nobody writes it anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OURS = ("velo", "training", "backtest", "feature_repo")


@cache
def trees() -> dict[str, ast.Module]:
    """Path of a module within the project -> its syntax."""
    return {
        file.relative_to(PROJECT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for room in OURS
        for file in sorted((PROJECT / room).rglob("*.py"))
    }


def arrays_named(tree: ast.Module) -> Iterator[str]:
    """The kinds of array that a module gives a name to, as `float64`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            array, element = ast.unparse(node.value.value), ast.unparse(node.value.slice)
            if array.endswith("NDArray"):
                yield element.removeprefix("np.")


def test_a_kind_of_array_has_one_name() -> None:
    named = [element for tree in trees().values() for element in arrays_named(tree)]
    assert sorted(named) == sorted(set(named))
    assert set(arrays_named(trees()["velo/arrays.py"])) == {"float64", "int64", "bool_"}
