"""Worlds that the tests of this room share: one seed under three markets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from velo.synth.scale import scale_for
from velo.synth.simulation import Simulation, World
from velo.synth.world import Summary, truth_path, write_world

RUNNERS = 12_000
SEED = 7


@dataclass(frozen=True)
class Printed:
    """A written world, read back as text columns, and its truth."""

    path: Path
    summary: Summary
    columns: dict[str, np.ndarray]
    truth: dict[str, np.ndarray]


def read_back(path: Path) -> dict[str, np.ndarray]:
    names = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    text = pacsv.ConvertOptions(column_types=dict.fromkeys(names, "string"))
    table = pacsv.read_csv(path, convert_options=text)
    return {name: table[name].to_numpy(zero_copy_only=False).astype(str) for name in names}


def print_world(folder: Path, seed: int, edge: float) -> Printed:
    path = folder / f"world_{seed}_{edge}.csv"
    summary = write_world(RUNNERS, seed, edge, path)
    truth = pq.read_table(truth_path(path))
    return Printed(
        path=path,
        summary=summary,
        columns=read_back(path),
        truth={n: truth[n].to_numpy() for n in truth.column_names},
    )


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="session")
def planted(folder: Path) -> Printed:
    """A world whose market misses most of the signals."""
    return print_world(folder, SEED, 0.85)


@pytest.fixture(scope="session")
def efficient(folder: Path) -> Printed:
    """The same world under a market that misses nothing."""
    return print_world(folder, SEED, 0.0)


@pytest.fixture(scope="session")
def simulated() -> World:
    """The world behind them, before it is printed."""
    return Simulation(scale_for(RUNNERS), SEED).run()
