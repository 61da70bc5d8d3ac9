"""Features on disk come back as they were, in whatever portions, and leave nothing behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from training.data.feature_file import ALL, FeatureFile
from training.data.inputs import Inputs
from training.statistics.races import Races

ROWS = pd.DataFrame(
    {
        "race_id": [1, 1, 1, 2, 2, 3, 3, 3, 3, 4],
        "horse": ["c", "a", None, "b", "a", "e", "c", "d", "a", "b"],
        "rate": [0.1, np.nan, 1 / 3, 1e-300, 2.0, np.nan, np.nan, 7.0, -0.5, 1e9 + 0.1],
        "priced": [True, False] * 5,
    }
)


def on_disk(folder: Path, *ends: int) -> FeatureFile:
    """The rows in batches that end there."""
    table = pa.Table.from_pandas(ROWS, preserve_index=False)
    batches = (table.slice(a, b - a) for a, b in zip((0, *ends), (*ends, len(ROWS)), strict=True))
    return FeatureFile(batches, folder)


def test_rows_come_back_as_they_were_however_they_are_cut(tmp_path: Path) -> None:
    file = on_disk(tmp_path, 3, 5)
    assert len(file) == len(ROWS)
    for rows in (ALL, slice(2, 4), slice(5, 9), slice(4, 4), slice(0), slice(-2, None)):
        wanted = ROWS[rows].reset_index(drop=True)
        names = ["rate", "priced", "race_id"]
        pd.testing.assert_frame_equal(file.frame(names, rows), wanted[names], check_exact=True)
        horses = file.frame(["horse"], rows)["horse"].astype(object)
        assert horses.fillna("-").tolist() == wanted["horse"].fillna("-").tolist()
        portions = [part["rate"].to_numpy() for part in file.batches(["rate"], rows)]
        np.testing.assert_array_equal(np.concatenate([[], *portions]), wanted["rate"])


def test_texts_are_categories_in_the_order_of_their_letters(tmp_path: Path) -> None:
    horses = on_disk(tmp_path, 3, 5).frame(["horse"])["horse"]
    assert list(horses.cat.categories) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("relative", ["none", "both"])
def test_a_model_sees_the_same_of_races_in_portions_as_of_all_at_once(
    tmp_path: Path, relative: str
) -> None:
    inputs = Inputs(("horse", "rate"), relative, {"horse": ("a", "c")})
    whole = inputs.matrix(ROWS, Races.of(ROWS["race_id"].to_numpy()))
    matrix = on_disk(tmp_path, 3, 5).matrix(inputs)
    assert matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix, whole)


def test_no_rows_have_their_columns_all_the_same(tmp_path: Path) -> None:
    empty = FeatureFile([pa.Table.from_pandas(ROWS[:0], preserve_index=False)], tmp_path)
    assert len(empty) == 0
    assert list(empty.frame(["rate", "race_id"]).columns) == ["rate", "race_id"]
    assert empty.matrix(Inputs(("rate",))).shape == (0, 1)


def test_the_file_has_no_name_so_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    file = on_disk(tmp_path, 3, 5)
    assert list(tmp_path.iterdir()) == []
    assert len(file.frame(["rate"])) == len(ROWS)
    assert held_in(tmp_path) == 1
    del file
    gc.collect()
    assert held_in(tmp_path) == 0, "its room is given back while the process goes on"


ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
import pyarrow as pa
from tests.training.test_feature_file import held_in
from training.data.feature_file import FeatureFile
from velo.errors import HomeError
from velo.store.rows_on_disk import on_disk

folder = Path(sys.argv[1])
noise = pa.table({"rate": np.random.default_rng(1).random(50_000)})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
try:
    FeatureFile([noise], folder)
except HomeError as error:
    print(error)
try:
    with on_disk(noise.to_reader(), folder):
        pass
except HomeError as error:
    print(error)
print(held_in(folder), "held")
"""
"""In a process of its own: no file of it can grow beyond a kilobyte, its runner's neither."""


@pytest.mark.slow
def test_a_full_disk_is_named_and_given_back_what_was_taken(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    features, step, held = done.stdout.splitlines()
    assert features.startswith(f"the disk of {tmp_path} is full: the features were not retrieved")
    assert step.startswith(f"the disk of {tmp_path} is full: the retrieval was broken off")
    assert held == "0 held"


def held_in(folder: Path) -> int:
    """Open files of this process that lie in a folder or lay there before they lost their name."""
    handles = []
    for handle in Path("/proc/self/fd").iterdir():
        try:
            handles.append(os.readlink(handle))
        except FileNotFoundError:
            continue
    return sum(path.startswith(f"{folder}/") for path in handles)
