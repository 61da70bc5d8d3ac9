"""What a person should know of a card before believing it: a line for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import duckdb
import pyarrow as pa

from velo.live.fairness import NEAR
from velo.offline.exposure import main_schema

STRANGERS = 3
"""So many horses without a result are worth a word,"""
SHARE = 1 / 3
"""if they are so much of the card: on most days about a tenth of the runners are new."""


def strangers(runners: Sequence[Mapping[str, Any]]) -> str | None:
    """A line where many horses of a card were never seen in a result.

    Args:
        runners: with `seen_horse`, as `velo.live.entries` gives them.
    """
    unseen = sum(not runner["seen_horse"] for runner in runners)
    if unseen < STRANGERS or unseen < SHARE * len(runners):
        return None
    return (
        f"{unseen} of {len(runners)} horses were never seen in a result: does the card spell names "
        "and countries as your results do?"
    )


def unknown_courses(runners: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each course that no result names.

    Args:
        runners: with `course` and `seen_course`, as `velo.live.entries` gives them.
    """
    unseen = dict.fromkeys(runner["course"] for runner in runners if not runner["seen_course"])
    return [
        f"the course {course} was never seen in a result: if your results spell it differently, "
        "correct the card, or its results will not be matched"
        for course in unseen
    ]


def moved_races(con: duckdb.DuckDBPyConnection, entries: pa.Table) -> list[str]:
    """A line for each race that a card moved to later.

    Args:
        con: an open warehouse.
        entries: as `velo.live.entries` gives them.
    """
    races = {row["race_id"]: row for row in entries.to_pylist() if row["off_at"] is not None}
    rows = con.execute(
        "SELECT race_id, min(off_at) FROM declared_offs WHERE off_doubt = 0 "
        "AND race_id IN (SELECT unnest(?::BIGINT[])) GROUP BY race_id ORDER BY race_id",
        [sorted(races)],
    ).fetchall()
    return [
        f"{races[race]['course']} {races[race]['off']} was declared for "
        f"{first.astimezone(UTC):%H:%M} UTC before: a prediction made after that counts only if "
        "the result gives the later off"
        for race, first in rows
        if first < races[race]["off_at"] - NEAR
    ]


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
