"""An old warehouse under mended rules: what it shows itself is mended, and what to read anew.

Doubled races and horses, and offs that break their meeting's order, can be told from the tables
alone. What a reader lost or misread cannot: those files are listed, to be ingested again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from velo.home import Home
from velo.settings import Store
from velo.warehouse import doubles
from velo.warehouse.batches import SourceFile, add_batch, next_batch
from velo.warehouse.connection import warehouse
from velo.warehouse.merge import Counts
from velo.warehouse.race_checks import check_races
from velo.warehouse.readers import READERS
from velo.warehouse.stored_offs import fill_offs, mend_offs
from velo.warehouse.waiting_prices import match_waiting

Mend = Callable[[duckdb.DuckDBPyConnection, int], int]
"""Mends one kind of fault as a batch, through `velo.warehouse.earlier_rows`; returns a count."""

OFFS, DOUBLES = "offs", "doubled races and horses"


def mends(infers: bool) -> Mapping[str, Mend]:
    """Every kind of fault that a warehouse shows, in the order in which they are mended.

    Args:
        infers: whether races and horses are joined by evidence (setting `ingest.infer`).
    """
    return {OFFS: _mend_offs} | ({DOUBLES: _join_doubles} if infers else {})


def _mend_offs(con: duckdb.DuckDBPyConnection, batch_id: int) -> int:
    fill_offs(con)
    mended = len(mend_offs(con, batch_id))
    match_waiting(con, batch_id)
    return mended


def _join_doubles(con: duckdb.DuckDBPyConnection, batch_id: int) -> int:
    doubles.mend(con, batch_id)
    (count,) = con.execute(
        "SELECT count(*) FROM inferences WHERE batch_id = ?", [batch_id]
    ).fetchall()[0]
    return int(count)


@dataclass(frozen=True)
class Outdated:
    """A file that was read by an earlier version of its reader.

    Attributes:
        batch_id: that read it last.
        file: its path, or what it was called.
        format: that it was read as.
        reader_version: of the reader then.
        version: of the reader now.
    """

    batch_id: int
    file: str
    format: str
    reader_version: int
    version: int

    @property
    def is_there(self) -> bool:
        """Whether the file, or the archive that holds it, is still in its place."""
        return Path(self.file.partition("!")[0]).is_file()


@dataclass(frozen=True)
class Recheck:
    """What was mended, and what is to be read anew.

    Attributes:
        batch_id: of this check.
        mended: kind of fault -> rows.
        outdated: files, in the order in which they were imported.
    """

    batch_id: int
    mended: dict[str, int]
    outdated: list[Outdated]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        files = [asdict(each) | {"there": each.is_there} for each in self.outdated]
        return {"batch_id": self.batch_id, "mended": self.mended, "outdated": files}


def recheck(
    home: Home,
    store: Store,
    progress: Callable[[str], None] = lambda stage: None,
    *,
    wait: float = 0.0,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    mends: Mapping[str, Mend],
) -> Recheck:
    """Mend what the warehouse shows, in one transaction, as a batch of kind `recheck`.

    Args:
        home: whose warehouse.
        store: memory limit and threads.
        progress: called with each kind of fault as its turn comes.
        wait: seconds to wait while another process holds the warehouse.
        clock: gives the time, with its zone.
        mends: kind of fault -> what mends it.

    Raises:
        HomeError: the warehouse is in use.
    """
    started = clock()
    with warehouse(home, store, write=True, wait=wait, waiting=progress) as con:
        con.execute("BEGIN TRANSACTION")
        batch_id = next_batch(con)
        mended = {}
        for kind, mend in mends.items():
            progress(kind)
            mended[kind] = mend(con, batch_id)
        rows = sum(mended.values())
        check_races(con, batch_id)
        add_batch(
            con,
            batch_id,
            SourceFile("recheck", "", "recheck", 0),
            rows,
            Counts(0, rows, 0, 0),
            started,
            clock(),
            kind="recheck",
            notes=[f"{kind}: {count:,} mended" for kind, count in mended.items() if count],
        )
        old = outdated(con)
        con.execute("COMMIT")
    return Recheck(batch_id, mended, old)


def outdated(con: duckdb.DuckDBPyConnection) -> list[Outdated]:
    """The files whose reader has changed since they were read last, in the order of their import.

    A file that was read since by a reader of today, in whatever format, is not among them.
    """
    versions = {reader.name: reader.version for reader in READERS}
    rows = con.execute(
        """
        SELECT max(batch_id), arg_max(file, batch_id), format, arg_max(reader_version, batch_id),
            any_value(sha256)
        FROM import_batches
        WHERE kind = 'import' AND undone_by IS NULL
        GROUP BY sha256, format
        ORDER BY min(batch_id)
        """
    ).fetchall()
    fresh = {
        sha256
        for _, _, form, version, sha256 in rows
        if form in versions and version >= versions[form]
    }
    return [
        Outdated(batch, file, form, version, versions[form])
        for batch, file, form, version, sha256 in rows
        if form in versions and sha256 not in fresh
    ]


def is_unchecked(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether imports of an earlier version are there that no check has looked over."""
    (unchecked,) = con.execute(
        "SELECT count(*) FROM import_batches WHERE kind = 'import' AND reader_version < 2 "
        "AND undone_by IS NULL AND batch_id > ("
        "SELECT coalesce(max(batch_id), 0) FROM import_batches WHERE kind = 'recheck')"
    ).fetchall()[0]
    return bool(unchecked)
