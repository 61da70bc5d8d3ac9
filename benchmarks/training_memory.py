"""What `velo train` takes of memory, by the number of runners.

    python -m benchmarks.training_memory --runners 500000 1000000 2000000

For each number a synthetic home is made and thrown away; `--homes FOLDER` keeps them, and uses
those that are there. The bound is half a GB and three quarters of a GB a million runners.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.whole_way import measure, stages
from velo.cores import usable_cores

MADE = ("synth", "ingest", "build", "feast apply")
BASE_GB, GB_A_MILLION = 0.5, 0.75


def main() -> None:
    """Print the table as Markdown, each line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, nargs="+", default=[500_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edge", type=float, default=0.85)
    parser.add_argument("--holdout-days", type=int, default=365)
    parser.add_argument("--homes", type=Path, help="a folder to keep the homes in")
    chosen = parser.parse_args()
    print(f"{usable_cores()} cores\n")
    print("| runners | retrieval, s | its peak GB | train, s | its peak GB | bound, GB |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="velo-bench-") as thrown_away:
        for runners in chosen.runners:
            home = (chosen.homes or Path(thrown_away)) / str(runners)
            steps = stages(home, runners, chosen.seed, chosen.edge, chosen.holdout_days)
            _make(home, steps)
            figures = [measure(steps[name], home)[:2] for name in ("retrieve", "train")]
            cells = " | ".join(f"{seconds:.1f} | {peak:.2f}" for seconds, peak in figures)
            bound = BASE_GB + GB_A_MILLION * runners / 1e6
            print(f"| {runners:,} | {cells} | {bound:.2f} |", flush=True)


def _make(home: Path, steps: dict[str, list[str]]) -> None:
    """Bring a home to where it can be trained in, if it is not there."""
    ready = home / "ready"
    if ready.exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    for name in MADE:
        measure(steps[name], home)
    ready.touch()


if __name__ == "__main__":
    main()
