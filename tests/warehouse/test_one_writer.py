"""One writer at a time, and a writer that dies leaves the warehouse as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import STORE, contents, file_of, load, race, row
from velo.errors import HomeError, NothingIngested
from velo.home import Home
from velo.warehouse.connection import warehouse

PATIENCE = 60.0
WRITER = """
import sys, time
from pathlib import Path
from velo.home import Home
from velo.settings import Store
from velo.warehouse.ingest import ingest

def tell(stage):
    print(stage, flush=True)
    if stage == sys.argv[3]:
        time.sleep(600)

ingest(Home(Path(sys.argv[1])), Store(memory_limit="1GB", threads=1), Path(sys.argv[2]), None, tell)
"""
STAGES = (
    "reading",
    "applying the racing rules",
    "identifying horses and races",
    "merging",
    "committing",
)


@contextmanager
def writer(home: Home, path: Path, halt: str | None) -> Iterator[subprocess.Popen[str]]:
    """A process that ingests `path`, halts at a stage if told to, and is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home.root), str(path), halt or ""],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    try:
        assert process.stdout is not None
        seen = halt or STAGES[0]
        assert any(line.strip() == seen for line in process.stdout), f"{seen} never came"
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def test_a_reader_without_a_warehouse_is_told_to_ingest(home: Home) -> None:
    with (
        pytest.raises(NothingIngested, match=r"run `velo ingest FILE` first"),
        warehouse(home, STORE, write=False),
    ):
        pass
    assert not home.warehouse.exists()


def test_a_warehouse_in_use_names_the_process_that_holds_it(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    with writer(home, file_of(tmp_path, [row("Delta", "1")], "b.csv"), "reading") as process:
        for attempt in (lambda: contents(home), lambda: load(home, tmp_path / "results.csv")):
            with pytest.raises(HomeError) as refusal:
                attempt()
            assert f"in use by pid {process.pid}" in str(refusal.value)
            assert len(str(refusal.value).splitlines()) == 1


def test_a_file_that_is_no_warehouse_is_refused(home: Home) -> None:
    home.warehouse.write_bytes(b"not a database" * 1000)
    with (
        pytest.raises(HomeError, match=r"cannot be opened as a warehouse"),
        warehouse(home, STORE, write=True),
    ):
        pass


@pytest.mark.few(1)
@pytest.mark.parametrize("stage", STAGES)
def test_an_ingest_killed_at_any_stage_leaves_the_tables_as_they_were(
    home: Home, tmp_path: Path, stage: str
) -> None:
    load(home, file_of(tmp_path, race()))
    tables = (*contents(home), "import_batches", "quarantine")
    before = contents(home, tables)
    path = file_of(tmp_path, [*race(rpr="99"), row("Delta", "4"), row("", "5")], "b.csv")
    with writer(home, path, stage) as process:
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    assert contents(home, tables) == before
    batch = load(home, path)
    assert (batch.updated, batch.accepted, batch.quarantined) == (3, 1, 1)


@pytest.mark.slow
def test_an_ingest_killed_at_any_moment_is_whole_or_not_at_all(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    tables = (*contents(home), "import_batches", "quarantine")
    rows = [
        row(
            f"Horse {number}",
            "1",
            off=f"{number % 12 + 1}:{number % 60:02}",
            race_name="R",
            date=f"20{number % 15 + 10}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        )
        for number in range(20_000)
    ]
    path = file_of(tmp_path, rows, "many.csv")
    before = contents(home, tables)
    undone = 0
    for delay in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0):
        with writer(home, path, halt=None) as process:
            time.sleep(delay)
            process.kill()
            process.wait(PATIENCE)
        after = contents(home, tables)
        if after != before:
            # The blow came behind the commit: then all of it is there.
            assert len(after["import_batches"]) == 2
            assert {len(after[table]) for table in ("runners", "results")} == {20_003}
            assert len(after["prices_history"]) == 2 * 20_003  # the opening price and the last
            break
        undone += 1
    assert undone
    again = load(home, path)
    assert again.accepted + again.unchanged == 20_000
