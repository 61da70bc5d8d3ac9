"""What a file names that the warehouse has never seen."""

from __future__ import annotations

import duckdb

NAMED = 5
"""How many courses a note names."""


def unknown_courses(con: duckdb.DuckDBPyConnection, batch_id: int) -> list[str]:
    """A note on courses that no file named before; none for the first file of a warehouse.

    Args:
        con: a connection in a transaction.
        batch_id: of the file that was merged just now.
    """
    rows = con.execute(
        "SELECT DISTINCT coalesce(r.course, c.name) FROM courses AS c "
        "LEFT JOIN races AS r ON r.course_id = c.course_id "
        "WHERE c.batch_id = $batch AND EXISTS (SELECT 1 FROM courses WHERE batch_id < $batch) "
        "ORDER BY 1",
        {"batch": batch_id},
    ).fetchall()
    if not rows:
        return []
    names = ", ".join(name for (name,) in rows[:NAMED])
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    courses = "a course" if len(rows) == 1 else f"{len(rows)} courses"
    return [f"{courses} that no file named before: {names}{more}"]
