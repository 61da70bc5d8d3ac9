"""A small home with everything in it, and the commands that write to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TWO_DAYS = 2
"""Days at the world's end that the home does not hold: one to ingest, one to predict and settle."""


@dataclass(frozen=True)
class SmallHome:
    """Where it lies, as it was made, and the files that are still to come.

    Attributes:
        root: the home that commands work on.
        kept: a copy of it as it was made.
        files: `day`: results of a day; `card`: the next day's; `results`: what became of it.
    """

    root: Path
    kept: Path
    files: dict[str, Path]

    def restore(self) -> None:
        """Put the home back as it was made."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.kept, self.root, symlinks=True)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "velo", *words],
            env={**os.environ, "VELO_HOME": str(self.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Run a command to its end; its exit code and what it complained of."""
        process = self.start(*words)
        _, complaint = process.communicate()
        return process.returncode, complaint

    def commands(self) -> dict[str, list[str]]:
        """What writes to a home, by name, with its words."""
        archive = str(self.root.with_name("archive.velo"))
        return {
            "ingest": ["ingest", str(self.files["day"])],
            "build": ["build"],
            "materialize": ["materialize"],
            "train": ["train", "--holdout-days", "60"],
            "backtest": ["backtest"],
            "predict": ["predict", str(self.files["card"]), "--model", "challenger", "--backfill"],
            "results": ["results", str(self.files["results"])],
            "ledger": ["ledger"],
            "report": ["report"],
            "migrate": ["migrate"],
            "backup": ["backup", archive],
        }


def small_home(folder: Path, runners: int, seed: int = 3) -> SmallHome:
    """Make one: results but for the last days, a build, the registry, a model, predictions.

    Raises:
        RuntimeError: a command that must come through did not.
    """
    home = SmallHome(
        folder / "home",
        folder / "kept",
        {name: folder / f"{name}.csv" for name in ("held", "day", "card", "results")},
    )
    world = folder / "world.csv"
    for words in (
        ["synth", "--runners", str(runners), "--seed", str(seed), "--out", str(world)],
        [
            "synth",
            "--runners",
            str(runners),
            "--seed",
            str(seed),
            "--format",
            "racecard",
            "--out",
            str(home.files["card"]),
        ],
    ):
        _must(home, words)
    header, *lines = world.read_text(encoding="utf-8").splitlines()
    days = sorted({line.partition(",")[0] for line in lines})
    ends = {"held": days[:-TWO_DAYS], "day": days[-2:-1], "results": days[-1:]}
    for name, chosen in ends.items():
        wanted = set(chosen)
        part = [line for line in lines if line.partition(",")[0] in wanted]
        home.files[name].write_text("\n".join([header, *part, ""]), encoding="utf-8")
    _must(home, ["ingest", str(home.files["held"])])
    _must(home, ["build"])
    declared = [sys.executable, "-c", "from velo.store.registration import apply; apply()"]
    subprocess.run(declared, env={**os.environ, "VELO_HOME": str(home.root)}, check=True)
    _must(home, home.commands()["train"], refused=1)
    _must(home, home.commands()["predict"])
    shutil.copytree(home.root, home.kept, symlinks=True)
    return home


def _must(home: SmallHome, words: list[str], refused: int = 0) -> None:
    code, complaint = home.run(*words)
    if code not in (0, refused):
        raise RuntimeError(f"velo {words[0]} ended with {code}: {complaint.strip()}")
