"""Changing the warehouse's rows: what they were stays in `earlier_<table>`."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from velo.warehouse.row_counts import rows_written

UNTOLD = ("batch_id", "content", "source")
"""Columns that say how a row came, not what it says."""

RACE_WISE = (
    "prices_history",
    "sectionals",
    "race_flags",
    "conflicts",
    "race_tellings",
    "runner_tellings",
)
"""Tables whose rows keep the batch that wrote them when a join moves them to another id."""


def replace_rows(
    con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str], fresh: str, batch_id: int
) -> None:
    """Write the rows of `fresh` that say something new; keep those that they replace.

    Makes the temporary table `changed`: the rows of `fresh` that were written. A row that says
    what the table's row says already leaves it alone. By a delete and an insert: `INSERT OR
    REPLACE` of DuckDB 2.0 takes time with the square of the rows it replaces.

    Args:
        con: a connection in a transaction.
        table: the table, which has a table `earlier_<table>` beside it.
        keys: its primary key.
        fresh: a temporary table of the same columns, one row a key.
        batch_id: the batch that does it.
    """
    columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
    facts = [name for name in columns if name not in (*keys, *UNTOLD)]
    differs = " OR ".join(f"f.{name} IS DISTINCT FROM t.{name}" for name in facts)
    changed = rows_written(
        con,
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT f.* FROM {fresh} AS f "
        f"LEFT JOIN {table} AS t ON {same_keys('f', 't', keys)} "
        f"WHERE t.{keys[0]} IS NULL OR {differs}",
    )
    if "content" in columns:
        _keep_content(con, table, keys, fresh, batch_id)
    if not changed:
        return
    _keep(con, table, f"JOIN changed AS c ON {same_keys('t', 'c', keys)}", batch_id)
    con.execute(f"DELETE FROM {table} USING changed WHERE {same_keys(table, 'changed', keys)}")
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM changed ORDER BY {', '.join(keys)}")


def _keep_content(
    con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str], fresh: str, batch_id: int
) -> None:
    """Note the content last told, also of rows that say the same: the one before may come back."""
    if not rows_written(
        con,
        f"CREATE OR REPLACE TEMP TABLE restated AS "
        f"SELECT t.* REPLACE (f.content AS content) FROM {table} AS t "
        f"JOIN {fresh} AS f ON {same_keys('f', 't', keys)} AND f.content <> t.content "
        f"ANTI JOIN changed AS c ON {same_keys('t', 'c', keys)}",
    ):
        return
    con.execute(
        f"INSERT INTO restated_runners SELECT t.race_id, t.horse_id, t.content, $batch "
        f"FROM {table} AS t JOIN restated AS r ON {same_keys('t', 'r', keys)} "
        "WHERE t.batch_id <> $batch",
        {"batch": batch_id},
    )
    con.execute(f"DELETE FROM {table} USING restated WHERE {same_keys(table, 'restated', keys)}")
    con.execute(f"INSERT INTO {table} SELECT * FROM restated ORDER BY {', '.join(keys)}")


def retire_rows(
    con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str], gone: str, batch_id: int
) -> None:
    """Take away the rows whose keys the temporary table `gone` holds; keep them as earlier ones."""
    _keep(con, table, f"JOIN {gone} AS g ON {same_keys('t', 'g', keys)}", batch_id)
    con.execute(f"DELETE FROM {table} USING {gone} WHERE {same_keys(table, gone, keys)}")


def keep_earlier(con: duckdb.DuckDBPyConnection, table: str, which: str, batch_id: int) -> None:
    """Keep rows of a table as earlier ones, before they are changed or deleted.

    Args:
        con: a connection in a transaction.
        table: the table, which has a table `earlier_<table>` beside it.
        which: SQL condition on its rows.
        batch_id: the batch that is about to change them.
    """
    _keep(con, table, f"WHERE {which}", batch_id)


def keep_races(con: duckdb.DuckDBPyConnection, races: str, batch_id: int) -> None:
    """Keep all that is told of races, before rows of theirs move to other ids.

    Each race once a batch: what is kept of it afterwards bears the batch itself, and so is known
    for a stage within the batch and not for what stood before it. Rows of `races`, `runners` and
    `results` are not kept here: where they change they bear the batch that changes them.

    Args:
        con: a connection in a transaction.
        races: SELECT of race ids.
        batch_id: the batch that is about to move them.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE moving AS SELECT DISTINCT race_id FROM ({races}) "
        "WHERE race_id NOT IN (SELECT race_id FROM joined_races WHERE batch_id = $batch)",
        {"batch": batch_id},
    )
    if not con.execute("SELECT 1 FROM moving LIMIT 1").fetchall():
        return
    old = f"batch_id <> {int(batch_id)}"
    among = f"{old} AND race_id IN (SELECT race_id FROM moving)"
    keep_earlier(con, "prices_history", f"{among} AND {_WAITED_NOT}{int(batch_id)})", batch_id)
    for table in ("sectionals", "race_flags", "conflicts"):
        keep_earlier(con, table, among, batch_id)
    keep_tellings(con, "race_tellings", ("race_id",), "moving", batch_id)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE moving_runners AS SELECT DISTINCT race_id, horse_id "
        "FROM runner_tellings WHERE race_id IN (SELECT race_id FROM moving)"
    )
    keep_tellings(con, "runner_tellings", ("race_id", "horse_id"), "moving_runners", batch_id)
    con.execute("INSERT INTO joined_races SELECT $batch, race_id FROM moving", {"batch": batch_id})
    con.execute("DROP TABLE moving; DROP TABLE moving_runners")


def keep_tellings(
    con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str], which: str, batch_id: int
) -> None:
    """The same for tellings, of which a batch writes all rows of a key anew.

    A key that the batch has written before was kept then.

    Args:
        con: a connection in a transaction.
        table: `race_tellings` or `runner_tellings`.
        keys: its columns that name a race or a runner.
        which: a relation with the keys.
        batch_id: the batch that is about to change them.
    """
    key = f"({', '.join(keys)})"
    written = f"SELECT {key} FROM {table} WHERE batch_id = {int(batch_id)}"
    keep_earlier(
        con, table, f"{key} IN (SELECT {key} FROM {which}) AND {key} NOT IN ({written})", batch_id
    )


def _keep(con: duckdb.DuckDBPyConnection, table: str, rest: str, batch_id: int) -> None:
    """Rows of a table `t` into `earlier_<table>`; `rest` follows FROM."""
    columns = "t.*"
    if table in RACE_WISE:
        columns += (
            " REPLACE (CASE WHEN t.race_id IN ("
            "SELECT race_id FROM joined_races WHERE batch_id = $batch) "
            "THEN CAST($batch AS INTEGER) ELSE t.batch_id END AS batch_id)"
        )
    con.execute(
        f"INSERT INTO earlier_{table} BY NAME SELECT {columns}, CAST($batch AS INTEGER) "
        f"AS replaced_by FROM {table} AS t {rest}",
        {"batch": batch_id},
    )


def same_keys(left: str, right: str, keys: Sequence[str]) -> str:
    """SQL: a row of `left` and a row of `right` have the same keys."""
    return " AND ".join(f"{left}.{key} = {right}.{key}" for key in keys)


# A price that waited until this batch stood in `waiting_prices` before it.
_WAITED_NOT = """(race_id, horse_id, source, kind, batch_id) NOT IN (
    SELECT (race_id, horse_id, source, kind, batch_id) FROM arrived_prices WHERE arrived_with = """
