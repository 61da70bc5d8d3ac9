"""Building on an earlier build: of each table only what the changed races can have changed.

A table whose rows are independent by some columns is computed anew for the values of those columns
that occur in its inputs' changed rows, and its other rows are kept. Any other table is computed
whole as soon as one of its inputs changed. What then differs from before is the change that the
tables after it see. Years without a difference are linked.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from velo.offline import partitions
from velo.offline.exposure import EXPOSED, expose, main_schema
from velo.offline.independence import Independence, independence, tables_read
from velo.offline.partitions import columns_of, scan
from velo.offline.tables import Table, folder_of

TOLERANCE = 1e-13
"""A float that moved by less, of one or of itself, is the same sum in another order."""

MANY = 4
"""A table that more tables read is held in memory meanwhile."""


class Renewal:
    """One earlier build made into a new one.

    Tables are renewed in the order in which they read each other.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        before: Path,
        after: Path,
        read_by: Mapping[str, int],
    ) -> None:
        """Start with the races in the temporary table `changed_races`.

        Args:
            con: a warehouse with that table.
            before: the earlier build's folder.
            after: the folder that is being written.
            read_by: table -> how many tables read it.
        """
        self._con, self._before, self._after, self._read_by = con, before, after, read_by
        self._columns: dict[str, list[str]] = {}
        self._changes: dict[str, str] = {}
        self._relations: dict[str, str] = {}
        source = main_schema(con)
        changed = _any(con, "changed_races")
        for name in EXPOSED:
            self._columns[name] = list(columns_of(con, f"{source}.{name}"))
            if changed:
                self._changes[name] = "changed_races"

    def renew(self, table: Table) -> None:
        """Write a table."""
        before, after = (folder_of(table, build) for build in (self._before, self._after))
        self._columns[table.name] = list(columns_of(self._con, scan(before)))
        read = tables_read(self._con, table.sql)
        known = read is not None and read <= set(self._columns)
        changed = set(self._changes) & read if known and read else set()
        alone = self._independence(table) if changed else None
        if known and not changed:
            partitions.link(before, after)
        elif alone:
            self._renew_some(table, alone, changed, before, after)
        else:
            self._renew_whole(table, read or frozenset(self._columns), before, after)
        self._offer(table, after)

    def _renew_whole(self, table: Table, read: frozenset[str], before: Path, after: Path) -> None:
        self._expose(read)
        self._compute("whole", table.sql)
        partitions.write(self._con, "whole", after)
        if self._read_by.get(table.name):
            self._compare(table, "whole", scan(before))
        self._con.execute("DROP TABLE whole")

    def _renew_some(
        self, table: Table, alone: Independence, changed: set[str], before: Path, after: Path
    ) -> None:
        self._compute("affected", self._affected(alone, changed))
        self._expose(alone.own | set(alone.looked_up), alone)
        self._compute("renewed", table.sql)
        matched = _matched("stored", "affected", alone.columns)
        years = self._compare(
            table,
            "renewed",
            f"(SELECT * FROM {scan(before)} AS stored SEMI JOIN affected ON {matched})",
        )
        year = partitions.year_of(columns_of(self._con, "renewed"))
        stored = scan(before) if year is None else partitions.scan_years(before, years)
        rows = "renewed"
        if stored:
            rows = (
                f"(SELECT * FROM {stored} AS stored ANTI JOIN affected ON {matched} "
                "UNION ALL BY NAME SELECT * FROM renewed)"
            )
        if year is None and years:
            partitions.write(self._con, rows, after)
        else:
            partitions.rewrite(self._con, rows, before, after, years)
        self._con.execute("DROP TABLE renewed")

    def _independence(self, table: Table) -> Independence | None:
        """Of the warehouse's tables the changed races are known, and nothing else."""
        found = independence(self._con, table.sql, self._columns)
        if found and found.own & set(EXPOSED) and found.columns != ("race_id",):
            found = independence(self._con, table.sql, self._columns, ("race_id",))
        if found and any(found.looked_up.get(name, ("race_id",)) != ("race_id",)
                         for name in EXPOSED):  # fmt: skip
            return None
        return found

    def _affected(self, alone: Independence, changed: set[str]) -> str:
        """SQL: the values of the columns whose rows may have changed."""
        values = ", ".join(alone.columns)
        parts = [f"SELECT {values} FROM {self._changes[name]}" for name in alone.own & changed]
        for name in changed & set(alone.looked_up):
            by = alone.looked_up[name]
            for own in alone.own:
                if set(by) <= set(self._columns[own]):
                    change = self._changes[name]
                    parts.append(
                        f"SELECT {values} FROM {self._relation(own)} AS own "
                        f"SEMI JOIN {change} ON {_matched('own', change, by)}"
                    )
        return " UNION ".join(parts)

    def _expose(self, names: frozenset[str], alone: Independence | None = None) -> None:
        """Make views of what a table reads, of its own inputs the rows of `affected` alone."""
        own = alone.own if alone else frozenset()
        if names & set(EXPOSED):
            expose(self._con, only="affected" if own & set(EXPOSED) else None)
        for name in names - set(EXPOSED):
            rows = f"SELECT * FROM {self._relation(name)} AS stored"
            if alone and name in own:
                rows += f" SEMI JOIN affected ON {_matched('stored', 'affected', alone.columns)}"
            self._con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {rows}")

    def _compute(self, name: str, sql: str) -> None:
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def _relation(self, name: str) -> str:
        return self._relations.get(name) or f"{main_schema(self._con)}.{name}"

    def _compare(self, table: Table, new: str, old: str) -> list[int]:
        """The years that differ; what differs is kept for the tables that read this one."""
        columns = columns_of(self._con, new)
        names, year = ", ".join(columns), partitions.year_of(columns) or "0"
        change = f"change_of_{table.name}"
        self._compute(
            change,
            f"SELECT {names}, sum(told) AS told FROM (SELECT {names}, 1 AS told FROM {new} "
            f"UNION ALL SELECT {names}, -1 FROM {old}) GROUP BY ALL HAVING sum(told) <> 0",
        )
        if _any(self._con, change):
            self._changes[table.name] = change
        query = f"SELECT DISTINCT {year} FROM {change}"
        if table.kind == "feature":
            query = _unlike(columns, change)
        return sorted(row[0] for row in self._con.execute(query).fetchall())

    def _offer(self, table: Table, folder: Path) -> None:
        """Let the tables that follow read this one; what many read is read from disk once."""
        self._relations[table.name] = scan(folder)
        if self._read_by.get(table.name, 0) > MANY and self._changes:
            name = f"held_{table.name}"
            self._compute(name, f"FROM {scan(folder)}")
            self._relations[table.name] = name


