"""A conclusion undone: what it joined is two again, and stays so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import duckdb

import velo
from velo.errors import InputError
from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.earlier_rows import (
    RACE_WISE,
    keep_earlier,
    keep_races,
    replace_rows,
    retire_rows,
)
from velo.warehouse.horse_joins import move_runs
from velo.warehouse.inferences import DOUBTS, renew_aliases
from velo.warehouse.race_checks import check_races
from velo.warehouse.race_joins import QUOTES
from velo.warehouse.reconcile import RACE, RUNNER

TABLES = {"races": RACE.keys, "runners": RUNNER.keys, "results": RUNNER.keys, **QUOTES}


def unmerge(
    home: Home,
    store: Store,
    inference_id: int,
    *,
    wait: float = 0.0,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Undo a conclusion, in a batch of its own.

    Args:
        home: whose warehouse.
        store: memory limit and threads.
        inference_id: as `velo status --inferred` lists it.
        wait: seconds to wait while another process holds the warehouse.
        clock: gives the time, with its zone.

    Returns:
        The batch's number.

    Raises:
        InputError: there is no such conclusion, or it cannot be undone.
        HomeError: the warehouse is in use.
    """
    started = clock()
    with warehouse(home, store, write=True, wait=wait) as con:
        con.execute("BEGIN TRANSACTION")
        (batch_id,) = con.execute(
            "SELECT coalesce(max(batch_id), 0) + 1 FROM import_batches"
        ).fetchall()[0]
        moved = take_back(con, batch_id, inference_id)
        check_races(con, batch_id)
        con.execute(
            "INSERT INTO import_batches BY NAME SELECT $batch AS batch_id, "
            "'inference ' || $inference AS file, '' AS sha256, 'unmerge' AS format, "
            "$moved AS rows_read, 0 AS accepted, $moved AS updated, 0 AS unchanged, "
            "0 AS quarantined, 0 AS unmatched, $started AS started, $finished AS finished, "
            "$version AS code_version, 'unmerge' AS kind, $inference AS undoes",
            {
                "batch": batch_id,
                "inference": inference_id,
                "moved": moved,
                "started": started,
                "finished": clock(),
                "version": velo.__version__,
            },
        )
        con.execute("COMMIT")
    return int(batch_id)


def take_back(con: duckdb.DuckDBPyConnection, batch_id: int, inference_id: int) -> int:
    """The same within a batch that is open already.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that does it.
        inference_id: the conclusion.

    Returns:
        How many runners moved.

    Raises:
        InputError: there is no such conclusion, or it cannot be undone.
    """
    rows = con.execute(
        "SELECT kind, kept, other, batch_id, undone_by FROM inferences WHERE inference_id = ?",
        [inference_id],
    ).fetchall()
    if not rows:
        raise InputError(
            f"there is no conclusion {inference_id}: `velo status --inferred` lists them"
        )
    kind, kept, other, made_by, undone_by = rows[0]
    if undone_by is not None:
        raise InputError(f"conclusion {inference_id} was undone by batch {undone_by} already")
    if kind in DOUBTS or kind == "age":
        raise InputError(f"conclusion {inference_id} joined nothing: there is nothing to undo")
    _hold_in_use(con, inference_id, "race" if kind == "course" else kind, kept, other)
    pair = {"kept": kept, "other": other, "made_by": made_by, "inference": inference_id}
    if kind == "race":
        _part_races(con, batch_id, pair)
    elif kind == "course":
        _part_courses(con, batch_id, pair)
    else:
        _part_horses(con, batch_id, pair)
    con.execute(
        "UPDATE inferences SET undone_by = ? WHERE inference_id = ?", [batch_id, inference_id]
    )
    if kind != "course":
        renew_aliases(con)
        con.execute(
            "INSERT INTO kept_apart VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            ["race" if kind == "race" else "horse", kept, other, batch_id],
        )
    (moved,) = con.execute(
        "SELECT count(*) FROM inference_rows WHERE inference_id = ?", [inference_id]
    ).fetchall()[0]
    return int(moved)


def _hold_in_use(
    con: duckdb.DuckDBPyConnection, inference_id: int, kind: str, kept: int, other: int
) -> None:
    """Later conclusions stand on this one: they go first."""
    later = con.execute(
        "SELECT min(inference_id) FROM inferences WHERE undone_by IS NULL AND inference_id > ? "
        "AND other = ? AND kind NOT IN ('course', 'horse-apart', 'card-horse-apart')",
        [inference_id, kept],
    ).fetchall()[0][0]
    if later is not None:
        raise InputError(
            f"conclusion {inference_id} cannot be undone while conclusion {later} stands on it: "
            f"run `velo ingest --unmerge {later}` first"
        )


def _part_horses(con: duckdb.DuckDBPyConnection, batch_id: int, pair: dict[str, Any]) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE parted AS SELECT DISTINCT coalesce(a.id, r.race_id) "
        "AS race_id, CAST($kept AS BIGINT) AS kept, CAST($other AS BIGINT) AS other "
        "FROM inference_rows AS r LEFT JOIN aliases AS a ON a.kind = 'race' "
        "AND a.alias = r.race_id WHERE r.inference_id = $inference",
        {name: pair[name] for name in ("kept", "other", "inference")},
    )
    keep_earlier(con, "horses", f"horse_id = {int(pair['kept'])}", batch_id)
    con.execute("INSERT INTO named_horses VALUES (?, ?)", [batch_id, pair["other"]])
    move_runs(con, batch_id, "parted", "kept", "other")
    con.execute(_FORMER_HORSES, {name: pair[name] for name in ("kept", "other", "made_by")})
    con.execute("DELETE FROM horses WHERE horse_id IN (SELECT horse_id FROM former_horses)")
    con.execute("INSERT INTO horses SELECT * FROM former_horses")
    theirs = (
        "(source, id) IN (SELECT (source, id) FROM earlier_horse_ids "
        f"WHERE replaced_by = {int(pair['made_by'])} AND horse_id = {int(pair['other'])})"
    )
    keep_earlier(con, "horse_ids", theirs, batch_id)
    con.execute(f"UPDATE horse_ids SET horse_id = {int(pair['other'])} WHERE {theirs}")
    con.execute("DROP TABLE parted; DROP TABLE former_horses")


