"""Runners of a card whose horse is a conclusion and no file's word."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.offline.exposure import main_schema


def doubtful_horses(con: duckdb.DuckDBPyConnection, entries: pa.Table) -> list[str]:
    """A line for each conclusion about a horse of the entries, with the command that undoes it.

    Args:
        con: an open warehouse.
        entries: one row a runner, with `race_id` and `horse_id`.
    """
    con.register("entered", entries.select(["race_id", "horse_id", "horse"]))
    rows = con.execute(_CONCLUSIONS.format(main=main_schema(con))).fetchall()
    con.unregister("entered")
    return [
        f"{horse}: {conclusion} ({evidence}); if that is wrong: velo ingest --unmerge {number}"
        for horse, conclusion, evidence, number in rows
    ]


_CONCLUSIONS = """
SELECT any_value(entered.horse), i.conclusion, i.evidence, i.inference_id
FROM entered
JOIN {main}.inference_rows AS r
    ON r.race_id = entered.race_id AND r.horse_id = entered.horse_id
JOIN {main}.inferences AS i ON i.inference_id = r.inference_id
WHERE i.undone_by IS NULL
GROUP BY i.inference_id, i.conclusion, i.evidence
ORDER BY i.inference_id
"""
