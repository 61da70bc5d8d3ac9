"""A small home with everything in it, and the commands that write to it."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import forked
from benchmarks.contents import Tables, contents
from benchmarks.forked import Running

TWO_DAYS = 2
"""Days at the world's end that the home does not hold: one to ingest, one to predict and settle."""
SETTINGS = """\
[training]
folds = 2
history_days = 150
holdout_days = 60
bootstrap_draws = 100
[ranker]
rounds = 20
early_stopping = 10
threads = 1
[store]
threads = 1
"""
"""A short training writes what a long one writes, and spends more of its time on it."""


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

    @property
    def archive(self) -> Path:
        """Where `velo backup` writes."""
        return self.root.with_name("archive.velo")

    def restore(self) -> None:
        """Put the home back as it was made."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.kept, self.root, symlinks=True)
        self.archive.unlink(missing_ok=True)

    def start(self, *words: str) -> Running:
        """Start a command."""
        return forked.command(self.root, *words)

    def run(self, *words: str) -> tuple[int, str]:
        """Run a command to its end; its exit code and what it complained of."""
        return self.timed(*words)[:2]

    def timed(self, *words: str) -> tuple[int, str, float]:
        """The same, and the seconds of CPU that it took."""
        process = self.start(*words)
        ended = process.end()
        process.printed.unlink()
        return *ended, process.seconds

    def audit(self) -> tuple[int, str]:
        """Build, for an audit is of what is current, and audit."""
        code, complaint = self.run("build")
        return (code, complaint) if code else self.run("audit")

    def contents(self) -> Tables:
        """What is in it now; of an archive, what a home restored from it holds."""
        home = self.root
        if self.archive.exists():
            home = self.root.with_name("restored")
            shutil.rmtree(home, ignore_errors=True)
            code, complaint = self.run("restore", str(self.archive), "--into", str(home))
            if code:
                raise RuntimeError(f"the archive is not restored: {complaint}")
        tables: Tables = forked.answer(home, partial(contents, home))
        return tables

    def commands(self) -> dict[str, list[str]]:
        """What writes to a home, by name, with its words."""
        return {
            "ingest": ["ingest", str(self.files["day"])],
            "build": ["build", "--full"],
            "materialize": ["materialize"],
            "train": ["train"],
            "backtest": ["backtest"],
            "predict": ["predict", str(self.files["card"]), "--model", "challenger", "--backfill"],
            "results": ["results", str(self.files["results"])],
            "ledger": ["ledger"],
            "report": ["report"],
            "migrate": ["migrate"],
            "backup": ["backup", str(self.archive)],
        }


def options(description: str | None) -> argparse.ArgumentParser:
    """What both programs over a small home ask for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--runners", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=None, help="these commands")
    parser.add_argument("--folder", type=Path, help="where the home stays for the next time")
    return parser


@contextmanager
def small_home(folder: Path | None, runners: int) -> Iterator[SmallHome]:
    """Make a home, or take the one that an earlier call made in this folder."""
    forked.warm()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield _made(folder.resolve(), runners)
        return
    with tempfile.TemporaryDirectory(prefix="velo-home-") as temporary:
        yield _made(Path(temporary), runners)


def _made(folder: Path, runners: int, seed: int = 3) -> SmallHome:
    """Results but for the last days, a build, the registry, a model, predictions.

    Raises:
        RuntimeError: a command that must come through did not.
    """
    names = ("held", "day", "card", "results")
    home = SmallHome(
        folder / "home", folder / "kept", {name: folder / f"{name}.csv" for name in names}
    )
    if home.kept.exists():
        return home
    home.root.mkdir()
    (home.root / "velo.toml").write_text(SETTINGS, encoding="utf-8")
    world = folder / "world.csv"
    synth = ["synth", "--runners", str(runners), "--seed", str(seed), "--out"]
    _must(home, [*synth, str(world)])
    _must(home, [*synth, str(home.files["card"]), "--format", "racecard"])
    _split(world, home.files)
    _must(home, ["ingest", str(home.files["held"])])
    _must(home, ["build"])
    forked.answer(home.root, _apply)
    _must(home, home.commands()["train"], refused=1)
    _must(home, home.commands()["predict"])
    shutil.copytree(home.root, home.kept, symlinks=True)
    return home


def _split(world: Path, files: dict[str, Path]) -> None:
    """The world's days but for the last two, the last but one, and the last."""
    header, *lines = world.read_text(encoding="utf-8").splitlines()
    days = sorted({line.partition(",")[0] for line in lines})
    ends = {"held": days[:-TWO_DAYS], "day": days[-2:-1], "results": days[-1:]}
    for name, chosen in ends.items():
        wanted = set(chosen)
        part = [line for line in lines if line.partition(",")[0] in wanted]
        files[name].write_text("\n".join([header, *part, ""]), encoding="utf-8")


def _apply() -> None:
    from velo.store.registration import apply

    apply()


def _must(home: SmallHome, words: list[str], refused: int = 0) -> None:
    code, complaint = home.run(*words)
    if code not in (0, refused):
        raise RuntimeError(f"velo {words[0]} ended with {code}: {complaint.strip()}")
