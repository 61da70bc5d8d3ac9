"""A file into the warehouse: staged, interpreted, validated, merged, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import velo
from velo.errors import InputError
from velo.home import Home
from velo.racing.names import stable_id
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.facts import establish
from velo.warehouse.merge import merge
from velo.warehouse.sightings import identify_horses
from velo.warehouse.staging import stage

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Batch:
    """What became of a file: `rows_read` is the sum of the four counts after it."""

    file: str
    format: str
    rows_read: int
    accepted: int
    updated: int
    unchanged: int
    quarantined: int
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
) -> Batch:
    """Load one file; the same file again changes nothing.

    Args:
        home: the home whose warehouse takes the rows.
        store: memory limit and threads.
        path: a file in one of the formats of `velo.warehouse.readers`.
        form: the format's name, where the columns should not decide.
        progress: called with the name of each stage as it begins.

    Returns:
        The counts, as they are in `import_batches`.

    Raises:
        InputError: no such file, or it cannot be read.
        UnknownFormat: no reader knows its columns.
        HomeError: the warehouse is in use.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    started = datetime.now(UTC)
    digest = _sha256(path)
    with warehouse(home, store, write=True) as con:
        seen = con.execute(
            "SELECT format, rows_read - quarantined, quarantined FROM import_batches "
            "WHERE sha256 = ? ORDER BY batch_id LIMIT 1",
            [digest],
        ).fetchall()
        if seen and form in (None, seen[0][0]):
            known, kept, refused = seen[0]
            return Batch(str(path), known, kept + refused, 0, 0, kept, refused, _since(started))
        con.execute("BEGIN TRANSACTION")
        progress("reading")
        staged = stage(con, path, form)
        progress("applying the racing rules")
        establish(con, staged.reader.name, list(staged.reader.prices))
        progress("identifying horses and races")
        identify_horses(con)
        _identify_races(con)
        progress("merging")
        (batch_id,) = con.execute(
            "SELECT coalesce(max(batch_id), 0) + 1 FROM import_batches"
        ).fetchall()[0]
        counts = merge(con, batch_id, staged.reader.name, list(staged.reader.prices))
        con.execute(
            "INSERT INTO import_batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                batch_id, str(path.resolve()), digest, staged.reader.name, staged.rows_read,
                counts.accepted, counts.updated, counts.unchanged, counts.quarantined,
                started, datetime.now(UTC), velo.__version__,
            ],
        )  # fmt: skip
        progress("committing")
        con.execute("COMMIT")
    return Batch(
        str(path), staged.reader.name, staged.rows_read, counts.accepted, counts.updated,
        counts.unchanged, counts.quarantined, _since(started),
    )  # fmt: skip


def _identify_races(con: duckdb.DuckDBPyConnection) -> None:
    """The temporary table `race_keys`: a race is its date, course and off (else number, name)."""
    rows = con.execute("SELECT DISTINCT date, course_id, race_mark FROM facts").fetchall()
    con.register(
        "keyed_races",
        pa.table(
            {
                "date": pa.array([row[0] for row in rows], pa.date32()),
                "course_id": pa.array([row[1] for row in rows], pa.int64()),
                "race_mark": pa.array([row[2] for row in rows], pa.string()),
                "race_id": pa.array([stable_id("race", *row) for row in rows], pa.int64()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE race_keys AS SELECT * FROM keyed_races")
    con.unregister("keyed_races")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _since(started: datetime) -> float:
    return round((datetime.now(UTC) - started).total_seconds(), 3)
