"""Building on an earlier build: of each table only what the changed races can have changed.

A table whose rows are independent by some columns is computed anew for the values of those columns
that occur in its inputs' changed rows, and its other rows are kept. Any other table is computed
whole as soon as one of its inputs changed. Of a table that runs along a clock, and of a sequential
one, rows of days before the earliest change are kept too. What then differs from before is the
change that the tables after it see. Years without a difference are linked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from velo.offline import partitions, replay
from velo.offline.event_time import EventTime, event_time_of
from velo.offline.exposure import EXPOSED, expose, main_schema
from velo.offline.independence import Independence, independence, tables_read
from velo.offline.partitions import columns_of, scan
from velo.offline.replay import compute, compute_since
from velo.offline.sequence import Sequential
from velo.offline.tables import Table, folder_of

TOLERANCE = 1e-13
"""A float that moved by less, of one or of itself, is the same sum in another order."""

MANY = 4
"""A table that more tables read is held in memory meanwhile."""

CLOCKS = ("date", "known")
"""The columns by which the steps on the way say when a row counts."""


@dataclass(frozen=True)
class Since:
    """A table that runs along a clock, and the day of the earliest change."""

    clock: EventTime
    day: date

    @property
    def changed(self) -> str:
        """SQL: a row may be another one now."""
        return f"{self.clock.output} >= CAST(DATE '{self.day}' AS TIMESTAMPTZ)"

    def seen(self, relation: str) -> str:
        """SQL: rows of an input as the changed days see them.

        What is older than every window is left out, or where sums see it for ever, counts as of
        the day before the windows begin.
        """
        column, first = self.clock.column, self.day - timedelta(self.clock.reach)
        if not self.clock.lasting:
            return f"(SELECT * FROM {relation} WHERE {column} >= DATE '{first}')"
        before = f"DATE '{first - timedelta(1)}'"
        return (
            f"(SELECT * REPLACE (CASE WHEN {column} < {before} THEN {before} ELSE {column} END "
            f"AS {column}) FROM {relation})"
        )


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
        read = tables_read(table.sql)
        known = read is not None and read <= set(self._columns)
        changed = set(self._changes) & read if known and read else set()
        alone = self._independence(table) if changed and table.sequential is None else None
        if known and not changed:
            partitions.link(before, after)
        elif table.sequential is not None:
            self._renew_sequential(table, table.sequential, changed, before, after)
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
        since = self._since(table, alone, changed)
        self._expose(alone.own | set(alone.looked_up), alone, since)
        kept = f" WHERE {since.changed}" if since else ""
        self._compute("renewed", f"SELECT * FROM ({table.sql}){kept}")
        matched = _matched("stored", "affected", alone.columns)
        years = self._compare(
            table,
            "renewed",
            f"(SELECT * FROM {scan(before)} AS stored SEMI JOIN affected ON {matched}{kept})",
        )
        if since:
            matched += f" AND stored.{since.changed}"
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

    def _renew_sequential(
        self, table: Table, sequential: Sequential, changed: set[str], before: Path, after: Path
    ) -> None:
        """From the first day on whose runs differ; all of it where that cannot be said."""
        self._expose(tables_read(table.sql) or frozenset(self._columns))
        day = self._first_day(table, changed)
        if day is None:
            compute(self._con, table, "renewed")
            replay.write(self._con, sequential, "renewed", after)
            if self._read_by.get(table.name):
                self._compare(table, "renewed", scan(before))
        else:
            later = f"WHERE known >= DATE '{day}'"
            compute_since(self._con, table, "renewed", day, scan(before))
            years = self._compare(table, "renewed", f"(FROM {scan(before)} {later})")
            earlier = partitions.scan_years(before, [day.year])
            rows = "renewed"
            if earlier:
                rows = f"(FROM {earlier} WHERE known < DATE '{day}' UNION ALL BY NAME FROM renewed)"
            replay.rewrite(self._con, sequential, rows, before, after, years)
        self._con.execute("DROP TABLE renewed")

    def _first_day(self, table: Table, changed: set[str]) -> date | None:
        """The first day on which a sequential table's runs differ."""
        days = independence(table.sql, self._columns, ("known",))
        if days is None or not changed <= days.own:
            return None
        firsts = [
            self._con.execute(f"SELECT min(known) FROM {self._changes[name]}").fetchall()[0][0]
            for name in changed
        ]
        return min(firsts, default=None)

    def _independence(self, table: Table) -> Independence | None:
        """Of the warehouse's tables the changed races are known, and nothing else."""
        split = independence(table.sql, self._columns)
        if split and split.own & set(EXPOSED) and split.columns != ("race_id",):
            split = independence(table.sql, self._columns, ("race_id",))
        if split and any(
            split.looked_up.get(name, ("race_id",)) != ("race_id",) for name in EXPOSED
        ):
            return None
        return split

    def _since(self, table: Table, alone: Independence, changed: set[str]) -> Since | None:
        """Whether the table runs along a clock, and from which day on its inputs differ."""
        if alone.looked_up or alone.own & set(EXPOSED):
            return None
        for column in CLOCKS:
            clock = event_time_of(table.sql, column)
            if clock is None or any(column not in self._columns[name] for name in alone.own):
                continue
            days = [
                self._con.execute(f"SELECT min({column}) FROM {self._changes[name]}").fetchall()[0]
                for name in changed
            ]
            return Since(clock, min(day for (day,) in days))
        return None

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

    def _expose(
        self,
        names: frozenset[str],
        alone: Independence | None = None,
        since: Since | None = None,
    ) -> None:
        """Make views of what a table reads, of its own inputs the rows of `affected` alone."""
        own = alone.own if alone else frozenset()
        if names & set(EXPOSED):
            expose(self._con, only="affected" if own & set(EXPOSED) else None)
        for name in names - set(EXPOSED):
            relation = self._relation(name)
            rows = f"SELECT * FROM {since.seen(relation) if since else relation} AS stored"
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
