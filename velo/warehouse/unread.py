"""Cells of a file that were not read: how many of each field, why, and three of them.

Every row counts that is not malformed, refused ones too: of each field the cells given are those
read and those counted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from velo.sql_text import identifier, literal

EXAMPLES = 3
WARN_ABOVE = 0.01
"""Share of a field's cells; fewer may be slips of the pen."""
_SHOWN = 60


@dataclass(frozen=True)
class Example:
    """A cell that was not read."""

    line: int
    text: str


@dataclass(frozen=True)
class Unread:
    """Cells of one field that were not read for one reason.

    Attributes:
        field: the reader's, or `price_` and the kind of price.
        reason: `unreadable`: no rule knows the text; `beyond-reason`: its figure cannot be.
        cells: how many.
        given: cells of the field in which the file writes something.
        examples: up to three different texts, each where it comes first.
        file: the file, where cells of several are listed.
    """

    field: str
    reason: str
    cells: int
    given: int
    examples: tuple[Example, ...]
    file: str | None = None

    @property
    def share(self) -> float:
        """Of the cells given."""
        return self.cells / self.given

    @property
    def name(self) -> str:
        """The field as people call it."""
        return self.field.removeprefix("price_").replace("_", " ")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        plain = asdict(self) | {"share": round(self.share, 6)}
        return plain if self.file else {key: plain[key] for key in plain if key != "file"}

    def __str__(self) -> str:
        why = "could not be read" if self.reason == "unreadable" else "are beyond reason"
        examples = ", ".join(f"line {each.line} {each.text!r}" for each in self.examples)
        return f"{self.name}: {self.cells:,} of {self.given:,} {why} ({examples})"


def count_unread(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Fill `unread` for a batch from the temporary tables `read_cells` and `beyond_reason`.

    Args:
        con: a connection in a transaction, with `staging` and the lookups of its texts.
        batch_id: the batch.
    """
    known = con.execute(
        "SELECT field, given, unreadable, beyond, lookup, key, fault FROM read_cells "
        "WHERE unreadable + beyond > 0"
    ).fetchall()
    for field, given, unreadable, beyond, lookup, key, fault in known:
        for reason, cells in (("unreadable", unreadable), ("beyond-reason", beyond)):
            if cells:
                column = f"s.{identifier(field)}"
                texts = (
                    f"SELECT min(s.line) AS line, trim({column}) AS text FROM staging AS s "
                    f"JOIN (SELECT DISTINCT {key} AS text FROM rule_{lookup} "
                    f"WHERE {fault} = $reason) AS r ON r.text = {column} GROUP BY ALL"
                )
                _insert(con, batch_id, field, reason, cells, given, texts)
    later = con.execute(
        "SELECT b.field, count(*), any_value(c.given) FROM beyond_reason AS b "
        "JOIN read_cells AS c USING (field) GROUP BY b.field"
    ).fetchall()
    for field, cells, given in later:
        texts = (
            "SELECT min(line) AS line, text FROM beyond_reason "
            f"WHERE field = {literal(field)} AND $reason = 'beyond-reason' GROUP BY text"
        )
        _insert(con, batch_id, field, "beyond-reason", cells, given, texts)


def _insert(
    con: duckdb.DuckDBPyConnection,
    batch_id: int,
    field: str,
    reason: str,
    cells: int,
    given: int,
    texts: str,
) -> None:
    con.execute(
        f"""
        INSERT INTO unread
        SELECT $batch, $field, $reason, $cells, $given, list({{
            'line': line,
            'text': CASE WHEN length(text) > {_SHOWN} THEN left(text, {_SHOWN}) || '…' ELSE text END
        }} ORDER BY line)
        FROM ({texts} ORDER BY line LIMIT {EXAMPLES})
        ON CONFLICT DO UPDATE SET cells = unread.cells + excluded.cells,
            examples = list_concat(unread.examples, excluded.examples)[1:{EXAMPLES}]
        """,
        {"batch": batch_id, "field": field, "reason": reason, "cells": cells, "given": given},
    )


def unread_of(con: duckdb.DuckDBPyConnection, batch_id: int) -> tuple[Unread, ...]:
    """A batch's cells that were not read, by field."""
    return tuple(_rows(con, "WHERE u.batch_id = ? ORDER BY u.field, u.reason DESC", [batch_id]))


def unread_cells(con: duckdb.DuckDBPyConnection, limit: int) -> list[Unread]:
    """Those of every batch, with the file, newest batch first."""
    return _rows(con, "ORDER BY u.batch_id DESC, u.field, u.reason DESC LIMIT ?", [limit], True)


def unread_shares(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Fields of which more than `WARN_ABOVE` of a file's cells were not read, most cells first.

    Each is the field, the cells not read and given in those files, and their share.
    """
    rows = con.execute(
        """
        WITH files AS (
            SELECT batch_id, field, sum(cells) AS cells, any_value(given) AS given FROM unread
            GROUP BY batch_id, field
        )
        SELECT field, sum(cells), sum(given) FROM files
        JOIN import_batches AS b USING (batch_id)
        WHERE cells > ? * given AND b.undone_by IS NULL
        GROUP BY field
        ORDER BY sum(cells) DESC, field
        """,
        [WARN_ABOVE],
    ).fetchall()
    return [
        {"field": field, "cells": int(cells), "given": int(given), "share": round(cells / given, 6)}
        for field, cells, given in rows
    ]


def cells_by_field(unread: Iterable[Unread]) -> dict[str, int]:
    """Field -> its cells that were not read, for either reason."""
    counts: dict[str, int] = {}
    for each in unread:
        counts[each.field] = counts.get(each.field, 0) + each.cells
    return counts


def warned(unread: Sequence[Unread]) -> list[str]:
    """The fields of which more than `WARN_ABOVE` of the cells were not read."""
    given = {each.field: each.given for each in unread}
    return [
        field
        for field, cells in cells_by_field(unread).items()
        if cells > WARN_ABOVE * given[field]
    ]


def _rows(
    con: duckdb.DuckDBPyConnection, which: str, values: list[Any], named: bool = False
) -> list[Unread]:
    rows = con.execute(
        "SELECT u.field, u.reason, u.cells, u.given, u.examples, b.file FROM unread AS u "
        f"LEFT JOIN import_batches AS b USING (batch_id) {which}",
        values,
    ).fetchall()
    return [
        Unread(
            field,
            reason,
            cells,
            given,
            tuple(Example(**each) for each in examples),
            file if named else None,
        )
        for field, reason, cells, given, examples, file in rows
    ]