def _unlike(columns: dict[str, str], change: str) -> str:
    """SQL: the years in which a feature table says something else, but for the last bits.

    A table's key stands before its `event_timestamp`.
    """
    names = list(columns)
    turn = names.index("event_timestamp") + 1
    same = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in names[:turn])
    differs = ["a.event_timestamp IS NULL", "b.event_timestamp IS NULL", "a.told <> -b.told"]
    for name in names[turn:]:
        apart = f"a.{name} IS DISTINCT FROM b.{name}"
        if columns[name] in ("DOUBLE", "FLOAT"):
            apart += (
                f" AND NOT coalesce(abs(a.{name} - b.{name}) "
                f"<= {TOLERANCE} * greatest(1, abs(a.{name})), FALSE)"
            )
        differs.append(f"({apart})")
    return (
        "SELECT DISTINCT year(coalesce(a.event_timestamp, b.event_timestamp)) "
        f"FROM (FROM {change} WHERE told > 0) AS a FULL JOIN (FROM {change} WHERE told < 0) AS b "
        f"ON {same} WHERE {' OR '.join(differs)}"
    )


def _matched(one: str, other: str, columns: tuple[str, ...]) -> str:
    return " AND ".join(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in columns)


def _any(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    return bool(con.execute(f"FROM {relation} LIMIT 1").fetchall())
