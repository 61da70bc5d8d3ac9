"""What one fit of LightGBM takes on an idle and on a busy machine, by how its threads wait.

    python -m benchmarks.busy_machine --busy 8

A fit is a process of its own, timed without its imports and its binning. The kinds of fit take
turns and the median of the rounds is shown, for other work on the machine moves all of them alike.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from velo.cores import SPIN_COUNT, WAIT_POLICY, usable_cores

FIT = """
import sys, time
import numpy as np
from velo.cores import wait_passively
threads, rows, rounds, ours = map(int, sys.argv[1:])
if ours:
    wait_passively()
import lightgbm
rng = np.random.default_rng(7)
features = rng.normal(size=(rows, 21)).astype(np.float32)
label = (features[:, 0] + rng.normal(size=rows) > 1).astype(np.float32)
parameters = {"objective": "binary", "num_leaves": 6, "max_bin": 127, "learning_rate": 0.06,
              "feature_fraction": 0.5, "num_threads": threads, "deterministic": True,
              "force_col_wise": True, "verbosity": -1, "seed": 7}
data = lightgbm.Dataset(features, label, params=parameters).construct()
begun = time.perf_counter()
lightgbm.train(parameters, data, num_boost_round=rounds)
print(time.perf_counter() - begun)
"""


def main() -> None:
    """Measure and print a table of seconds as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=100, help="trees of a fit")
    parser.add_argument("--busy", type=int, default=8, help="processes that keep cores busy")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=float, default=120, help="seconds until a fit is stopped")
    chosen = parser.parse_args()
    cores = usable_cores()
    kinds = {
        "one thread": (1, True),
        f"{cores} threads": (cores, True),
        f"{cores} threads, as OpenMP has it": (cores, False),
    }
    print(
        f"{chosen.rows:,} rows, {chosen.rounds} rounds, {cores} cores, "
        f"load {os.getloadavg()[0]:.1f}\n"
    )
    print("| fit | idle, s | busy, s |\n| --- | --- | --- |")
    idle = _rounds(chosen, kinds)
    with busy(chosen.busy):
        crowded = _rounds(chosen, kinds)
    for name in kinds:
        print(f"| {name} | {_shown(idle[name])} | {_shown(crowded[name])} |")


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep so many processes busy for the length of the block."""
    running = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)
    ]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def _rounds(
    chosen: argparse.Namespace, kinds: dict[str, tuple[int, bool]]
) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(chosen.repeats):
        for name, (threads, ours) in kinds.items():
            seconds[name].append(_fit(chosen, threads, ours))
    return seconds


def _fit(chosen: argparse.Namespace, threads: int, ours: bool) -> float:
    inherited = {
        name: text for name, text in os.environ.items() if name not in (WAIT_POLICY, SPIN_COUNT)
    }
    words = [threads, chosen.rows, chosen.rounds, int(ours)]
    try:
        done = subprocess.run(
            [sys.executable, "-c", FIT, *map(str, words)],
            env=inherited,
            capture_output=True,
            text=True,
            check=True,
            timeout=chosen.limit,
        )
    except subprocess.TimeoutExpired:
        return float("inf")
    return float(done.stdout)


def _shown(seconds: list[float]) -> str:
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
