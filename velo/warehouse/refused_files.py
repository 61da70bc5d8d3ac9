"""A file that was refused as a whole: nothing of it is kept but its rows in quarantine."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pyarrow as pa

from velo.warehouse.batches import SourceFile, add_batch, next_batch
from velo.warehouse.merge import Counts

REASON = "file-refused"
"""Of a row with nothing wrong in it, in a file that was refused."""


def rows_of_refused(con: duckdb.DuckDBPyConnection, batch_id: int) -> pa.Table:
    """The rows of a file as quarantine has them (line, reason, detail, raw), in memory.

    Args:
        con: a connection in the transaction that read the file, which is about to be rolled back.
        batch_id: that the file would have been.
    """
    rows: pa.Table = con.sql(
        """
        SELECT line, reason, detail, raw FROM quarantine WHERE batch_id = $batch
        UNION ALL
        SELECT s.line, $reason, NULL, CAST(to_json(s) AS VARCHAR) FROM staging AS s
        WHERE s.line NOT IN (SELECT line FROM quarantine WHERE batch_id = $batch)
        ORDER BY line
        """,
        params={"batch": batch_id, "reason": REASON},
    ).to_arrow_table()
    return rows


def keep_refused(
    con: duckdb.DuckDBPyConnection,
    source: SourceFile,
    rows: pa.Table,
    why: str,
    started: datetime,
    finished: datetime,
) -> int:
    """Put a refused file's rows into quarantine, in a transaction of their own.

    The rows of an earlier refusal of the same bytes are dropped: each row is there once.

    Args:
        con: a connection outside a transaction.
        source: the file.
        rows: as `rows_of_refused` gives them.
        why: it was refused, in one line.
        started: when reading began.
        finished: when it was refused.

    Returns:
        The number of its batch, of kind `refused`.
    """
    con.execute("BEGIN TRANSACTION")
    batch_id = next_batch(con)
    con.execute(
        "DELETE FROM quarantine WHERE batch_id IN (SELECT batch_id FROM import_batches "
        "WHERE kind = 'refused' AND sha256 = ?)",
        [source.sha256],
    )
    con.register("refused_rows", rows)
    con.execute(
        "INSERT INTO quarantine SELECT $batch, line, reason, "
        "CASE WHEN reason = $reason THEN $why ELSE detail END, raw FROM refused_rows",
        {"batch": batch_id, "reason": REASON, "why": why},
    )
    con.unregister("refused_rows")
    add_batch(
        con,
        batch_id,
        source,
        len(rows),
        Counts(0, 0, 0, len(rows)),
        started,
        finished,
        kind="refused",
        notes=[why],
    )
    con.execute("COMMIT")
    return batch_id
