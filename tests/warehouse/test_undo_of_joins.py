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
from velo.warehouse.ingest import ingest
from velo.warehouse.recheck import mends, recheck
from velo.warehouse.unmerge import unmerge

JOINS = (
    "SELECT inference_id FROM inferences WHERE undone_by IS NULL "
    "AND kind IN ('race', 'horse', 'card-horse', 'age-slip', 'course') ORDER BY 1 DESC"
)
State = dict[str, list[tuple[object, ...]]]
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


def differing(home: Home, before: State) -> dict[str, object]:
    """The tables that are not what they were, with both."""
    now = tables(home)
    return {name: (now[name], before[name]) for name in now if now[name] != before[name]}


def do(home: Home, files: list[Path], steps: list[int]) -> tuple[list[State], list[int]]:
    """Load files or unmerge; the tables before each batch, and the batches."""
    states: list[State] = [tables(home)]
    batches: list[int] = []
    for step in steps:
        batch = unmerged(home) if step == UNMERGE else load(home, files[step]).batch_id
        if batch is not None:
            batches.append(batch)
            states.append(tables(home))
    return states, batches


def undo_in_turn(home: Home, states: list[State], batches: list[int]) -> None:
    """Take every batch back, the newest first: each gives back what was."""
    for batch, before in reversed(list(zip(batches, states, strict=False))):
        taken_back(home, batch)
        assert differing(home, before) == {}


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        ("14a 14b", {"horse"}),
        ("14b 14a UNMERGE", {"horse"}),
        ("14b b_trainer july may", {"horse", "horse-apart"}),
        ("namesake 14a bare_card", {"card-horse-apart"}),
        ("b_trainer bare_card UNMERGE", {"card-horse"}),
        ("14a may 14b", {"horse"}),
        ("june_bsp 14a 14b", {"horse"}),
        ("b_trainer 14b june_bsp july UNMERGE", {"horse", "horse-apart"}),
        ("15a 15b UNMERGE", {"race", "course"}),
        ("15b 15a2 15a", {"race", "course"}),
        ("early irish_bsp bare 15a late UNMERGE", {"race", "course", "horse"}),
        ("bare irish_bsp early_too early 15a2 15b", {"race", "course"}),
        ("career 11 UNMERGE", {"age-slip"}),
        ("11 career", {"age-slip"}),
    ],
)
def test_each_kind_of_conclusion_goes_with_its_batch(
    home: Home, tmp_path: Path, names: str, kinds: set[str]
) -> None:
    files = joining_files(tmp_path)
    numbers = {path.stem: number for number, path in enumerate(files)} | {"UNMERGE": UNMERGE}
    states, batches = do(home, files, [numbers[name] for name in names.split()])
    assert {kind for (kind,) in ask(home, "SELECT DISTINCT kind FROM inferences")} >= kinds
    undo_in_turn(home, states, batches)


@pytest.mark.slow
@given(steps=STEPS)
@settings(max_examples=6)
def test_undo_gives_back_what_was_before_whatever_was_joined(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("undo")
    home = Home(folder)
    undo_in_turn(home, *do(home, joining_files(folder), steps))


def content(home: Home) -> State:
    """Every row of every table but `import_batches`, without the numbers of batches."""
    rows_of = {}
    for name, rows in tables(home).items():
        columns = [row[0] for row in ask(home, f"DESCRIBE {name}")]
        texts = [i for i, column in enumerate(columns) if column not in NUMBERS]
        rows_of[name] = sorted((tuple(row[i] for i in texts) for row in rows), key=repr)
    return rows_of


def refused(home: Home, batch: int) -> str | None:
    """Take a batch back; what is said against it, if anything."""
    try:
        taken_back(home, batch)
    except InputError as refusal:
        return str(refusal)
    return None


def without_one(folder: Path, files: list[Path], steps: list[int], one: int) -> str:
    """Take back one of several files: it is as if it had not come, or refused in one line."""
    homes = Home(folder / "all"), Home(folder / "others")
    for home in homes:
        home.root.mkdir()
    batches = [load(homes[0], files[step]).batch_id for step in steps]
    one %= len(steps)
    before = tables(homes[0])
    refusal = refused(homes[0], batches[one] or 0)
    if refusal is not None:
        assert "\n" not in refusal
        assert "told of the same races or horses after it" in refusal
        assert differing(homes[0], before) == {}
        return "refused"
    for number, step in enumerate(steps):
        if number != one:
            load(homes[1], files[step])
    now, never = content(homes[0]), content(homes[1])
    assert {name: (now[name], never[name]) for name in now if now[name] != never[name]} == {}
    return "taken back"


@pytest.mark.slow
@given(
    steps=st.lists(st.integers(0, FILES - 1), min_size=2, max_size=4, unique=True),
    one=st.integers(0, 3),
)
@settings(max_examples=6)
def test_a_batch_under_later_ones_is_refused_or_as_if_it_had_not_come(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], one: int
) -> None:
    folder = tmp_path_factory.mktemp("undo")
    without_one(folder, joining_files(folder), steps, one)


@pytest.mark.slow
def test_a_recheck_is_not_taken_back_and_what_it_changed_stays(home: Home, tmp_path: Path) -> None:
    files = joining_files(tmp_path)
    for path in (files[7], files[9]):
        ingest(home, STORE, path, infers=False)
    recheck(home, STORE, mends=mends(True))
    before = tables(home)
    with pytest.raises(InputError, match=r"is a recheck, .* --unmerge ID") as refusal:
        taken_back(home, 3)
    assert "\n" not in str(refusal.value)
    for batch in (1, 2):
        with pytest.raises(InputError, match=r"batch 3, a recheck, changed .* corrected file"):
            taken_back(home, batch)
    assert differing(home, before) == {}


def test_what_an_unmerge_parted_stands_on_it_until_that_is_undone(
    home: Home, tmp_path: Path
) -> None:
    files = joining_files(tmp_path)
    states, batches = do(home, files, [0, 3, UNMERGE])
    with pytest.raises(InputError, match=r"batch 3 \(inference \d\).*--undo 3"):
        taken_back(home, 2)
    undo_in_turn(home, states, batches)
