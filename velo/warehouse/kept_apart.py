"""Pairs that a person said are two: no conclusion joins them again."""

from __future__ import annotations

import duckdb


def drop_kept_apart(con: duckdb.DuckDBPyConnection, kind: str, pairs: str) -> None:
    """Take out of a temporary table the pairs that were taken back before.

    Args:
        con: an open warehouse.
        kind: `race` or `horse`.
        pairs: a table with kept and other. An id stands for its aliases as well.
    """
    if not con.execute("SELECT 1 FROM kept_apart WHERE kind = $kind", {"kind": kind}).fetchall():
        return
    con.execute(
        f"""
        DELETE FROM {pairs} AS p
        USING (
            WITH named AS (
                SELECT id, alias FROM aliases WHERE kind = $kind
                UNION SELECT one, one FROM kept_apart WHERE kind = $kind
                UNION SELECT other, other FROM kept_apart WHERE kind = $kind
            )
            SELECT a.id AS one, b.id AS other
            FROM kept_apart AS k
            JOIN named AS a ON a.alias = k.one
            JOIN named AS b ON b.alias = k.other
            WHERE k.kind = $kind
        ) AS apart
        WHERE (p.kept = apart.one AND p.other = apart.other)
            OR (p.kept = apart.other AND p.other = apart.one)
        """,
        {"kind": kind},
    )
