"""Rows that were refused: why, from which file and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.disk.whole_file import draft_of
from velo.errors import InputError
from velo.sql_text import literal
from velo.warehouse.row_counts import is_empty, rows_written

REASONS = {
    "malformed-line": "the line does not split into the file's columns",
    "date-unreadable": "no day that a race could have been run on, or a year in two digits",
    "course-missing": "no course",
    "horse-missing": "no horse's name",
    "race-unnamed": "neither off, number, source's id nor name: the race cannot be told apart",
    "off-unreadable": "an off that is no time of day, and nothing but the name to tell the race by",
    "position-unreadable": "a position that is neither a place nor a known code",
    "place-market": "a price of the place market, which says who is placed, not who wins",
    "price-missing": "a row of a price file without a price above 1",
    "duplicate-runner": "the same horse in the same race again, further down the file",
    "file-refused": "the file was refused as a whole, and nothing of it was kept",
}
"""Every reason a row can be refused for, and what it means."""


@dataclass(frozen=True)
class RefusedRow:
    """One refused row."""

    file: str
    line: int
    reason: str
    detail: str | None
    raw: str | None


def keep_refused_rows(con: duckdb.DuckDBPyConnection) -> int:
    """Put a file's refused rows into the table `quarantine`; how many there are.

    Args:
        con: a connection in a transaction, with the temporary tables `staging`, `refused`,
            `malformed` and `this_batch` of a file.
    """
    if is_empty(con, "refused") and is_empty(con, "malformed"):
        return 0
    return rows_written(con, _REFUSED)


def counts_by_reason(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows in quarantine, by reason, most first."""
    return dict(
        con.execute(
            "SELECT reason, count(*) FROM quarantine GROUP BY reason ORDER BY count(*) DESC, reason"
        ).fetchall()
    )


def refusals(con: duckdb.DuckDBPyConnection, limit: int) -> list[RefusedRow]:
    """The latest refused rows, newest batch first, in the order of its lines."""
    rows = con.execute(
        "SELECT b.file, q.line, q.reason, q.detail, q.raw FROM quarantine AS q "
        "JOIN import_batches AS b USING (batch_id) ORDER BY q.batch_id DESC, q.line LIMIT ?",
        [limit],
    ).fetchall()
    return [RefusedRow(*row) for row in rows]


def export(con: duckdb.DuckDBPyConnection, target: Path) -> int:
    """Write every refused row to a new CSV file; returns how many there were.

    The rows are as they came, formulas and control characters too: they are mended and read again.

    Raises:
        InputError: the file is there already, or its folder is not.
    """
    if target.exists():
        raise InputError(f"{target} is there already: choose another name")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent} is no folder: make it first")
    try:
        with draft_of(target) as draft:
            con.execute(
                "COPY (SELECT b.file, q.line, q.reason, q.detail, q.raw FROM quarantine AS q "
                "JOIN import_batches AS b USING (batch_id) ORDER BY q.batch_id, q.line) "
                f"TO {literal(str(draft))} (FORMAT csv, HEADER)"
            )
    except (duckdb.IOException, OSError) as error:
        raise InputError(f"{target} cannot be written: {str(error).splitlines()[0]}") from None
    (rows,) = con.execute("SELECT count(*) FROM quarantine").fetchall()[0]
    return int(rows)


_REFUSED = """
INSERT INTO quarantine
SELECT b.batch_id, r.line, r.reason, NULL, CAST(to_json(s) AS VARCHAR)
FROM refused AS r
JOIN staging AS s USING (line)
CROSS JOIN this_batch AS b
UNION ALL
SELECT b.batch_id, m.line, 'malformed-line', m.detail, m.raw
FROM malformed AS m
CROSS JOIN this_batch AS b
"""
