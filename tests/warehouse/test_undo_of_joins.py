"""A batch that joined races, horses or courses is taken back whole, and so is an unmerge."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.joining_files import FILES, joining_files
from tests.warehouse.raceform_file import STORE, ask, load
from tests.warehouse.test_undo import tables, taken_back
from velo.errors import InputError
from velo.home import Home
from velo.warehouse.recheck import mends, recheck
from velo.warehouse.unmerge import unmerge

JOINS = (
    "SELECT inference_id FROM inferences WHERE undone_by IS NULL "
    "AND kind IN ('race', 'horse', 'card-horse', 'age-slip', 'course') ORDER BY 1 DESC"
)
NUMBERS = {"batch_id", "replaced_by", "inference_id", "arrived_with"}
UNMERGE = FILES
"""The step that takes back the newest conclusion that can be."""

STEPS = st.lists(st.integers(0, UNMERGE), min_size=2, max_size=6)


def unmerged(home: Home) -> int | None:
    """Take back the newest conclusion that can be; its batch."""
    for (number,) in ask(home, JOINS):
        try:
            return unmerge(home, STORE, number)
        except InputError:
            continue
    return None


def differing(home: Home, before: dict[str, list[tuple[object, ...]]]) -> dict[str, object]:
    """The tables that are not what they were, with both."""
    now = tables(home)
    return {name: (now[name], before[name]) for name in now if now[name] != before[name]}


def undo_in_turn(home: Home, files: list[Path], steps: list[int]) -> None:
    """Do the steps, then take every batch back, the newest first: each gives back what was."""
    states, batches = [tables(home)], []
    for step in steps:
        batch = unmerged(home) if step == UNMERGE else load(home, files[step]).batch_id
        if batch is not None:
            batches.append(batch)
            states.append(tables(home))
    for batch, before in reversed(list(zip(batches, states, strict=False))):
        taken_back(home, batch)
        assert differing(home, before) == {}


@given(steps=STEPS)
@settings(max_examples=6)
def test_undo_gives_back_what_was_before_whatever_was_joined(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("undo")
    undo_in_turn(Home(folder), joining_files(folder), steps)
