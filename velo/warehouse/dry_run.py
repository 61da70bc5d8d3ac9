"""Files read and merged for real, and nothing of it kept."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from velo.home import Home
from velo.settings import Store
from velo.warehouse.batches import Batch
from velo.warehouse.bounds import inspect
from velo.warehouse.connection import warehouse
from velo.warehouse.deliveries import Delivery
from velo.warehouse.ingest import Clock, File, Progress, read_file


@contextmanager
def rehearsed_home(home: Home, store: Store) -> Iterator[Home]:
    """The home itself, or an empty one elsewhere if there is no warehouse in it yet.

    Raises:
        HomeError: its warehouse is in use, or that of an earlier version.
    """
    if home.warehouse.exists():
        with warehouse(home, store, write=False):
            pass
        yield home
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Home(Path(folder))


def dry_run(
    home: Home,
    store: Store,
    deliveries: Iterator[Delivery],
    form: str | None = None,
    progress: Progress = lambda stage: None,
    *,
    wait: float = 0.0,
    infers: bool = True,
    clock: Clock = lambda: datetime.now(UTC),
) -> Generator[Batch]:
    """What `velo.warehouse.ingest.ingest` would do with files, one after another.

    All of it goes on in one transaction, so that a file sees those before it, and is rolled back
    at the end, also if the caller stops early.

    Args:
        home: as `rehearsed_home` gives it.
        store: memory limit, threads and the largest file that is taken.
        deliveries: the files.
        form: the format's name, where the columns should not decide.
        progress: called with the name of each stage as it begins.
        wait: seconds to wait while another process holds the warehouse.
        infers: whether races and horses are joined by evidence.
        clock: gives the time, with its zone.

    Yields:
        The counts of each file.

    Raises:
        InputError: a file cannot be read.
        HomeError: the warehouse is in use, or the disk is full.
    """
    with warehouse(home, store, write=True, wait=wait, waiting=progress) as con:
        con.execute("BEGIN TRANSACTION")
        try:
            for delivery in deliveries:
                with delivery.unpacked(home, store) as path:
                    file = File(path, delivery.name, inspect(path, store), form)
                    yield read_file(con, store, file, infers, progress, clock, clock())
        finally:
            con.execute("ROLLBACK")
