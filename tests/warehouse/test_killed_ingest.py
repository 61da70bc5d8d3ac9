"""Killed at any moment, an ingest leaves the home as it was before or as it is after.

`VELO_KILLS` and `VELO_KILL_RUNNERS` make it more thorough: 100 kills of an ingest of 20 s or more
need about a million runners.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, load, race
from velo.home import Home

KILLS = int(os.environ.get("VELO_KILLS", "6"))
RUNNERS = int(os.environ.get("VELO_KILL_RUNNERS", "40000"))
INGEST = """
import sys
from pathlib import Path
from velo.home import Home
from velo.settings import Store
from velo.warehouse.ingest import ingest

def tell(stage):
    print(stage, flush=True)

print("started", flush=True)
ingest(Home(Path(sys.argv[1])), Store(), Path(sys.argv[2]), progress=tell)
print("done", flush=True)
"""
COUNTED = ("races", "runners", "results", "prices_history", "horses", "import_batches")
INSIDE = {
    "reading",
    "applying the racing rules",
    "identifying horses and races",
    "merging",
    "checking the races",
    "committing",
}
OUTSIDE = {"started", "looking through the file", "done"}


def counts(home: Home) -> tuple[int, ...]:
    """Rows of each table."""
    return ask(home, "SELECT " + ", ".join(f"(SELECT count(*) FROM {name})" for name in COUNTED))[0]


def run(home: Home, world: Path, seconds: float | None) -> tuple[str, float]:
    """Ingest, killed after some seconds; the last stage that was reached, and the time taken."""
    with (home.root / "stages.txt").open("w+") as stages:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", INGEST, str(home.root), str(world)],
            stdout=stages,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2],
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        taken = time.perf_counter() - begun
        stages.seek(0)
        reached = [line for line in stages.read().split("\n") if line in {*INSIDE, *OUTSIDE}]
    return reached[-1] if reached else "starting", taken


@pytest.mark.slow
def test_a_killed_ingest_leaves_the_home_as_before_or_after(tmp_path: Path) -> None:
    world = tmp_path / "world.csv"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "velo",
            "synth",
            "--runners",
            str(RUNNERS),
            "--seed",
            "7",
            "--out",
            str(world),
        ],
        check=True,
        capture_output=True,
    )
    home = Home(tmp_path / "home")
    home.root.mkdir()
    load(home, file_of(tmp_path, race()))
    before = counts(home)
    kept = tmp_path / "kept.duckdb"
    shutil.copy(home.warehouse, kept)
    stage, whole = run(home, world, None)
    assert stage == "done"
    after = counts(home)
    landed: Counter[str] = Counter()
    shutil.copy(kept, home.warehouse)
    for kill in range(KILLS):
        stage, _ = run(home, world, whole * (kill + 0.5) / KILLS)
        landed[stage] += 1
        counts_now = counts(home)
        assert counts_now in (before, after), f"killed while {stage}: {counts_now}"
        if counts_now == after:
            shutil.copy(kept, home.warehouse)
    inside = sum(count for stage, count in landed.items() if stage in INSIDE)
    print(f"{whole:.1f} s; {KILLS} kills, {inside} inside the transaction: {dict(landed)}")
    assert inside > 0
    stage, _ = run(home, world, None)
    assert stage == "done"
    assert counts(home) == after
