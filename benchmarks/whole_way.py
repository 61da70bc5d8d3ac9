"""Seconds and peak memory of every stage, at a size of one's choice.

    python -m benchmarks.whole_way --runners 2000000

Each stage is a process of its own, as an operator would run it, in a home that is thrown away.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from velo.cores import usable_cores

VELO = [sys.executable, "-m", "velo"]


def stages(
    home: Path, runners: int, seed: int, edge: float, holdout_days: int
) -> dict[str, list[str]]:
    """The commands of the whole way, in order."""
    world = str(home / "world.csv")
    feast = str(Path(sys.executable).with_name("feast"))
    return {
        "synth": [
            *VELO,
            "synth",
            "--runners",
            str(runners),
            "--seed",
            str(seed),
            "--edge",
            str(edge),
            "--out",
            world,
        ],
        "ingest": [*VELO, "ingest", world],
        "ingest again": [*VELO, "ingest", world],
        "build": [*VELO, "build"],
        "feast apply": [feast, "-c", "feature_repo", "apply"],
        "retrieve": [sys.executable, "-m", "benchmarks.retrieval"],
        "train": [
            *VELO,
            "train",
            "--holdout-days",
            str(holdout_days),
            "--truth",
            str(home / "world.truth.parquet"),
        ],
        "backtest": [*VELO, "backtest"],
    }


def measure(command: list[str], home: Path) -> tuple[float, float, str]:
    """Wall seconds, peak GB of the process and what it printed.

    Raises:
        SystemExit: the command failed.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, "VELO_HOME": str(home)}, stdout=subprocess.PIPE, text=True
    )
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    return time.perf_counter() - begun, usage.ru_maxrss / 2**20, printed


def main() -> None:
    """Run the stages and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edge", type=float, default=0.85)
    parser.add_argument("--holdout-days", type=int, default=365)
    parser.add_argument("--show", action="store_true", help="print what the stages print")
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="velo-bench-"))
    try:
        print(f"{chosen.runners:,} runners, {usable_cores()} cores\n")
        print("| stage | seconds | peak GB |\n| --- | --- | --- |")
        for name, command in stages(
            home, chosen.runners, chosen.seed, chosen.edge, chosen.holdout_days
        ).items():
            seconds, peak, printed = measure(command, home)
            print(f"| {name} | {seconds:.1f} | {peak:.1f} |", flush=True)
            if chosen.show:
                print(printed, file=sys.stderr)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"\nprocessor seconds in all: {children.ru_utime + children.ru_stime:.0f}")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
