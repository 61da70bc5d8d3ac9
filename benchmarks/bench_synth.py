"""Seconds and peak memory of writing a synthetic world.

python -m benchmarks.bench_synth 2000000
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from velo.synth.world import write_world


def main() -> None:
    """Write one world of each size named and print what it took."""
    for size in [int(text) for text in sys.argv[1:]] or [100_000]:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            made = write_world(size, seed=1, edge=0.85, out=Path(folder) / "world.csv")
            seconds = time.perf_counter() - begun
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(f"{made.runners:,} runners: {seconds:.1f} s, peak {peak:.2f} GiB")


if __name__ == "__main__":
    main()
