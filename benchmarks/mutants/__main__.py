"""`make mutants`: draw faults, run the tests of each, and list what nobody noticed.

    python -m benchmarks.mutants [MODULE ...]

Exit 1 where a fault survived that `known.py` does not explain.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.mutants import trial
from benchmarks.mutants.faults import drawn
from benchmarks.mutants.known import KNOWN
from benchmarks.mutants.modules import MODULES

ROOT = Path(__file__).resolve().parents[2]
SEED = 2019
PATIENCE = 5.0
"""Times as long as the tests of the module as it is, and at least a minute."""


def main(wanted: list[str]) -> int:
    """Try every module, or those whose path holds one of the words."""
    trial.warm()
    results: Counter[str] = Counter()
    unexplained = 0
    for module in MODULES:
        if wanted and not any(word in module.path for word in wanted):
            continue
        path = ROOT / module.path
        source = path.read_text(encoding="utf-8")
        begun = time.monotonic()
        if trial.run(module.name, path, source, module.tests, 1800) != trial.SURVIVED:
            print(f"{module.path}: its tests fail without a fault", flush=True)
            return 2
        patience = max(60.0, PATIENCE * (time.monotonic() - begun))
        here: Counter[str] = Counter()
        for fault in drawn(source, module.faults, SEED):
            outcome = trial.run(module.name, path, fault.source, module.tests, patience)
            here[outcome] += 1
            if outcome != trial.SURVIVED:
                continue
            why = KNOWN.get((module.path, fault.before, fault.after))
            unexplained += why is None
            print(f"{module.path}:{fault.line}\n  - {fault.before}\n  + {fault.after}")
            print(f"  {why or 'NOBODY NOTICED'}", flush=True)
        print(f"{module.path}: {_words(here)}", flush=True)
        results += here
    print(f"in all: {_words(results)}; {unexplained} unexplained")
    return int(unexplained > 0)


def _words(counts: Counter[str]) -> str:
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    return f"{counts.total()} faults: {outcomes}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
