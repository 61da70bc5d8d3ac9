"""A file into the warehouse: staged, interpreted, validated, merged, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

import velo
from velo.errors import AccountingError
from velo.home import Home
from velo.settings import Store
from velo.warehouse.bounds import inspect, memory_for
from velo.warehouse.connection import warehouse
from velo.warehouse.facts import establish
from velo.warehouse.inference import infer
from velo.warehouse.merge import Counts, merge
from velo.warehouse.price_files import attach, match_waiting
from velo.warehouse.race_checks import check_races
from velo.warehouse.race_identity import identify_races
from velo.warehouse.sightings import identify_horses
from velo.warehouse.staging import Staged, detect, stage
from velo.warehouse.unsaid import leave_unsaid

Progress = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Batch:
    """What became of a file: `rows_read` is the sum of the four counts after it.

    `unmatched` of the accepted rows are prices that wait for their runner.
    """

    file: str
    format: str
    rows_read: int
    accepted: int
    updated: int
    unchanged: int
    quarantined: int
    unmatched: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def ingest(
    home: Home,
    store: Store,
    path: Path,
    form: str | None = None,
    progress: Progress = lambda stage: None,
    *,
    shown: str | None = None,
    wait: float = 0.0,
    infers: bool = True,
    clock: Clock = lambda: datetime.now(UTC),
) -> Batch:
    """Load one file, all of it or nothing; the same file again changes nothing.

    A file whose bytes were imported before changes nothing even where a later file corrected it,
    so that a folder may be read again and again.

    Args:
        home: the home whose warehouse takes the rows.
        store: memory limit, threads and the largest file that is taken.
        path: a file in one of the formats of `velo.warehouse.readers`.
        form: the format's name, where the columns should not decide.
        progress: called with the name of each stage as it begins.
        shown: what the batch calls the file, where it was unpacked from another.
        wait: seconds to wait while another process holds the warehouse.
        infers: whether races and horses are joined by evidence (setting `ingest.infer`).
        clock: gives the time, with its zone.

    Returns:
        The counts, as they are in `import_batches`.

    Raises:
        InputError: no such file, or it cannot be read.
        UnknownFormat: no reader knows its columns.
        HomeError: the warehouse is in use, or the disk is full.
    """
    started = clock()
    name = shown or str(path.resolve())
    progress("looking through the file")
    digest = inspect(path, store)
    memory = memory_for(path, store)
    with warehouse(home, store, write=True, memory=memory, wait=wait, waiting=progress) as con:
        known = _imported(con, path, store, digest, form)
        if known:
            found, kept, refused = known
            return Batch(
                name, found, kept + refused, 0, 0, kept, refused, 0, _since(started, clock)
            )
        con.execute("BEGIN TRANSACTION")
        progress("reading")
        staged = stage(con, path, store, form)
        (batch_id,) = con.execute(
            "SELECT coalesce(max(batch_id), 0) + 1 FROM import_batches"
        ).fetchall()[0]
        counts = _take(con, batch_id, staged, infers, progress)
        read = counts.accepted + counts.updated + counts.unchanged + counts.quarantined
        if read != staged.rows_read:
            raise AccountingError(
                f"{name}: {staged.rows_read} rows were read but {read} accounted for; nothing was "
                "imported; please report the file"
            )
        con.execute(
            "INSERT INTO import_batches VALUES "
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'import', NULL, NULL, NULL, NULL)",
            [
                batch_id, name, digest, staged.reader.name, staged.rows_read, counts.accepted,
                counts.updated, counts.unchanged, counts.quarantined, counts.unmatched, started,
                clock(), velo.__version__, staged.reader.version,
            ],
        )  # fmt: skip
        progress("committing")
        con.execute("COMMIT")
    return Batch(
        name, staged.reader.name, staged.rows_read, counts.accepted, counts.updated,
        counts.unchanged, counts.quarantined, counts.unmatched, _since(started, clock),
    )  # fmt: skip


def _take(
    con: duckdb.DuckDBPyConnection,
    batch_id: int,
    staged: Staged,
    infers: bool,
    progress: Progress,
) -> Counts:
    """The staged rows into the tables."""
    if staged.reader.role == "prices":
        progress("finding the runners")
        counts = attach(con, batch_id, staged.reader)
        check_races(con, batch_id)
        return counts
    progress("applying the racing rules")
    establish(con, staged.reader)
    leave_unsaid(con, staged.reader)
    progress("identifying horses and races")
    identify_races(con, staged.reader.name)
    identify_horses(con, card=staged.reader.role == "card")
    progress("merging")
    counts = merge(con, batch_id, staged)
    match_waiting(con, batch_id)
    if infers:
        progress("joining what is one")
        infer(con, batch_id)
    progress("checking the races")
    check_races(con, batch_id)
    return counts


def _imported(
    con: duckdb.DuckDBPyConnection, path: Path, store: Store, digest: str, form: str | None
) -> tuple[str, int, int] | None:
    """Format, rows kept and rows refused of a file that was imported before in this format."""
    seen = con.execute(
        "SELECT format, rows_read - quarantined, quarantined FROM import_batches "
        "WHERE sha256 = ? ORDER BY batch_id",
        [digest],
    ).fetchall()
    if not seen:
        return None
    wanted = form or detect(con, path, store)
    return next((batch for batch in seen if batch[0] == wanted), None)


def _since(started: datetime, clock: Clock) -> float:
    return round((clock() - started).total_seconds(), 3)
