"""The batches of the warehouse: what was imported, refused or taken back, and in which version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

import duckdb

import velo
from velo.warehouse.merge import Counts
from velo.warehouse.unread import Unread, cells_by_field, warned

Kind = Literal["import", "refused", "undo", "unmerge", "recheck"]

CHANGES_DATA = "(kind <> 'refused' AND NOT (kind = 'recheck' AND updated = 0))"
"""SQL: whether a batch may have changed what a build reads."""


@dataclass(frozen=True)
class Batch:
    """What became of a file: `rows_read` is the sum of the four counts after it.

    `unmatched` of the accepted rows are prices that wait for their runner. `notes` are what a
    person should know of the file as a whole. `batch_id` is None if the file was in already.
    `unknown_columns` are those that its format does not know, `unread` the cells that no rule could
    read.
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
    notes: list[str] = field(default_factory=list)
    batch_id: int | None = None
    unknown_columns: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    def remarks(self) -> list[str]:
        """What a person should know of the file, in lines: notes, columns and cells not read."""
        name, loud = short_name(self.file), warned(self.unread)
        lines = [f"{name}: {note}" for note in self.notes]
        if self.unknown_columns:
            lines.append(f"{name}: columns not read: {', '.join(self.unknown_columns)}")
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

    @property
    def nothing_kept(self) -> bool:
        """Whether it has rows and every one of them was refused."""
        return 0 < self.rows_read == self.quarantined


def short_name(file: str) -> str:
    """A file without its folders; a member of an archive with the archive's path."""
    return file if "!" in file else file.rpartition("/")[2]


@dataclass(frozen=True)
class SourceFile:
    """A file as it is imported.

    Attributes:
        name: what its batch calls it.
        sha256: of its bytes.
        format: that it is read as.
        reader_version: of that format's reader.
    """

    name: str
    sha256: str
    format: str
    reader_version: int


def next_batch(con: duckdb.DuckDBPyConnection) -> int:
    """The number that the next batch gets."""
    (number,) = con.execute("SELECT coalesce(max(batch_id), 0) + 1 FROM import_batches").fetchall()[
        0
    ]
    return int(number)


def add_batch(
    con: duckdb.DuckDBPyConnection,
    batch_id: int,
    source: SourceFile,
    rows_read: int,
    counts: Counts,
    started: datetime,
    finished: datetime,
    *,
    kind: Kind = "import",
    undoes: int | None = None,
    notes: Sequence[str] = (),
    unknown_columns: Sequence[str] = (),
) -> None:
    """Write a batch into `import_batches`."""
    con.execute(
        """
        INSERT INTO import_batches BY NAME
        SELECT CAST($batch AS INTEGER) AS batch_id, $file AS file, $sha256 AS sha256,
            $format AS format, $rows_read AS rows_read, $accepted AS accepted,
            $updated AS updated, $unchanged AS unchanged, $quarantined AS quarantined,
            $unmatched AS unmatched, CAST($started AS TIMESTAMPTZ) AS started,
            CAST($finished AS TIMESTAMPTZ) AS finished, $code AS code_version,
            $reader AS reader_version, $kind AS kind, $undoes AS undoes,
            CAST($unknown AS VARCHAR[]) AS unknown_columns, CAST($notes AS VARCHAR[]) AS notes
        """,
        {
            "batch": batch_id,
            "file": source.name,
            "sha256": source.sha256,
            "format": source.format,
            "rows_read": rows_read,
            "accepted": counts.accepted,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "quarantined": counts.quarantined,
            "unmatched": counts.unmatched,
            "started": started,
            "finished": finished,
            "code": velo.__version__,
            "reader": source.reader_version,
            "kind": kind,
            "undoes": undoes,
            "unknown": list(unknown_columns),
            "notes": list(notes),
        },
    )


@dataclass(frozen=True)
class Imported:
    """An import of a file that counts now.

    Attributes:
        batch_id: of it.
        first: the batch that read these bytes in this format first, which is their place in time.
        format: that it was read as.
        kept: rows that were not refused.
        refused: rows that were.
        reader_version: of the reader that read it last.
        notes: of that import.
    """

    batch_id: int
    first: int
    format: str
    kept: int
    refused: int
    reader_version: int
    notes: list[str]


def imports_of(con: duckdb.DuckDBPyConnection, sha256: str) -> list[Imported]:
    """The last import of these bytes in each format; what was refused or taken back is none."""
    rows = con.execute(
        "SELECT max(batch_id), min(batch_id), format, "
        "arg_max(rows_read - quarantined, batch_id), arg_max(quarantined, batch_id), "
        "arg_max(reader_version, batch_id), coalesce(max_by(notes, batch_id), []) "
        "FROM import_batches "
        "WHERE sha256 = ? AND kind = 'import' AND undone_by IS NULL GROUP BY format ORDER BY 1",
        [sha256],
    ).fetchall()
    return [Imported(*row) for row in rows]


@dataclass(frozen=True)
class BatchEntry:
    """A batch as `import_batches` has it."""

    batch_id: int
    kind: Kind
    file: str
    format: str
    rows_read: int
    accepted: int
    updated: int
    unchanged: int
    quarantined: int
    finished: datetime
    undoes: int | None
    undone_by: int | None
    notes: list[str] | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, the time as text."""
        return asdict(self) | {"finished": self.finished.isoformat(timespec="seconds")}


def entries(con: duckdb.DuckDBPyConnection, limit: int) -> list[BatchEntry]:
    """The latest batches, the newest first."""
    columns = ", ".join(BatchEntry.__dataclass_fields__)
    rows = con.execute(
        f"SELECT {columns} FROM import_batches ORDER BY batch_id DESC LIMIT ?", [limit]
    ).fetchall()
    return [BatchEntry(*row) for row in rows]
