"""The warehouse as it might have been: cut off, poisoned or shuffled.

Each world is an in-memory database of views over the home's warehouse, which is opened for reading
only. The tables' SQL finds them under the bare names that it uses, whichever table of the
warehouse it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import duckdb
import numpy as np

from velo.audit.known_after import COPIES, KNOWN_AFTER, LATE_PRICE, STARTED
from velo.home import Home
from velo.offline.exposure import main_schema
from velo.settings import Settings
from velo.warehouse.connection import warehouse

NONSENSE = {
    "position": "'poison'",
    "finish": "CASE WHEN horse_id % 2 = 0 THEN 1 END",
    "status": f"CASE WHEN NOT {STARTED} THEN status "
    "WHEN horse_id % 2 = 0 THEN 'finished' ELSE 'non-finisher' END",
    "seconds": "1.0",
    "beaten": "999.0",
    "rpr": "999.0",
    "ts": "999.0",
    "prize_won": "1e9",
    "comment": "'poison'",
    "early_position": "9.0",
    "ran": "1",
    "prize": "1e9",
    "last_seen": "DATE '2999-12-31'",
    "flag": "'book-low'",
    "detail": "'poison'",
    "kept": "'poison'",
    "other": "'poison'",
    "decimal_odds": "999.0",
}
"""What a poisoned column holds: half of the starters win in a second, the others fall."""

Alteration = Callable[[duckdb.DuckDBPyConnection, str, str, list[str]], str]
"""(connection, the warehouse's schema, table, its columns) -> the table's rows as SQL."""


@contextmanager
def world(home: Home, settings: Settings, alter: Alteration) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an altered warehouse.

    Args:
        home: whose warehouse.
        settings: memory limit and threads.
        alter: what becomes of each table.

    Raises:
        NothingIngested: there is no warehouse.
        HomeError: it is being written.
    """
    with warehouse(home, settings.store, write=False) as con:
        source = main_schema(con)
        (database,) = con.execute("SELECT current_database()").fetchall()[0]
        columns_of: dict[str, list[str]] = {}
        for table, column in con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() "
            "USING (database_name, schema_name, table_name) WHERE database_name = ? "
            "ORDER BY table_name, column_index",
            [database],
        ).fetchall():
            columns_of.setdefault(table, []).append(column)
        views = con.execute(
            "SELECT sql FROM duckdb_views() WHERE database_name = ? AND NOT internal "
            "ORDER BY view_oid",
            [database],
        ).fetchall()
        con.execute("ATTACH ':memory:' AS altered (READ_WRITE)")
        con.execute("USE altered")
        for table, columns in columns_of.items():
            con.execute(f"CREATE VIEW {table} AS {alter(con, source, table, columns)}")
        for (view,) in views:
            con.execute(view)
        yield con


def unaltered(con: duckdb.DuckDBPyConnection, source: str, table: str, columns: list[str]) -> str:
    """The warehouse as it is."""
    return f"SELECT * FROM {source}.{table}"


def cut(day: date) -> Alteration:
    """The morning of a day: its races are cards, earlier ones have results, there are no others."""
    at = f"DATE '{day.isoformat()}'"

    def alter(con: duckdb.DuckDBPyConnection, source: str, table: str, columns: list[str]) -> str:
        rows = f"SELECT * FROM {source}.{table}"
        before = _raced(source, f"date < {at}")
        up_to = _raced(source, f"date <= {at}")
        kind = COPIES.get(table, table)
        if kind == "races" and table != "race_tellings":
            return (
                f"SELECT * REPLACE (CASE WHEN date < {at} THEN ran END AS ran) "
                f"FROM {source}.{table} WHERE date <= {at}"
            )
        if table == "horses":
            return (
                f"SELECT * REPLACE (least(last_seen, {at}) AS last_seen) "
                f"FROM {source}.horses WHERE first_seen <= {at}"
            )
        if kind == "prices_history":
            return f"{rows} WHERE {before} OR ({up_to} AND NOT {LATE_PRICE})"
        if table == "waiting_prices":
            return f"{rows} WHERE date < {at} OR (date = {at} AND NOT {LATE_PRICE})"
        if table == "runners":
            # A horse that was withdrawn is not on the card any more when the race is off.
            out = (
                f"SELECT (race_id, horse_id) FROM {source}.results "
                f"WHERE NOT {STARTED} AND {_raced(source, f'date = {at}')}"
            )
            return f"{rows} WHERE {up_to} AND (race_id, horse_id) NOT IN ({out})"
        if "race_id" in columns:
            known = up_to if table == "earlier_runners" else before
            return f"{rows} WHERE {known}"
        return rows

    return alter


