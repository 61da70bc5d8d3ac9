"""The offline tables as they would have been built day by day, corrections and all.

By default a correction is seen as if it had always been so. As known, a feature row holds what the
warehouse held at its `event_timestamp`, a race's entry what was held on the morning of the race,
and its outcome what was held on the day after it, which is what bets were paid on. A race's flags
are those of today.

The whole SQL is run once an epoch, the days between two that corrected history. Of each feature
table the rows inside the epoch are kept; a key whose latest row the correction changed gets that
row again at the epoch's start, so that a point-in-time join sees it from then on. Of a sequential
table each epoch computes the days from the first on whose runs are not those of the epoch before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb

from velo.offline.replay import compute, replay
from velo.offline.restored import Epoch, find_epochs, midnight, restore
from velo.offline.tables import Table


def as_known_tables(
    con: duckdb.DuckDBPyConnection,
    tables: list[Table],
    until: date | None,
    progress: Callable[[str], None],
) -> list[Table]:
    """Run the tables' SQL epoch by epoch.

    Args:
        con: a warehouse whose tables are exposed up to `until`.
        tables: in the order in which they read each other.
        until: the last day that exists.
        progress: called with each table's name as its turn comes.

    Returns:
        The tables to write: selections from what was kept, or `tables` themselves where no
        correction matters.
    """
    epochs = find_epochs(con, tables, until)
    for number, epoch in enumerate(epochs):
        restore(con, epoch, until)
        for table in tables:
            progress(table.name if number == 0 else f"{table.name}, known on {epoch.start}")
            if table.sequential is not None:
                replay(con, table)
                continue
            compute(con, table, table.name if table.kind == "base" else "made")
            if table.kind == "spine":
                _keep_spine(con, table.name, epoch)
            elif table.kind == "feature":
                _keep_features(con, table.name, epoch)
    if not epochs:
        return tables
    con.execute("DROP TABLE made")
    return [
        Table(table.name, table.kind, f"SELECT * FROM known_{table.name}")
        for table in tables
        if table.kind != "base"
    ]


def _keep_spine(con: duckdb.DuckDBPyConnection, name: str, epoch: Epoch) -> None:
    """Keep the races of the epoch; where a race stands a second time as its card, that one."""
    changed = "CASE WHEN race_id < 0 THEN ~race_id ELSE race_id END AS race_id"
    if "was_run" in _columns(con, "made"):
        changed += ", was_run OR ~race_id IN (SELECT race_id FROM made WHERE was_run) AS was_run"
    rows = (
        f"SELECT * REPLACE ({changed}) FROM made WHERE {epoch.holds('event_timestamp')} "
        "AND ~race_id NOT IN (SELECT race_id FROM made WHERE race_id < 0)"
    )
    _keep(con, name, rows, epoch)


def _keep_features(con: duckdb.DuckDBPyConnection, name: str, epoch: Epoch) -> None:
    """Keep the rows of the epoch, and at its start what the correction changed.

    A table's key stands before its `event_timestamp`, what it says behind. A key that the
    correction took away gets a row of nulls, which a join takes as it takes no row.
    """
    inside = f"SELECT * FROM made WHERE {epoch.holds('event_timestamp')}"
    if epoch.start is None:
        _keep(con, name, inside, epoch)
        return
    types = _columns(con, "made")
    columns = list(types)
    turn = columns.index("event_timestamp")
    keys, values = columns[:turn], columns[turn + 1 :]
    key, start = ", ".join(keys), midnight(epoch.start)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE now AS SELECT * FROM made WHERE event_timestamp <= {start} "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY event_timestamp DESC) = 1"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE before AS SELECT * FROM known_{name} "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY event_timestamp DESC) = 1"
    )
    differs = " OR ".join(
        f"{_said('now', name, types)} IS DISTINCT FROM {_said('before', name, types)}"
        for name in values
    )
    _keep(con, name, inside, epoch)
    con.execute(
        f"INSERT INTO known_{name} "
        f"SELECT {key}, {start}, {', '.join(f'now.{value}' for value in values)} "
        f"FROM now FULL JOIN before USING ({key}) "
        f"WHERE (now.event_timestamp IS NULL OR now.event_timestamp < {start}) AND ({differs})"
    )


def _keep(con: duckdb.DuckDBPyConnection, name: str, rows: str, epoch: Epoch) -> None:
    if epoch.start is None:
        con.execute(f"CREATE TEMP TABLE known_{name} AS {rows}")
    else:
        con.execute(f"INSERT INTO known_{name} {rows}")


def _said(row: str, name: str, types: dict[str, str]) -> str:
    """A value as it is compared: the last bits of a sum depend on the order of its terms."""
    return f"round({row}.{name}, 9)" if types[name] == "DOUBLE" else f"{row}.{name}"


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column -> type."""
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {table}").fetchall()}
