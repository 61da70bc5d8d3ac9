"""What was concluded and not said by a file: numbered, listed, and what each conclusion moved.

A conclusion that two are one keeps the older id. The other becomes its alias, so that predictions
made under it settle.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import duckdb

JOINS = ("race", "horse", "card-horse", "age-slip")
"""Kinds by which two ids became one."""

DOUBTS = ("horse-apart", "card-horse-apart")
"""Kinds by which two horses of one name stay two."""


@dataclass(frozen=True)
class Inference:
    """A conclusion.

    Attributes:
        kind: one of `JOINS` or `DOUBTS`, `course` or `age`.
        kept: id that stands for both, None where nothing was joined.
        other: id that became an alias, or that stays apart.
        runners: how many runners it moved.
        undone_by: batch that took it back or overtook it.
    """

    inference_id: int
    batch_id: int
    kind: str
    kept: int | None
    other: int | None
    conclusion: str
    evidence: str
    runners: int
    undone_by: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def inferences(con: duckdb.DuckDBPyConnection) -> list[Inference]:
    """Every conclusion, the oldest first."""
    rows = con.execute("""
        SELECT i.inference_id, i.batch_id, i.kind, i.kept, i.other, i.conclusion, i.evidence,
            count(r.inference_id), i.undone_by
        FROM inferences AS i
        LEFT JOIN inference_rows AS r ON r.inference_id = i.inference_id
        GROUP BY ALL
        ORDER BY i.inference_id
    """).fetchall()
    return [Inference(*row) for row in rows]


def record(con: duckdb.DuckDBPyConnection, batch_id: int, pairs: str) -> None:
    """Write down the rows of a temporary table as conclusions of a batch.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that leads to them.
        pairs: a table with kind, kept, other, conclusion and evidence; it gets `inference_id`.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {pairs} AS SELECT "
        "CAST((SELECT coalesce(max(inference_id), 0) FROM inferences) "
        f"+ row_number() OVER (ORDER BY kept, other) AS INTEGER) AS inference_id, * FROM {pairs}"
    )
    con.execute(
        "INSERT INTO inferences SELECT inference_id, $batch, kind, kept, other, conclusion, "
        f"evidence, NULL FROM {pairs}",
        {"batch": batch_id},
    )


def renew_aliases(con: duckdb.DuckDBPyConnection) -> None:
    """Make the aliases those of the conclusions that stand.

    Args:
        con: a connection in a transaction, after a conclusion was taken back.
    """
    con.execute("DELETE FROM aliases")
    con.execute(_STANDING_ALIASES, {"joins": list(JOINS)})


def add_aliases(con: duckdb.DuckDBPyConnection, kind: str, pairs: str) -> None:
    """Make every `other` an alias of its `kept`, and with it the aliases that it had.

    Args:
        con: a connection in a transaction.
        kind: `race` or `horse`.
        pairs: a temporary table with inference_id, kept and other.
    """
    con.execute(
        f"UPDATE aliases SET id = p.kept FROM {pairs} AS p "
        "WHERE aliases.kind = $kind AND aliases.id = p.other",
        {"kind": kind},
    )
    con.execute(
        f"INSERT INTO aliases SELECT $kind, other, kept, inference_id FROM {pairs}", {"kind": kind}
    )


_STANDING_ALIASES = """
INSERT INTO aliases
WITH RECURSIVE joins AS (
    SELECT CASE kind WHEN 'race' THEN 'race' ELSE 'horse' END AS kind, other, kept, inference_id
    FROM inferences
    WHERE undone_by IS NULL AND kind IN (SELECT unnest($joins))
), stands AS (
    SELECT kind, other AS alias, kept AS id, inference_id FROM joins
    UNION ALL
    SELECT s.kind, s.alias, j.kept, s.inference_id
    FROM stands AS s
    JOIN joins AS j ON j.kind = s.kind AND j.other = s.id
)
SELECT * FROM stands WHERE (kind, id) NOT IN (SELECT (kind, other) FROM joins)
"""
