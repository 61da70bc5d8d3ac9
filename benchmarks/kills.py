"""Kill every writing command again and again, and see what is left of the home.

    python -m benchmarks.kills --runners 20000 --kills 40

Each time the home is put back, the command is struck with SIGKILL at a moment drawn evenly over the
time that it takes, then run again to its end, and `velo audit` proves the features anew.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.small_home import SmallHome, small_home

FINE = {0, 1}
"""1: something is due, refused by the gate, or drifts."""


def main() -> None:
    """Print one row a command as Markdown, and each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=None, help="these commands")
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="velo-kills-") as folder:
        home = small_home(Path(folder), chosen.runners)
        print("| command | seconds | killed | ended before | audit fails | again fails |")
        print("| --- | --- | --- | --- | --- | --- |")
        for name, words in home.commands().items():
            if chosen.only is None or name in chosen.only:
                print(_row(home, name, words, chosen.kills, draw), flush=True)


def _row(home: SmallHome, name: str, words: list[str], kills: int, draw: random.Random) -> str:
    home.restore()
    begun = time.perf_counter()
    home.run(*words)
    whole = time.perf_counter() - begun
    counted: Counter[str] = Counter()
    for nth in range(kills):
        home.restore()
        after = whole * (nth + draw.random()) / kills
        counted["killed" if _killed(home, words, after) else "ended"] += 1
        for what, again, fine in (("again", words, FINE), ("audit", ["audit"], {0})):
            code, complaint = home.run(*again)
            if code not in fine or "unexpected" in complaint or "Traceback" in complaint:
                counted[what] += 1
                print(f"{name}, killed after {after:.2f} s: velo {again[0]} {code}: {complaint}")
    return (
        f"| `{name}` | {whole:.1f} | {counted['killed']} | {counted['ended']} | "
        f"{counted['audit']} | {counted['again']} |"
    )


def _killed(home: SmallHome, words: list[str], after: float) -> bool:
    """Whether the command was still at it when the blow came."""
    process = home.start(*words)
    time.sleep(after)
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return alive


if __name__ == "__main__":
    main()
