"""Taking a batch back: the tables are what they were before it, as if it had never come.

Each table is put together again from what the batch wrote, which goes, and from what it replaced,
which `earlier_...` and its like have kept. The batch stays in `import_batches`, with the batch
that took it back, and its bytes may be imported again.

What a conclusion of the batch moved, and the taking back of one, is put back in the same way.

A batch on which others stand is not taken back: `velo.warehouse.undo_refusals` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from velo.home import Home
from velo.settings import Store
from velo.warehouse.batches import SourceFile, add_batch, next_batch
from velo.warehouse.connection import warehouse
from velo.warehouse.earlier_rows import RACE_WISE
from velo.warehouse.inferences import renew_aliases
from velo.warehouse.merge import Counts
from velo.warehouse.undo_refusals import require_undoable

_WRITTEN = (
    "races",
    "runners",
    "results",
    "prices_history",
    "sectionals",
    "race_flags",
    "conflicts",
    "waiting_prices",
)
"""Tables whose rows bear the batch that wrote them."""

_TELLINGS = {"race_tellings": ("race_id",), "runner_tellings": ("race_id", "horse_id")}
"""Tables of which a batch writes all rows of a key anew, the other sources' too."""

_LISTED = (
    "quarantine",
    "unread",
    "named_horses",
    "repeated_races",
    "joined_races",
    "kept_apart",
    "inference_rows",
    "inferences",
)
"""Tables whose rows go with their batch."""

_IN_PLACE = {"horses": "horse_id", "horse_ids": "source, id", "courses": "course_id"}
"""Tables whose rows are changed where they stand, and their keys."""