def poisoned(day: date) -> Alteration:
    """Every result of a day and of those after it is nonsense."""
    at = f"DATE '{day.isoformat()}'"

    def alter(con: duckdb.DuckDBPyConnection, source: str, table: str, columns: list[str]) -> str:
        kind = COPIES.get(table, table)
        changed = KNOWN_AFTER.get(kind, ())
        when = _raced(source, f"date >= {at}") if "race_id" in columns else "FALSE"
        if kind == "races":
            when = f"date >= {at}"
        if kind == "horses":
            when = f"last_seen >= {at}"
        if kind in ("prices_history", "waiting_prices"):
            late = _raced(source, f"date > {at}") if "race_id" in columns else f"date > {at}"
            when = f"({late} OR ({when} AND {LATE_PRICE}))"
            changed = ("decimal_odds",)
        if not changed:
            return f"SELECT * FROM {source}.{table}"
        values = ", ".join(
            f"CASE WHEN {f'date > {at}' if column == 'prize' else when} "
            f"THEN {NONSENSE[column]} ELSE {column} END AS {column}"
            for column in changed
        )
        return f"SELECT * REPLACE ({values}) FROM {source}.{table}"

    return alter


def shuffled(day: date, seed: int) -> Alteration:
    """Each column that is known only after the race is dealt out anew among those of its day."""
    at = f"DATE '{day.isoformat()}'"
    dealer = np.random.default_rng(seed)

    def alter(con: duckdb.DuckDBPyConnection, source: str, table: str, columns: list[str]) -> str:
        kind = COPIES.get(table, table)
        changed = [column for column in KNOWN_AFTER.get(kind, ()) if column != "prize"]
        of_day = _raced(source, f"date = {at}") if "race_id" in columns else f"last_seen = {at}"
        if kind == "results":
            of_day += f" AND {STARTED}"
        if kind == "prices_history":
            of_day += f" AND {LATE_PRICE}"
            changed = ["decimal_odds"]
        if not changed:
            return f"SELECT * FROM {source}.{table}"
        return _dealt(con, source, table, of_day, changed, dealer)

    return alter


def odds_shuffled(day: date, seed: int) -> Alteration:
    """Every price of a day is dealt out anew among its races, early ones too."""
    at = f"DATE '{day.isoformat()}'"
    dealer = np.random.default_rng(seed)

    def alter(con: duckdb.DuckDBPyConnection, source: str, table: str, columns: list[str]) -> str:
        if COPIES.get(table, table) != "prices_history":
            return unaltered(con, source, table, columns)
        return _dealt(con, source, table, _raced(source, f"date = {at}"), ["decimal_odds"], dealer)

    return alter


def _dealt(
    con: duckdb.DuckDBPyConnection,
    source: str,
    table: str,
    which: str,
    columns: list[str],
    dealer: np.random.Generator,
) -> str:
    """SQL of a table's rows in which columns of some rows are dealt out anew among them."""
    rows = con.sql(f"SELECT * FROM {source}.{table} WHERE {which} ORDER BY ALL").to_arrow_table()
    for column in columns:
        place = rows.column_names.index(column)
        dealt = rows.column(column).take(dealer.permutation(len(rows)))
        rows = rows.set_column(place, rows.schema.field(column), dealt)
    con.register("dealt", rows)
    con.execute(f"CREATE TABLE dealt_{table} AS SELECT * FROM dealt")
    con.unregister("dealt")
    return (
        f"SELECT * FROM {source}.{table} WHERE NOT ({which}) "
        f"UNION ALL BY NAME SELECT * FROM dealt_{table}"
    )


def _raced(source: str, when: str) -> str:
    """SQL: whether a row is of a race of some days."""
    return f"race_id IN (SELECT race_id FROM {source}.races WHERE {when})"
