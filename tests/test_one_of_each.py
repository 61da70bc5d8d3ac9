"""What every room needs is written once: each has one module, and nobody writes it anew."""

from __future__ import annotations

import ast
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from itertools import pairwise
from pathlib import Path

import duckdb

from velo.formats import in_text, on_page
from velo.sql_text import identifier, literal

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


def modules_that_call(name: str, *constants: str) -> list[str]:
    """The modules that call a function or method of a name, its first arguments these."""
    return [
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == name
        and [ast.literal_eval(each) for each in node.args if isinstance(each, ast.Constant)][
            : len(constants)
        ]
        == list(constants)
    ]


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


def test_texts_and_names_are_quoted_for_sql_in_one_module() -> None:
    assert modules_that_call("replace", "'", "''") == ["velo/sql_text.py"]
    assert modules_that_call("replace", '"', '""') == ["velo/sql_text.py"]


def test_a_quoted_text_and_name_are_what_they_were() -> None:
    name, text = """it's "x"\n--""", """a'b''c"d;\\ --é"""
    query = f"SELECT {literal(text)} AS {identifier(name)}"
    with duckdb.connect() as con, closing(sqlite3.connect(":memory:")) as lite:
        for answer in (con.execute(query), lite.execute(query)):
            assert answer.description[0][0] == name
            assert answer.fetchall() == [(text,)]


def test_a_file_takes_its_place_in_one_module() -> None:
    """`replace` and `rename` of paths have one argument, of texts and frames more, or a name."""
    renaming = {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("replace", "rename", "renames", "move")
        if ast.unparse(node.func.value) in ("os", "shutil")
        or (len(node.args) == 1 and not node.keywords)
    }
    assert renaming == {"velo/disk/whole_file.py"}


def modules_that_import(name: str) -> list[str]:
    """The modules that import a module of the standard library."""
    return [
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and name in [alias.name for alias in node.names])
        or (isinstance(node, ast.ImportFrom) and node.module == name)
    ]


def test_files_are_locked_in_one_module() -> None:
    assert modules_that_import("fcntl") == ["velo/disk/file_lock.py"]


def test_mlflows_runs_are_looked_for_in_one_module() -> None:
    assert modules_that_call("search_runs") == ["training/record/mlflow_store.py"]


def spec_of(node: ast.AST) -> str:
    """The format of a value in an f-string, as `.1f`; empty where it has none."""
    if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
        return "".join(ast.unparse(each).strip("'") for each in node.format_spec.values)
    return ""


def formatted(tree: ast.Module) -> Iterator[str]:
    """What a module writes as a percentage, or with a sign, in an f-string."""
    for node in ast.walk(tree):
        spec = spec_of(node)
        if spec.endswith("%") or "+" in spec:
            yield ast.unparse(node)
        for value, text in pairwise(node.values if isinstance(node, ast.JoinedStr) else []):
            behind = text.value if isinstance(text, ast.Constant) else ""
            if spec_of(value) and str(behind).startswith("%"):
                yield ast.unparse(node)


def dashed(tree: ast.Module) -> Iterator[str]:
    """Where a module writes a dash for a number that is not known."""
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and isinstance(node.body, ast.Constant):
            known = node.orelse.values if isinstance(node.orelse, ast.JoinedStr) else []
            if node.body.value in ("-", "\u2013") and any(map(spec_of, known)):
                yield ast.unparse(node)


def test_numbers_for_people_are_written_in_one_module() -> None:
    """Shares as percentages, and signs and dashes for what has one or is not known."""
    formatting = {
        module: [*formatted(tree), *dashed(tree)]
        for module, tree in trees().items()
        if module != "velo/formats.py"
    }
    assert {module: formats for module, formats in formatting.items() if formats} == {}


def test_a_terminal_and_a_page_round_alike() -> None:
    for value in (-0.03214, 0.03214, 0.00001, -0.00001, 12.3456, 1234.5, None, float("nan")):
        for write in ("percent", "roi", "odds", "points", "nats", "count", "significant"):
            here, there = getattr(in_text, write)(value), getattr(on_page, write)(value)
            assert here == there.replace("\u2212", "-").replace("\u2013", "-"), (write, value)
    assert [in_text.roi(-0.03214), in_text.roi(0.00001), in_text.odds(1234.5)] == [
        "-3.2%",
        "0.0%",
        "1,234.50",
    ]
    assert [in_text.percents((0.1, None), sign=True), in_text.percents((-0.1, 0.1), sign=True)] == [
        "-",
        "-10.0% to +10.0%",
    ]
