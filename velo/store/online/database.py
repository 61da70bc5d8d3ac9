"""The SQLite file of the online store, and what it says of itself.

Beside a table a view it holds `__standing`, the morning whose features it serves and the build
they are of, and `__parts`, the offline files that each table was filled from. Whoever writes past
`velo materialize` makes both void. `__digests` says what each table holds, whoever wrote it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from velo.disk.sqlite_file import bring
from velo.errors import HomeError
from velo.sql_text import identifier
from velo.store.online.digest import forget, keep
from velo.store.online.online_table import OnlineTable
from velo.store.online.parts import TablePart
from velo.store.online.standing import STEPS, StoreStanding


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, made where it is not there; transactions are begun by hand.

    Raises:
        HomeError: it was made by a later version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    con = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    con.execute("PRAGMA journal_mode = WAL")
    con.execute("PRAGMA synchronous = NORMAL")
    try:
        bring(con, path, STEPS)
    except BaseException:
        con.close()
        raise
    return con


@contextmanager
def writing(con: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it or nothing, and readers see the earlier state until its end.

    Raises:
        HomeError: another process writes.
    """
    try:
        con.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise HomeError("the online store is being written: wait until that is done") from None
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        if con.in_transaction:  # a full disk has ended it
            con.execute("ROLLBACK")
        raise


def ensure(con: sqlite3.Connection, table: OnlineTable) -> bool:
    """Make the table as its view is declared now.

    A view without keys has none: an entity of it is not registered. A feature that is new gets an
    empty column, one that went loses its own; other keys or another type empty the table.

    Returns:
        Whether the table was changed.
    """
    if not table.keys:
        return False
    there = [
        tuple(row)
        for row in con.execute("SELECT name, type, pk FROM pragma_table_info(?)", [table.name])
    ]
    wanted = table.described
    if there == wanted:
        return False
    kept = {name: (type_, place) for name, type_, place in there}
    same = {name for name, type_, place in wanted if kept.get(name) == (type_, place)}
    keys = {name for name, _, place in (*there, *wanted) if place}
    changed = {name for name, _, _ in wanted if name in kept} - same
    forget(con, table)
    if not there or changed or not keys <= same:
        con.execute(f"DROP TABLE IF EXISTS {table}")
        con.execute(table.create)
        keep(con, table, 0)
        return True
    for name in kept.keys() - same:
        con.execute(f"ALTER TABLE {table} DROP COLUMN {identifier(name)}")
    for name, type_, _ in wanted:
        if name not in kept:
            con.execute(f"ALTER TABLE {table} ADD COLUMN {identifier(name)} {type_}")
    return bool(kept.keys() ^ {name for name, _, _ in wanted})


def void(con: sqlite3.Connection, table: OnlineTable) -> None:
    """Forget what a table holds, because it is written past `velo materialize`."""
    con.execute("DELETE FROM __standing")
    con.execute("DELETE FROM __parts WHERE name = ?", [table.name])


def settle(con: sqlite3.Connection, table: OnlineTable) -> None:
    """Forget values that somebody wrote of another kind than is declared."""
    columns = [
        identifier(name) for name, type_, place in table.described if type_ != "BLOB" and not place
    ]
    foreign = [f"typeof({column}) = 'blob'" for column in columns]
    values = [
        f"{column} = iif({each}, NULL, {column})"
        for column, each in zip(columns, foreign, strict=True)
    ]
    con.execute(f"UPDATE {table} SET {', '.join(values)} WHERE {' OR '.join(foreign)}")


def stand(con: sqlite3.Connection, now: StoreStanding) -> None:
    """Say what the tables hold now."""
    con.execute(
        "INSERT OR REPLACE INTO __standing VALUES (1, ?, ?, ?, ?)",
        [now.as_of.isoformat(), now.build, now.fingerprint, now.finished],
    )


def filled_from(con: sqlite3.Connection, table: OnlineTable) -> frozenset[TablePart]:
    """The offline files that a table was filled from; none when nobody can say."""
    rows = con.execute(
        "SELECT file, size, modified, node, first, last FROM __parts WHERE name = ?", [table.name]
    )
    return frozenset(TablePart(*row) for row in rows.fetchall())


def fill_from(con: sqlite3.Connection, table: OnlineTable, parts: Iterable[TablePart]) -> None:
    """Say which offline files a table is filled from now."""
    con.execute("DELETE FROM __parts WHERE name = ?", [table.name])
    con.executemany(
        "INSERT INTO __parts VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(table.name, *astuple(part)) for part in parts],
    )