def _part_races(con: duckdb.DuckDBPyConnection, batch_id: int, pair: dict[str, Any]) -> None:
    """The race as it stood before, and the other one out of what was kept of it."""
    kept, other, made_by = pair["kept"], pair["other"], pair["made_by"]
    later = con.execute(_LATER, {"kept": kept, "made_by": made_by}).fetchall()[0][0]
    if later is not None:
        raise InputError(
            f"conclusion {pair['inference']} cannot be undone: batch {later} has changed "
            "the race since"
        )
    sources = con.execute(
        "SELECT DISTINCT source FROM earlier_runners WHERE race_id = ? AND replaced_by = ?",
        [other, made_by],
    ).fetchall()
    keep_races(con, f"SELECT unnest([{int(kept)}, {int(other)}]) AS race_id", batch_id)
    for table, keys in TABLES.items():
        names = ", ".join(keys)
        stage = "batch_id = replaced_by" if table in RACE_WISE else "true"
        came = _CAME if "horse_id" in keys else "true"
        columns = ", ".join(row[0] for row in con.execute(f"DESCRIBE {table}").fetchall())
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE former AS SELECT {columns} FROM earlier_{table} "
            f"WHERE replaced_by = $made_by AND race_id IN ($kept, $other) AND {stage} "
            f"QUALIFY row_number() OVER (PARTITION BY {names} ORDER BY batch_id) = 1",
            {"kept": kept, "other": other, "made_by": made_by},
        )
        con.execute("UPDATE former SET batch_id = $batch", {"batch": batch_id})
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE gone AS SELECT {names} FROM {table} "
            f"WHERE race_id = $kept AND batch_id = $made_by AND {came} "
            f"AND ({names}) NOT IN (SELECT ({names}) FROM former)",
            {"kept": kept, "made_by": made_by} | ({"other": other} if "horse_id" in keys else {}),
        )
        retire_rows(con, table, keys, "gone", batch_id)
        replace_rows(con, table, keys, "former", batch_id)
    for (source,) in sources:
        for table in ("race_tellings", "runner_tellings"):
            con.execute(f"DELETE FROM {table} WHERE race_id = ? AND source = ?", [kept, source])
    for table in ("race_tellings", "runner_tellings"):
        con.execute(
            f"DELETE FROM {table} WHERE race_id = $kept AND (SELECT count(DISTINCT source) "
            f"FROM {table} WHERE race_id = $kept) < 2",
            {"kept": kept},
        )
    con.execute("DELETE FROM conflicts WHERE race_id = ? AND batch_id = ?", [kept, made_by])


def _part_courses(con: duckdb.DuckDBPyConnection, batch_id: int, pair: dict[str, Any]) -> None:
    """Its races go back to the course without a country."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS SELECT r.* REPLACE ("
        "CAST($other AS BIGINT) AS course_id, 'GB' AS region, CAST($batch AS INTEGER) AS batch_id) "
        "FROM races AS r WHERE r.course_id = $kept AND r.race_id IN ("
        "SELECT race_id FROM inference_rows WHERE inference_id = $inference)",
        {
            "other": pair["other"],
            "kept": pair["kept"],
            "inference": pair["inference"],
            "batch": batch_id,
        },
    )
    replace_rows(con, "races", RACE.keys, "fresh", batch_id)


_CAME = """horse_id IN (
    SELECT horse_id FROM earlier_runners WHERE race_id = $other AND replaced_by = $made_by)"""

# First and last days are of the runs that each has now.
_FORMER_HORSES = """
CREATE OR REPLACE TEMP TABLE former_horses AS
WITH days AS (
    SELECT r.horse_id, min(races.date) AS first_seen, max(races.date) AS last_seen
    FROM runners AS r
    JOIN races ON races.race_id = r.race_id
    WHERE r.horse_id IN ($kept, $other)
    GROUP BY r.horse_id
)
SELECT e.horse_id, e.name, e.country, e.known_as, e.foaled, d.first_seen, d.last_seen
FROM earlier_horses AS e
JOIN days AS d ON d.horse_id = e.horse_id
WHERE e.replaced_by = $made_by AND e.horse_id IN ($kept, $other)
QUALIFY row_number() OVER (PARTITION BY e.horse_id ORDER BY e.first_seen DESC) = 1
"""

_LATER = """
SELECT max(batch) FROM (
    SELECT batch_id AS batch FROM races WHERE race_id = $kept AND batch_id > $made_by
    UNION ALL SELECT batch_id FROM runners WHERE race_id = $kept AND batch_id > $made_by
    UNION ALL SELECT batch_id FROM results WHERE race_id = $kept AND batch_id > $made_by
    UNION ALL SELECT replaced_by FROM earlier_races WHERE race_id = $kept AND replaced_by > $made_by
    UNION ALL SELECT replaced_by FROM earlier_runners
        WHERE race_id = $kept AND replaced_by > $made_by
    UNION ALL SELECT replaced_by FROM earlier_results
        WHERE race_id = $kept AND replaced_by > $made_by
)
"""
