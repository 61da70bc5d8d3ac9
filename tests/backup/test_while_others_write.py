"""A backup while others write, and backups and restores that are killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.backup.forged import STORE, keep, little_home
from tests.warehouse.raceform_file import contents, file_of, load, race, row
from tests.warehouse.test_one_writer import PATIENCE, writer
from velo.backup.backup import backup
from velo.backup.restore import restore
from velo.backup.staging_folder import PREFIX
from velo.errors import HomeError
from velo.home import Home

HALTING = """
import sys, time
from pathlib import Path
from velo.home import Home
from velo.backup.backup import backup
from velo.backup.restore import restore
from velo.settings import Store

def tell(stage):
    if stage.startswith(sys.argv[4]):
        print(stage, flush=True)
        time.sleep(600)

home, file = Path(sys.argv[2]), Path(sys.argv[3])
if sys.argv[1] == "backup":
    backup(Home(home), Store(memory_limit="1GB", threads=1), file, tell=tell)
else:
    restore(file, home, tell=tell)
print("done", flush=True)
"""


def halted(doing: str, home: Home, file: Path, at: str) -> subprocess.Popen[str]:
    """A process that backs up or restores and stands still at a stage."""
    process = subprocess.Popen(
        [sys.executable, "-c", HALTING, doing, str(home.root), str(file), at],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(at)
    return process


def kill(process: subprocess.Popen[str]) -> None:
    """As the power does."""
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL
    if process.stdout is not None:
        process.stdout.close()


def names(folder: Path) -> list[str]:
    """What a folder holds, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def staging_folders(folder: Path) -> list[str]:
    """Those of the folders within one that a backup or restore makes for a while."""
    return [name for name in names(folder) if name.startswith(PREFIX)]


def test_an_ingest_that_writes_is_named_where_nobody_would_wait(tmp_path: Path) -> None:
    home = little_home(tmp_path / "home")
    load(home, file_of(tmp_path, race()))
    with (
        writer(home, file_of(tmp_path, [row("Delta", "1")], "b.csv"), "merging"),
        pytest.raises(HomeError, match="in use by pid"),
    ):
        keep(home, tmp_path / "a.tar.gz")
    assert not [name for name in names(tmp_path) if "a.tar.gz" in name]
    assert not staging_folders(home.root)


def test_a_backup_waits_for_an_ingest_and_holds_all_of_it_or_nothing(tmp_path: Path) -> None:
    home = little_home(tmp_path / "home")
    load(home, file_of(tmp_path, race()))
    before = contents(home)
    announcements: list[str] = []
    with writer(home, file_of(tmp_path, [row("Delta", "4")], "b.csv"), "merging") as process:

        def killed_meanwhile(why: str) -> None:
            announcements.append(why)
            kill(process)

        backup(home, STORE, tmp_path / "a.tar.gz", PATIENCE, killed_meanwhile)
    assert len(announcements) == 1
    assert f"in use by pid {process.pid}" in announcements[0]
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert contents(Home(tmp_path / "again")) == before


def test_an_ingest_during_a_backup_is_not_held_up_once_the_warehouse_is_copied(
    tmp_path: Path,
) -> None:
    home = little_home(tmp_path / "home")
    load(home, file_of(tmp_path, race()))
    before = contents(home)

    def ingest_while(stage: str) -> None:
        if stage == "hashing":
            load(home, file_of(tmp_path, [row("Delta", "4")], "b.csv"))

    backup(home, STORE, tmp_path / "a.tar.gz", tell=ingest_while)
    assert contents(home) != before
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert contents(Home(tmp_path / "again")) == before


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_database_that_is_written_all_the_while_is_copied_as_of_one_moment(
    tmp_path: Path, journal: str
) -> None:
    """Two tables that every transaction changes alike."""
    home = little_home(tmp_path / "home")
    path = home.root / "ledger.db"
    with sqlite3.connect(path) as con:
        con.execute(f"PRAGMA journal_mode = {journal}")
        con.executescript("CREATE TABLE debit (n, pad); CREATE TABLE credit (n, pad);")
    stop = threading.Event()

    def book() -> None:
        con = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        n = 0
        while not stop.is_set():
            con.execute("BEGIN IMMEDIATE")
            for table in ("debit", "credit"):
                con.execute(f"INSERT INTO {table} VALUES (?, ?)", [n, "x" * 3000])
            con.execute("COMMIT")
            n += 1
            time.sleep(0.001)
        con.close()

    clerk = threading.Thread(target=book)
    clerk.start()
    try:
        sizes = []
        for n in range(3):
            backup(home, STORE, tmp_path / f"{n}.tar.gz", PATIENCE)
            restore(tmp_path / f"{n}.tar.gz", tmp_path / f"again{n}")
            with sqlite3.connect(tmp_path / f"again{n}" / "ledger.db") as con:
                debit, credit = (
                    con.execute(f"SELECT count(*), max(n) FROM {table}").fetchone()
                    for table in ("debit", "credit")
                )
            assert debit == credit
            sizes.append(debit[0])
    finally:
        stop.set()
        clerk.join()
    assert sizes == sorted(sizes)
    assert sizes[-1] > 0


@pytest.mark.slow
def test_one_backup_at_a_time(tmp_path: Path) -> None:
    home = little_home(tmp_path / "home")
    process = halted("backup", home, tmp_path / "a.tar.gz", "packing")
    try:
        with pytest.raises(HomeError, match="another backup is under way"):
            keep(home, tmp_path / "b.tar.gz")
    finally:
        kill(process)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["copying reports", "hashing", "packing", "reading"])
def test_a_killed_backup_leaves_no_archive_and_the_next_one_is_whole(
    tmp_path: Path, stage: str
) -> None:
    home = little_home(tmp_path / "home")
    kill(halted("backup", home, tmp_path / "a.tar.gz", stage))
    assert "a.tar.gz" not in names(tmp_path)
    keep(home, tmp_path / "a.tar.gz")
    assert not staging_folders(home.root)
    assert not staging_folders(tmp_path), "a half-written archive lies beside the whole one"
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert names(tmp_path / "again") == ["reports", "velo.toml"]


@pytest.mark.parametrize("stage", ["unpacking velo.toml", "naming"])
def test_a_killed_restore_leaves_no_home_and_the_next_one_is_whole(
    tmp_path: Path, stage: str
) -> None:
    keep(little_home(tmp_path / "home"), tmp_path / "a.tar.gz")
    again = Home(tmp_path / "again")
    kill(halted("restore", again, tmp_path / "a.tar.gz", stage))
    assert not again.root.exists()
    restore(tmp_path / "a.tar.gz", again.root)
    assert names(again.root) == ["reports", "velo.toml"]
    assert names(tmp_path) == ["a.tar.gz", "again", "home"]
