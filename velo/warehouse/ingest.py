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
from velo.racing.racing_day import First
from velo.settings import Store
from velo.warehouse.bounds import inspect, memory_for
from velo.warehouse.connection import warehouse
from velo.warehouse.facts import establish
from velo.warehouse.file_days import order_of_days
from velo.warehouse.merge import Counts, merge
from velo.warehouse.price_files import attach, match_waiting
from velo.warehouse.race_checks import check_races
from velo.warehouse.race_identity import identify_races
from velo.warehouse.sightings import identify_horses
from velo.warehouse.staging import Staged, detect, stage
from velo.warehouse.unread import Unread, cells_by_field, count_unread, unread_of, warned

Progress = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Batch:
    """What became of a file: `rows_read` is the sum of the four counts after it.

    `unmatched` of the accepted rows are prices that wait for their runner. `unread` are the cells
    that no rule could read, `notes` what was concluded about the file as a whole.
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
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def nothing_kept(self) -> bool:
        """Whether the file had rows and every one was refused."""
        return self.rows_read > 0 and self.rows_read == self.quarantined

    def remarks(self) -> list[str]:
        """What a person should know of the file, in lines: notes, and cells that were not read."""
        name, loud = self.file.rpartition("/")[2], warned(self.unread)
        lines = [f"{name}: {note}" for note in self.notes]
        lines += [
            f"{'warning: ' if each.field in loud else ''}{name}: {each}" for each in self.unread
        ]
        if self.nothing_kept:
            lines.append(f"{name}: none of its {self.rows_read:,} rows was kept")
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: `unread` counts cells by field, `unread_cells` says why, and names some."""
        return asdict(self) | {
            "unread": cells_by_field(self.unread),
            "unread_cells": [each.to_dict() for each in self.unread],
            "warned": warned(self.unread),
        }


def ingest(
    home: Home,
    store: Store,
    path: Path,
    form: str | None = None,
    progress: Progress = lambda stage: None,
    *,
    shown: str | None = None,
    wait: float = 0.0,
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
            earlier, found, kept, refused, notes = known
            return Batch(
                name, found, kept + refused, 0, 0, kept, refused, 0, _since(started, clock),
                unread_of(con, earlier), tuple(notes or ()),
            )  # fmt: skip
        con.execute("BEGIN TRANSACTION")
        progress("reading")
        staged = stage(con, path, store, form)
        (batch_id,) = con.execute(
            "SELECT coalesce(max(batch_id), 0) + 1 FROM import_batches"
        ).fetchall()[0]
        first = order_of_days(con, name)
        counts = _take(con, batch_id, staged, first, progress)
        count_unread(con, batch_id)
        notes = [note for (note,) in con.execute("SELECT note FROM file_notes").fetchall()]
        read = counts.accepted + counts.updated + counts.unchanged + counts.quarantined
        if read != staged.rows_read:
            raise AccountingError(
                f"{name}: {staged.rows_read} rows were read but {read} accounted for; nothing was "
                "imported; please report the file"
            )
        con.execute(
            "INSERT INTO import_batches VALUES "
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'import', NULL, NULL, NULL, ?)",
            [
                batch_id, name, digest, staged.reader.name, staged.rows_read, counts.accepted,
                counts.updated, counts.unchanged, counts.quarantined, counts.unmatched, started,
                clock(), velo.__version__, staged.reader.version, notes,
            ],
        )  # fmt: skip
        progress("committing")
        con.execute("COMMIT")
        unread = unread_of(con, batch_id)
    return Batch(
        name, staged.reader.name, staged.rows_read, counts.accepted, counts.updated,
        counts.unchanged, counts.quarantined, counts.unmatched, _since(started, clock),
        unread, tuple(notes),
    )  # fmt: skip


def _take(
    con: duckdb.DuckDBPyConnection, batch_id: int, staged: Staged, first: First, progress: Progress
) -> Counts:
    """The staged rows into the tables."""
    if staged.reader.role == "prices":
        progress("finding the runners")
        counts = attach(con, batch_id, staged.reader, first)
        check_races(con, batch_id)
        return counts
    progress("applying the racing rules")
    establish(con, staged.reader, first)
    progress("identifying horses and races")
    identify_races(con, staged.reader.name)
    identify_horses(con, card=staged.reader.role == "card")
    progress("merging")
    counts = merge(con, batch_id, staged)
    match_waiting(con, batch_id)
    progress("checking the races")
    check_races(con, batch_id)
    return counts


def _imported(
    con: duckdb.DuckDBPyConnection, path: Path, store: Store, digest: str, form: str | None
) -> tuple[int, str, int, int, list[str] | None] | None:
    """Batch, format, rows kept, rows refused and notes of a file imported before as this format."""
    seen = con.execute(
        "SELECT batch_id, format, rows_read - quarantined, quarantined, notes FROM import_batches "
        "WHERE sha256 = ? ORDER BY batch_id",
        [digest],
    ).fetchall()
    if not seen:
        return None
    wanted = form or detect(con, path, store)
    return next((batch for batch in seen if batch[1] == wanted), None)


def _since(started: datetime, clock: Clock) -> float:
    return round((clock() - started).total_seconds(), 3)
