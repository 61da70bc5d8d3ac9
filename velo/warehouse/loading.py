"""Files, folders and patterns into the warehouse, or a rehearsal of it, one file after another."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

from velo.home import Home
from velo.settings import Settings
from velo.warehouse.batches import Batch
from velo.warehouse.deliveries import Delivery, expand
from velo.warehouse.dry_run import dry_run, rehearsed_home
from velo.warehouse.ingest import Progress, ingest

Paths = Iterable[str | Path | Delivery]


def load(
    home: Home,
    settings: Settings,
    paths: Paths,
    form: str | None,
    watch: Callable[[str], AbstractContextManager[Progress]],
    wait: float = 0.0,
) -> Iterator[Batch]:
    """Ingest files; those before one that cannot be read stay loaded.

    Args:
        home: whose warehouse.
        settings: DuckDB's bounds, and whether races and horses are joined by evidence.
        paths: files, folders or patterns.
        form: the format's name, where the columns should not decide.
        watch: opened with each file's name while it is read; gives what is told its stages.
        wait: seconds to wait, for each file, while another process holds the warehouse.

    Yields:
        The counts of each file, as soon as it is loaded.

    Raises:
        InputError: a file cannot be read.
        HomeError: the warehouse is in use, or the disk is full.
    """
    for delivery in expand(paths):
        with (
            watch(delivery.name) as progress,
            delivery.unpacked(home, settings.store) as path,
        ):
            batch = ingest(
                home,
                settings.store,
                path,
                form,
                progress,
                label=delivery.name,
                wait=wait,
                infers=settings.ingest.infer,
            )
        yield batch


def rehearse(
    home: Home,
    settings: Settings,
    paths: Paths,
    form: str | None,
    progress: Progress,
    wait: float = 0.0,
) -> Generator[Batch]:
    """The same with nothing kept, not even a home where there is none yet.

    Raises:
        As `load`.
    """
    files = expand(paths)
    with (
        rehearsed_home(home, settings.store) as own,
        closing(
            dry_run(
                own,
                settings.store,
                files,
                form,
                progress,
                wait=wait,
                infers=settings.ingest.infer,
            )
        ) as batches,
    ):
        yield from batches
