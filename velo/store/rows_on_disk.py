"""Rows on disk between two steps of a retrieval, in a file that has no name.

Such a file takes its place on the disk and goes when its process ends, however it ends.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from velo.disk.full_disk import room_on

BROKEN_OFF = "the retrieval was broken off"


@dataclass
class RowsOnDisk:
    """Rows in their order, read once, any number at a time.

    Attributes:
        unread: batches that nobody has asked for yet.
        ahead: rows of a batch of which some have been taken.
    """

    unread: Iterator[pa.RecordBatch]
    ahead: pa.Table

    def take(self, count: int) -> pa.Table:
        """The next rows, fewer only where no more are left."""
        batches = self.ahead.to_batches()
        while sum(map(len, batches)) < count and (batch := next(self.unread, None)) is not None:
            batches.append(batch)
        rows = pa.Table.from_batches(batches, self.ahead.schema)
        self.ahead = rows.slice(count)
        return rows.slice(0, count)


@contextmanager
def on_disk(rows: pa.RecordBatchReader, folder: Path) -> Iterator[RowsOnDisk]:
    """Rows that are read to their end now and lie on disk for the length of the block.

    Args:
        rows: of any types.
        folder: on whose disk; it must be there.

    Raises:
        HomeError: the disk is full.
        OSError: the folder cannot be written to.
    """
    schema = rows.schema
    with room_on(folder, BROKEN_OFF), tempfile.TemporaryFile(dir=folder) as file:
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(file, schema, options=options) as stream:
            for batch in rows:
                stream.write_batch(batch)
        file.seek(0)  # and what is still buffered is written
        yield RowsOnDisk(iter(pa.ipc.open_stream(file)), schema.empty_table())


def portions(part: RowsOnDisk, count: int, together: int | None = None) -> Iterator[pa.Table]:
    """All rows in tables of about so many; one without rows where there are none.

    Args:
        part: the rows.
        count: of a table.
        together: the place of a column; neighbours that are alike in it are in one table.
    """
    rest, nothing = part.take(0), True
    while len(more := part.take(count)):
        rows = pa.concat_tables([rest, more])
        end = len(rows) if together is None else _last_run(rows.column(together))
        rest = rows.slice(end)
        if end:
            nothing = False
            yield rows.slice(0, end)
    if len(rest) or nothing:
        yield rest


def _last_run(column: pa.ChunkedArray) -> int:
    """Where the last run of equal values begins."""
    ends = pc.run_end_encode(column.combine_chunks()).run_ends
    return int(ends[-2].as_py()) if len(ends) > 1 else 0
