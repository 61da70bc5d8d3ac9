"""A file into the warehouse: staged, interpreted, validated, merged, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from velo.errors import AccountingError, VeloError
from velo.home import Home
from velo.racing.racing_day import First
from velo.settings import Store
from velo.warehouse.absentees import withdraw_unnamed
from velo.warehouse.batches import Batch, Imported, SourceFile, add_batch, imports_of, next_batch
from velo.warehouse.bounds import inspect, memory_for
from velo.warehouse.connection import warehouse
from velo.warehouse.declared_offs import add_declared_offs
from velo.warehouse.facts import establish
from velo.warehouse.file_days import order_of_days
from velo.warehouse.inference import infer
from velo.warehouse.merge import Counts, merge
from velo.warehouse.newcomers import unknown_courses
from velo.warehouse.price_files import attach
from velo.warehouse.race_checks import check_races
from velo.warehouse.race_identity import identify_races
from velo.warehouse.readers import named
from velo.warehouse.refused_files import keep_refused, rows_of_refused
from velo.warehouse.rereading import place_in_time
from velo.warehouse.sightings import identify_horses
from velo.warehouse.staging import Staged, detect, stage
from velo.warehouse.unread import count_unread, unread_of
from velo.warehouse.unsaid import leave_unsaid
from velo.warehouse.waiting_prices import match_waiting

__all__ = ["Batch", "File", "ingest", "read_file"]

Progress = Callable[[str], None]
Clock = Callable[[], datetime]
Check = Callable[[duckdb.DuckDBPyConnection, Batch], None]
"""Looks at the warehouse as a batch would leave it, before that is kept; raises to refuse it."""


@dataclass(frozen=True)
class File:
    """A file on disk that is to be read.

    Attributes:
        path: of it.
        name: what its batch calls it: it may have been unpacked from another.
        sha256: of its bytes.
        form: the format's name, where the columns should not decide.
        latest: whether it is a card that is right even if another card came in after it.
    """

    path: Path
    name: str
    sha256: str
    form: str | None = None
    latest: bool = False


def ingest(
    home: Home,
    store: Store,
    path: Path,
    form: str | None = None,
    progress: Progress = lambda stage: None,
    *,
    label: str | None = None,
    wait: float = 0.0,
    infers: bool = True,
    clock: Clock = lambda: datetime.now(UTC),
    check: Check = lambda con, batch: None,
    latest: bool = False,
) -> Batch:
    """Load one file, all of it or nothing; the same file again changes nothing.

    A file whose bytes were imported before changes nothing even where a later file corrected it,
    so that a folder may be read again and again; unless its reader has changed since
    (docs/adr/0007).

    Args:
        home: the home whose warehouse takes the rows.
        store: memory limit, threads and the largest file that is taken.
        path: a file in one of the formats of `velo.warehouse.readers`.
        form: the format's name, where the columns should not decide.
        progress: called with the name of each stage as it begins.
        label: what the batch calls the file, where it was unpacked from another.
        wait: seconds to wait while another process holds the warehouse.
        infers: whether races and horses are joined by evidence (setting `ingest.infer`).
        clock: gives the time, with its zone.
        check: called before the commit. If it raises, nothing of the file is kept but its rows
            in quarantine, as a batch of kind `refused`.
        latest: whether it is a card that is right even if another card came in after it.

    Returns:
        The counts, as they are in `import_batches`.

    Raises:
        InputError: no such file, or it cannot be read.
        UnknownFormat: no reader knows its columns.
        HomeError: the warehouse is in use, or the disk is full.
        VeloError: what `check` raised.
    """
    started = clock()
    progress("looking through the file")
    file = File(path, label or str(path.resolve()), inspect(path, store), form, latest)
    memory = memory_for(path, store)
    with warehouse(home, store, write=True, memory=memory, wait=wait, waiting=progress) as con:
        con.execute("BEGIN TRANSACTION")
        batch = read_file(con, store, file, infers, progress, clock, started)
        try:
            check(con, batch)
        except VeloError as refusal:
            rows = None if batch.batch_id is None else rows_of_refused(con, batch.batch_id)
            con.execute("ROLLBACK")
            if rows is not None:
                keep_refused(con, _source(file, batch.format), rows, str(refusal), started, clock())
            raise
        progress("committing")
        con.execute("COMMIT")
    return batch


def read_file(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    file: File,
    infers: bool,
    progress: Progress,
    clock: Clock,
    started: datetime,
) -> Batch:
    """The same within a transaction of the caller's, who ends it.

    Args:
        con: a connection in a transaction.
        store: bounds of what a file may claim.
        file: which.
        infers: whether races and horses are joined by evidence.
        progress: called with the name of each stage as it begins.
        clock: gives the time, with its zone.
        started: when reading began.
    """
    imported = _imported(con, store, file)
    if imported and not _is_read_again(con, file, imported):
        return Batch(
            file.name,
            imported.format,
            imported.kept + imported.refused,
            0,
            0,
            imported.kept,
            imported.refused,
            0,
            _since(started, clock),
            imported.notes,
            unread=unread_of(con, imported.batch_id),
        )
    progress("reading")
    staged = stage(con, file.path, store, file.form)
    batch_id = next_batch(con)
    place_in_time(con, imported.first if imported and not file.latest else None)
    first = order_of_days(con, file.name)
    counts = _take(con, batch_id, staged, first, infers, progress)
    count_unread(con, batch_id)
    read = counts.accepted + counts.updated + counts.unchanged + counts.quarantined
    if read != staged.rows_read:
        raise AccountingError(
            f"{file.name}: {staged.rows_read} rows were read but {read} accounted for; nothing was "
            "imported; please report the file"
        )
    notes = [
        *staged.notes,
        *(note for (note,) in con.execute("SELECT note FROM file_notes").fetchall()),
        *unknown_courses(con, batch_id),
    ]
    if imported and imported.reader_version < staged.reader.version:
        notes.append(
            f"read anew: batch {imported.batch_id} read it by version {imported.reader_version} "
            f"of the reader, which is now {staged.reader.version}"
        )
    add_batch(
        con,
        batch_id,
        _source(file, staged.reader.name),
        staged.rows_read,
        counts,
        started,
        clock(),
        notes=notes,
        unknown_columns=staged.unknown,
    )
    return Batch(
        file.name,
        staged.reader.name,
        staged.rows_read,
        counts.accepted,
        counts.updated,
        counts.unchanged,
        counts.quarantined,
        counts.unmatched,
        _since(started, clock),
        notes,
        batch_id,
        staged.unknown,
        unread_of(con, batch_id),
    )


def _take(
    con: duckdb.DuckDBPyConnection,
    batch_id: int,
    staged: Staged,
    first: First,
    infers: bool,
    progress: Progress,
) -> Counts:
    """The staged rows into the tables."""
    if staged.reader.role == "prices":
        progress("finding the runners")
        counts = attach(con, batch_id, staged.reader, first)
        check_races(con, batch_id)
        return counts
    progress("applying the racing rules")
    establish(con, staged.reader, first)
    leave_unsaid(con, staged.reader)
    progress("identifying horses and races")
    identify_races(con, staged.reader.name)
    identify_horses(con, card=staged.reader.role == "card")
    progress("merging")
    counts = merge(con, batch_id, staged)
    if staged.reader.role == "card":
        withdraw_unnamed(con, batch_id)
        add_declared_offs(con, batch_id)
    match_waiting(con, batch_id)
    if infers:
        progress("joining what is one")
        infer(con, batch_id)
    progress("checking the races")
    check_races(con, batch_id)
    return counts


def _imported(con: duckdb.DuckDBPyConnection, store: Store, file: File) -> Imported | None:
    """The last import of the file's bytes in its format, if there is one."""
    imports = imports_of(con, file.sha256)
    if not imports:
        return None
    wanted = file.form or detect(con, file.path, store)
    return next((each for each in imports if each.format == wanted), None)


def _is_read_again(con: duckdb.DuckDBPyConnection, file: File, imported: Imported) -> bool:
    """Whether bytes that were imported before are read all the same."""
    reader = named(imported.format)
    if imported.reader_version < reader.version:
        return True
    return (
        file.latest
        and reader.role == "card"
        and bool(
            con.execute(
                "SELECT 1 FROM import_batches WHERE batch_id > ? AND format = ? "
                "AND kind = 'import' AND undone_by IS NULL",
                [imported.batch_id, imported.format],
            ).fetchall()
        )
    )


def _source(file: File, form: str) -> SourceFile:
    return SourceFile(file.name, file.sha256, form, named(form).version)


def _since(started: datetime, clock: Clock) -> float:
    return round((clock() - started).total_seconds(), 3)
