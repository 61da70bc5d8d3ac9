"""Copying a home while others write to it.

What refers comes before what it refers to: the online store before the build that it was filled
from, MLflow's database before the artifacts, a build before the warehouse. So a copy names nothing
that it lacks, and what came to be meanwhile is at worst not yet used. MLflow's database also comes
before the ledger, whose chain holds every head that MLflow recorded.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from velo.backup.staging_folder import is_ours
from velo.disk.full_disk import is_full
from velo.errors import HomeError, NothingIngested
from velo.home import Home
from velo.offline.partitions import link
from velo.settings import Store
from velo.warehouse.connection import warehouse_of_any_version

SQLITE = b"SQLite format 3\0"
LEFT_OUT = ("spill", "demo")
"""Of a home: what is made anew, and the demo's, which is a home of its own."""
LOCKS = (".processes", ".promotion.lock", ".stores.lock", ".velo-demo")
"""Hidden files of a home that say nothing of it."""
BESIDE = ("-wal", "-shm", "-journal", ".wal", ".new", ".partial")
"""Endings of what a database or a writer keeps beside its file."""


def parts(home: Home) -> list[Path]:
    """The files and folders of a home that a backup takes, in its order; hidden ones are locks."""
    last = [Path(home.root, "mlflow.db"), home.artifacts, home.ledger, home.offline, home.warehouse]
    paths = [path for path in sorted(home.root.iterdir()) if not _is_left_out(path)]
    return sorted(paths, key=lambda path: last.index(path) if path in last else -1)


def left_out(home: Home) -> tuple[str, ...]:
    """What a backup does not take, less locks, staging folders and what is made anew."""
    return tuple(
        path.name
        for path in sorted(home.root.iterdir())
        if _is_left_out(path)
        and path.name not in (*LEFT_OUT, *LOCKS)
        and not is_ours(path)
        and not any(
            (home.root / path.name.removesuffix(end)).is_file()
            for end in BESIDE
            if path.name.endswith(end)
        )
    )


def _is_left_out(path: Path) -> bool:
    return path.name.startswith(".") or path.name in LEFT_OUT or path.name.endswith(BESIDE)


def copy_home(
    home: Home,
    store: Store,
    stage: Path,
    wait: float,
    waiting: Callable[[str], None] = lambda why: None,
    tell: Callable[[str], None] = lambda part: None,
) -> str | None:
    """Copy a home into an empty folder, each part as it stood at one moment.

    Args:
        home: is only read.
        store: bounds of the warehouse's connection.
        stage: on the same disk as the home, else a build is copied where it could be linked.
        wait: seconds to wait for whoever writes to the warehouse or to a database.
        waiting: told once, as the wait begins, who holds it.
        tell: called with each part's name as its turn comes.

    Returns:
        The name of the current build; None where there is none.

    Raises:
        HomeError: a part was in use for longer than `wait`, or a link leads back into itself.
    """
    build = None
    for path in parts(home):
        tell(path.name)
        if path == home.warehouse:
            _copy_warehouse(home, store, stage, wait, waiting)
        elif path == home.offline:
            build = _copy_build(home, stage)
        else:
            _copy(path, stage / path.name, wait, ())
    return build


def _copy(path: Path, target: Path, wait: float, within: tuple[Path, ...]) -> None:
    """A file or a folder; one that is taken away meanwhile is left out."""
    if path.is_dir():
        folder = path.resolve()
        if folder in within:
            raise HomeError(f"{path} is a link that leads back into itself: remove it")
        target.mkdir()
        for inner in sorted(path.iterdir()):
            _copy(inner, target / inner.name, wait, (*within, folder))
        return
    try:
        with path.open("rb") as file:
            is_database = file.read(len(SQLITE)) == SQLITE
        if is_database:
            _copy_database(path, target, wait)
        else:
            shutil.copyfile(path, target)
    except FileNotFoundError:
        target.unlink(missing_ok=True)


def _copy_database(path: Path, target: Path, wait: float) -> None:
    """By SQLite's own backup: one state, whoever writes."""
    until = time.monotonic() + wait

    def in_time(status: int, remaining: int, total: int) -> None:
        if remaining and time.monotonic() > until:
            raise HomeError(f"{path} is being written: wait until that is done")

    source = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=max(wait, 1))
    copied = sqlite3.connect(target)
    try:
        source.backup(copied, progress=in_time)
        verdict = copied.execute("PRAGMA quick_check(1)").fetchone()[0]
        # Else a log and its index would be made beside the copy by whoever reads it.
        copied.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        if is_full(error):
            raise
        raise HomeError(f"{path} cannot be copied: {error}; restore it from a backup") from None
    finally:
        copied.close()
        source.close()
    if verdict != "ok":
        raise HomeError(f"{path} is damaged: {verdict.splitlines()[0]}; restore it from a backup")


def _copy_build(home: Home, stage: Path) -> str | None:
    """The build that the pointer shows at this moment; its files are linked, nobody writes them."""
    if not home.current_build.exists():
        return None
    folder = home.current_build.resolve()
    target = stage / home.offline.name / folder.name
    target.parent.mkdir()
    try:
        link(folder, target)
    except FileNotFoundError:
        raise HomeError(f"{folder} was replaced meanwhile: run it again") from None
    return folder.name


def _copy_warehouse(
    home: Home, store: Store, stage: Path, wait: float, waiting: Callable[[str], None]
) -> None:
    try:
        with warehouse_of_any_version(home, store, wait=wait, waiting=waiting):
            log = Path(f"{home.warehouse}.wal")
            if log.exists():
                shutil.copyfile(log, stage / log.name)
            # Last: a process that closes a file gives up its locks on it, DuckDB's too.
            shutil.copyfile(home.warehouse, stage / home.warehouse.name)
    except NothingIngested:
        return
