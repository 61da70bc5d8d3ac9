"""`python -m tests.differential 2000 [FORMAT-YEAR ...]`: files, oddities and faults by kind."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.differential.trial import FORMAT_YEARS, trial


def main() -> int:
    """Prints the counts; 1 where there is a fault."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    names = sys.argv[2:] or list(FORMAT_YEARS)
    kinds: Counter[str] = Counter()
    example: dict[str, str] = {}
    rows = oddities = 0
    for k in range(files):
        name, seed = names[k % len(names)], k // len(names)
        folder = Path(tempfile.mkdtemp())
        tried = trial(folder, name, seed)
        shutil.rmtree(folder)
        rows, oddities = rows + tried.rows, oddities + tried.oddities
        for fault in tried.faults:
            kind = f"{name}: {re.sub(r'/[^ ]*/|[0-9]+|datetime[^)]*[)]', '#', fault)[:120]}"
            kinds[kind] += 1
            example.setdefault(kind, f"seed {seed}: {fault[:220]}")
    for kind, count in sorted(kinds.items()):
        print(f"{count:6} {kind}\n       {example[kind]}")
    print(f"{files} files, {rows} rows, {oddities} oddities, {sum(kinds.values())} faults")
    return int(bool(kinds))


if __name__ == "__main__":
    raise SystemExit(main())
