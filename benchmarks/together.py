"""Every pair of writing commands at one time in one home.

    python -m benchmarks.together --runners 20000

Two commands may be in each other's way: then one says so in one line, and names who is there. When
both have ended each is run again alone, and `velo audit` proves the features anew.
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import combinations_with_replacement
from pathlib import Path

from benchmarks.small_home import SmallHome, small_home


def main() -> None:
    """Print one row a pair as Markdown, and each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, default=20_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="velo-together-") as folder:
        home = small_home(Path(folder), chosen.runners)
        print("| one | other | exit | exit | again | audit |\n" + "| --- " * 6 + "|")
        for pair in combinations_with_replacement(home.commands(), 2):
            print(_row(home, pair), flush=True)


def _row(home: SmallHome, pair: tuple[str, str]) -> str:
    home.restore()
    words = [home.commands()[name] for name in pair]
    processes = [home.start(*each) for each in words]
    complaints = [process.communicate()[1] for process in processes]
    codes = [process.returncode for process in processes]
    again = [home.run(*each) for each in words]
    audit = home.run("audit")
    for complaint in (*complaints, *(said for _, said in (*again, audit))):
        if "unexpected" in complaint or "Traceback" in complaint or complaint.count("\n") > 1:
            print(f"{pair[0]} and {pair[1]}: {complaint.strip()}")
    cells = (*pair, *codes, "/".join(str(code) for code, _ in again), audit[0])
    return f"| {' | '.join(str(cell) for cell in cells)} |"


if __name__ == "__main__":
    main()