@dataclass(frozen=True)
class Undone:
    """What was taken back.

    Attributes:
        batch_id: of this undoing.
        undone: the batch that it takes back.
        file: that was its file.
        race_ids: the races that it had told of.
        gone: how many of them the warehouse no longer has.
    """

    batch_id: int
    undone: int
    file: str
    race_ids: list[int]
    gone: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def undo(
    home: Home,
    store: Store,
    batch_id: int,
    predicted: Callable[[], Collection[int]],
    *,
    wait: float = 0.0,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Undone:
    """Take a batch back, in one transaction.

    Args:
        home: whose warehouse.
        store: memory limit and threads.
        batch_id: the batch.
        predicted: gives the races that have predictions; asked while nobody else can write.
        wait: seconds to wait while another process holds the warehouse.
        clock: gives the time, with its zone.

    Raises:
        InputError: there is no such batch, or it cannot be taken back.
        HomeError: the warehouse is in use.
    """
    started = clock()
    with warehouse(home, store, write=True, wait=wait) as con:
        con.execute("BEGIN TRANSACTION")
        require_undoable(con, batch_id, predicted())
        races = [row[0] for row in con.execute("SELECT race_id FROM undone_races").fetchall()]
        take_back(con, batch_id)
        number = next_batch(con)
        file, sha256, form, version = con.execute(
            "SELECT file, sha256, format, reader_version FROM import_batches WHERE batch_id = ?",
            [batch_id],
        ).fetchall()[0]
        add_batch(
            con,
            number,
            SourceFile(file, sha256, form, version),
            0,
            Counts(0, 0, 0, 0),
            started,
            clock(),
            kind="undo",
            undoes=batch_id,
        )
        con.execute(
            "UPDATE import_batches SET undone_by = ? WHERE batch_id = ?", [number, batch_id]
        )
        (left,) = con.execute(
            "SELECT count(*) FROM races WHERE race_id IN (SELECT race_id FROM undone_races)"
        ).fetchall()[0]
        con.execute("COMMIT")
    return Undone(number, batch_id, file, races, len(races) - left)


def take_back(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Put every table but `import_batches` and `declared_offs` back to what it was before a batch.

    Args:
        con: a connection in a transaction. Nothing may stand on the batch.
        batch_id: the batch.
    """
    batch = {"batch": batch_id}
    for statement in _ARRIVED:
        con.execute(statement, batch)
    for table in _WRITTEN:
        con.execute(f"DELETE FROM {table} WHERE batch_id = $batch", batch)
    for table, keys in _TELLINGS.items():
        key = f"({', '.join(keys)})"
        con.execute(
            f"DELETE FROM {table} WHERE {key} IN ("
            f"SELECT {key} FROM {table} WHERE batch_id = $batch)",
            batch,
        )
    for table in RACE_WISE:
        con.execute(
            f"DELETE FROM {table} WHERE race_id IN ("
            "SELECT race_id FROM joined_races WHERE batch_id = $batch)",
            batch,
        )
    for table in (*_WRITTEN, *_TELLINGS):
        _restore(con, table, batch_id, "batch_id <> $batch")
    con.execute(_CONTENTS, batch)
    con.execute(
        "UPDATE runners SET content = before.content FROM before "
        "WHERE runners.race_id = before.race_id AND runners.horse_id = before.horse_id"
    )
    con.execute("DELETE FROM restated_runners WHERE replaced_by = $batch", batch)
    _restore_named(con, batch_id)
    for table in _LISTED:
        con.execute(f"DELETE FROM {table} WHERE batch_id = $batch", batch)
    con.execute("UPDATE inferences SET undone_by = NULL WHERE undone_by = $batch", batch)
    renew_aliases(con)
    for statement in _NAMES:
        con.execute(statement, batch)


def _restore(con: duckdb.DuckDBPyConnection, table: str, batch_id: int, before: str) -> None:
    """The rows that a batch replaced, back into their table; `before` leaves its own ones out."""
    con.execute(
        f"INSERT INTO {table} BY NAME SELECT * EXCLUDE (replaced_by) FROM earlier_{table} "
        f"WHERE replaced_by = $batch AND {before} ORDER BY ALL",
        {"batch": batch_id},
    )
    con.execute(f"DELETE FROM earlier_{table} WHERE replaced_by = $batch", {"batch": batch_id})


def _restore_named(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Horses, their ids and courses bear no batch that changed them: the first row kept is right.

    A batch may change a horse twice, once as it is merged and once as it is joined.
    """
    batch = {"batch": batch_id}
    con.execute(
        "DELETE FROM horses WHERE horse_id IN ("
        "SELECT horse_id FROM named_horses WHERE batch_id = $batch)",
        batch,
    )
    con.execute("DELETE FROM horse_ids WHERE batch_id = $batch", batch)
    con.execute(
        "DELETE FROM earlier_horses WHERE replaced_by = $batch AND horse_id IN ("
        "SELECT horse_id FROM named_horses WHERE batch_id = $batch)",
        batch,
    )
    con.execute(
        "DELETE FROM earlier_horse_ids WHERE replaced_by = $batch AND batch_id = $batch", batch
    )
    for table, keys in _IN_PLACE.items():
        con.execute(
            "CREATE OR REPLACE TEMP TABLE before AS SELECT * EXCLUDE (replaced_by) "
            f"FROM earlier_{table} WHERE replaced_by = $batch "
            f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY rowid) = 1",
            batch,
        )
        con.execute(f"DELETE FROM {table} WHERE ({keys}) IN (SELECT ({keys}) FROM before)")
        con.execute(f"INSERT INTO {table} SELECT * FROM before")
        con.execute(f"DELETE FROM earlier_{table} WHERE replaced_by = $batch", batch)
    con.execute("DROP TABLE before")


# A price that waited until the batch brought its runner waits again.
_ARRIVED = (
    """
    DELETE FROM prices_history AS p USING arrived_prices AS a
    WHERE a.arrived_with = $batch AND p.race_id = a.race_id AND p.horse_id = a.horse_id
        AND p.source = a.source AND p.kind = a.kind AND p.batch_id = a.batch_id
    """,
    """
    DELETE FROM earlier_prices_history AS p USING arrived_prices AS a
    WHERE a.arrived_with = $batch AND p.race_id = a.race_id AND p.horse_id = a.horse_id
        AND p.source = a.source AND p.kind = a.kind AND p.batch_id = a.batch_id
        AND p.replaced_by <> a.arrived_with
    """,
    "DELETE FROM arrived_prices WHERE arrived_with = $batch",
)

_CONTENTS = """
CREATE OR REPLACE TEMP TABLE before AS
SELECT race_id, horse_id, arg_min(content, rowid) AS content
FROM restated_runners
WHERE replaced_by = $batch
GROUP BY race_id, horse_id
"""

# A name that the batch was the first to bring stays as long as a later file's rows bear it.
_NAMES = (
    """
    DELETE FROM courses
    WHERE batch_id = $batch AND course_id NOT IN (SELECT course_id FROM races)
    """,
    *(
        f"""
        UPDATE {table} SET batch_id = later.batch_id
        FROM (SELECT course_id, min(batch_id) AS batch_id FROM races GROUP BY course_id) AS later
        WHERE {table}.batch_id = $batch AND later.course_id = {table}.course_id
        """
        for table in ("courses", "earlier_courses")
    ),
    *(
        statement
        for kind in ("trainer", "jockey")
        for statement in (
            f"""
            DELETE FROM {kind}s
            WHERE batch_id = $batch AND {kind}_id NOT IN (
                SELECT {kind}_id FROM runners WHERE {kind}_id IS NOT NULL)
            """,
            f"""
            UPDATE {kind}s SET name = later.name, batch_id = later.batch_id
            FROM (
                SELECT {kind}_id, arg_min({kind}, (batch_id, {kind})) AS name,
                    min(batch_id) AS batch_id
                FROM runners
                WHERE {kind}_id IS NOT NULL
                GROUP BY {kind}_id
            ) AS later
            WHERE {kind}s.batch_id = $batch AND later.{kind}_id = {kind}s.{kind}_id
            """,
        )
    ),
)
