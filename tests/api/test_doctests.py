"""What docs/python.md and the docstrings of the face show is what happens."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import velo
from tests.api.small_world import write_small_world
from velo.api import daily_work, feature_work, model_work, workspace

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
CLASSES = (feature_work.FeatureWork, model_work.ModelWork, daily_work.DailyWork)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The small world in the working folder, and the home that the page made of it."""
    folder = tmp_path_factory.mktemp("small")
    write_small_world(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("VELO_HOME", str(folder / "elsewhere"))
        yield {"velo": velo}


def methods(of: type) -> list[str]:
    """The public methods of a class, as they stand in it."""
    return [name for name in vars(of) if not name.startswith("_")]


def failures(test: doctest.DocTest) -> str:
    """What a text says otherwise than it comes out."""
    lines: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=lines.append, clear_globs=False)
    return "".join(lines)


def page_test(names: dict[str, Any]) -> doctest.DocTest:
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return doctest.DocTestParser().get_doctest("".join(blocks), names, PAGE.name, str(PAGE), 0)


def test_the_page_has_a_row_for_every_method() -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    written = [re.findall(r"`(\w+)\(", row)[0] for row in rows]
    assert written == [name for each in CLASSES for name in methods(each)]


def test_opening_a_home_does_what_its_docstring_shows(tmp_path: Path) -> None:
    (test,) = doctest.DocTestFinder().find(
        workspace.open, "open", workspace, extraglobs={"folder": tmp_path}
    )
    assert test.examples
    assert failures(test) == ""


@pytest.mark.slow
def test_the_page_and_the_docstrings_show_what_happens(world: dict[str, Any]) -> None:
    assert failures(page_test(world)) == ""
    names, examples = {**world, "racing": velo.open("racing")}, 0
    for each in CLASSES:
        for name in methods(each):
            for test in doctest.DocTestFinder(recurse=False).find(
                getattr(each, name), name, extraglobs=names
            ):
                examples += len(test.examples)
                assert failures(test) == "", name
    assert examples > 10
    assert not Path("elsewhere").exists()
