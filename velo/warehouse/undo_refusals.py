"""Why a batch cannot be undone: something stands on it."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from velo.errors import InputError
from velo.warehouse.readers import READERS

_BATCHED = (
    "races",
    "runners",
    "results",
    "prices_history",
    "sectionals",
    "race_flags",
    "race_tellings",
    "runner_tellings",
)
"""Tables whose rows, and earlier rows, say that a batch changed a race."""
_OF_A_HORSE = ("runners", "results")
_PRICES = tuple(reader.name for reader in READERS if reader.role == "prices")


def require_undoable(
    con: duckdb.DuckDBPyConnection, batch_id: int, predicted: Collection[int]
) -> None:
    """See that a batch can be undone; make the temporary table `undone_races` (race_id).

    Args:
        con: a connection in a transaction.
        batch_id: the batch.
        predicted: races that have predictions, under the ids that they had then.

    Raises:
        InputError: it is no file that was imported, a later batch changed its races or horses, or
            one of its races was predicted. Says which, and what to do.
    """
    _require_import(con, batch_id)
    con.execute(_races(batch_id))
    con.execute(_horses(batch_id))
    _require_latest(con, batch_id)
    known = con.execute(
        "SELECT r.course, r.date, r.off FROM races AS r WHERE r.race_id IN ("
        "SELECT race_id FROM undone_races) AND r.race_id IN ("
        "SELECT unnest($ids::BIGINT[]) UNION SELECT id FROM aliases "
        "WHERE kind = 'race' AND alias IN (SELECT unnest($ids::BIGINT[]))) "
        "ORDER BY r.date, r.off LIMIT 1",
        {"ids": list(predicted)},
    ).fetchall()
    if known:
        course, day, off = known[0]
        raise InputError(
            f"batch {batch_id} cannot be undone: {' '.join(filter(None, (course, off)))} of {day} "
            "has a prediction in the ledger; load a corrected file instead"
        )


def _require_import(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    batches = con.execute(
        "SELECT kind, reader_version, undone_by FROM import_batches WHERE batch_id = ?", [batch_id]
    ).fetchall()
    if not batches:
        raise InputError(f"there is no batch {batch_id}: `velo ingest --batches` lists them")
    kind, version, undone_by = batches[0]
    if undone_by is not None:
        raise InputError(f"batch {batch_id} was undone by batch {undone_by} already")
    if kind == "refused":
        raise InputError(f"batch {batch_id} was refused: there is nothing to undo")
    if kind == "recheck":
        raise InputError(
            f"batch {batch_id} is a recheck, which cannot be undone as a whole: `velo status "
            "--inferred` lists what it concluded, `velo ingest --unmerge ID` undoes one conclusion"
        )
    if kind == "undo":
        raise InputError(f"batch {batch_id} is no file (undo): give the batch of an import")
    if kind == "import" and version < 2:
        raise InputError(
            f"batch {batch_id} was imported by a version of VÉLØ that kept no record to undo it "
            "by; load a corrected file, or restore a backup"
        )


def _require_latest(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    (later,) = con.execute(_later(batch_id), {"prices": list(_PRICES)}).fetchall()[0]
    if later is None:
        return
    file, kind = con.execute(
        "SELECT file, kind FROM import_batches WHERE batch_id = ?", [later]
    ).fetchall()[0]
    if kind == "recheck":
        raise InputError(
            f"batch {batch_id} cannot be undone: batch {later}, a recheck, changed the same races "
            "or horses after it and stays; load a corrected file instead"
        )
    raise InputError(
        f"batch {batch_id} cannot be undone: batch {later} ({file}) told of the same races or "
        f"horses after it; undo that one first, with `velo ingest --undo {later}`"
    )


def _races(batch_id: int) -> str:
    parts = [f"SELECT race_id FROM {table} WHERE batch_id = {batch_id}" for table in _BATCHED]
    parts += [
        f"SELECT race_id FROM earlier_{table} WHERE replaced_by = {batch_id}" for table in _BATCHED
    ]
    parts.append(f"SELECT race_id FROM arrived_prices WHERE arrived_with = {batch_id}")
    parts.append(f"SELECT race_id FROM restated_runners WHERE replaced_by = {batch_id}")
    parts.append(f"SELECT race_id FROM joined_races WHERE batch_id = {batch_id}")
    return f"CREATE OR REPLACE TEMP TABLE undone_races AS {' UNION '.join(parts)}"


def _horses(batch_id: int) -> str:
    parts = [f"SELECT horse_id FROM {table} WHERE batch_id = {batch_id}" for table in _OF_A_HORSE]
    parts += [
        f"SELECT horse_id FROM earlier_{table} WHERE replaced_by = {batch_id}"
        for table in (*_OF_A_HORSE, "horses", "horse_ids")
    ]
    parts += [
        f"SELECT horse_id FROM {table} WHERE batch_id = {batch_id}"
        for table in ("horse_ids", "named_horses")
    ]
    return f"CREATE OR REPLACE TEMP TABLE undone_horses AS {' UNION '.join(parts)}"


def _later(batch_id: int) -> str:
    """SQL: the newest batch that told of the same races or horses, or repeated waiting prices."""
    of_race = "race_id IN (SELECT race_id FROM undone_races)"
    of_horse = "horse_id IN (SELECT horse_id FROM undone_horses)"
    parts = [
        f"SELECT max(batch_id) AS batch_id FROM {table} WHERE batch_id > {batch_id} AND {of_race}"
        for table in (*_BATCHED, "repeated_races", "joined_races")
    ]
    parts += [
        f"SELECT max(replaced_by) FROM earlier_{table} WHERE replaced_by > {batch_id} AND {of_race}"
        for table in _BATCHED
    ]
    parts += [
        f"SELECT max(arrived_with) FROM arrived_prices WHERE arrived_with > {batch_id} "
        f"AND ({of_race} OR batch_id = {batch_id})",
        f"SELECT max(replaced_by) FROM restated_runners WHERE replaced_by > {batch_id} "
        f"AND {of_race}",
    ]
    parts += [
        f"SELECT max(batch_id) FROM {table} WHERE batch_id > {batch_id} AND {of_horse}"
        for table in (*_OF_A_HORSE, "horse_ids")
    ]
    parts += [
        f"SELECT max(replaced_by) FROM earlier_{table} WHERE replaced_by > {batch_id} "
        f"AND {of_horse}"
        for table in (*_OF_A_HORSE, "horses", "horse_ids")
    ]
    # A later file that repeats a price that waits leaves no row of its own.
    parts.append(
        f"SELECT max(b.batch_id) FROM import_batches AS b WHERE b.batch_id > {batch_id} "
        "AND b.kind = 'import' AND b.undone_by IS NULL AND b.unchanged > 0 "
        "AND b.format IN (SELECT unnest($prices::VARCHAR[])) "
        f"AND EXISTS (SELECT 1 FROM waiting_prices WHERE batch_id = {batch_id})"
    )
    parts += [
        f"SELECT max(replaced_by) FROM earlier_{table} "
        f"WHERE batch_id = {batch_id} AND replaced_by > {batch_id}"
        for table in (*_BATCHED, "conflicts", "waiting_prices", "horse_ids")
    ]
    parts += [part.format(batch=batch_id) for part in _CONCLUDED]
    return f"SELECT max(batch_id) FROM ({' UNION ALL '.join(parts)})"


# Later batches that ended a conclusion of the batch, added to it, went by it or by its horses.
_CONCLUDED = (
    """
    SELECT max(undone_by) FROM inferences WHERE batch_id = {batch} AND undone_by > {batch}
    """,
    """
    SELECT max(r.batch_id) FROM inference_rows AS r
    JOIN inferences AS i ON i.inference_id = r.inference_id
    WHERE i.batch_id = {batch} AND r.batch_id > {batch}
    """,
    """
    SELECT max(i.batch_id) FROM inferences AS i
    JOIN horses AS h ON h.horse_id IN (i.kept, i.other)
    WHERE i.batch_id > {batch} AND i.kind NOT IN ('race', 'course', 'age') AND h.name IN (
        SELECT name FROM horses WHERE horse_id IN (SELECT horse_id FROM undone_horses))
    """,
    """
    SELECT max(r.batch_id) FROM inferences AS i
    JOIN races AS r ON r.course_id IN (i.kept, i.other)
    WHERE i.kind = 'course' AND i.undone_by = {batch} AND r.batch_id > {batch}
    """,
)
