"""The tables of an altered world against those of the build, as the races up to a day see them.

A race of day D sees, of each key, the newest row at or before D 00:00. Where all rows up to then
are equal, every runner's values are. Where some are not, the runners of those keys are joined to
both tables, and those whose values moved are counted and shown.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from velo.audit.differences import SHOWN, Compared, Difference, differs
from velo.offline.partitions import scan

TOLERANCE = 1e-12
NOT_BEFORE = ("was_run",)
"""Columns of the entries that say how the race ended, and are no feature's."""

_NAMES = ("race_id", "race_date", "course", "horse")


class BuildTables:
    """The tables of a build up to a day.

    Args:
        con: where the altered world's tables are made.
        folder: the build's.
        day: the last race day that is compared.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, day: date) -> None:
        self._con = con
        self._folder = folder
        self.until = f"TIMESTAMPTZ '{day.isoformat()} 00:00:00+00'"
        con.execute(f"CREATE TEMP VIEW raced AS {self.rows('entries')}")
        (self.runners,) = con.execute("SELECT count(*) FROM raced").fetchall()[0]

    def rows(self, table: str) -> str:
        """A table's rows up to the day."""
        return f"SELECT * FROM {scan(self._folder / table)} WHERE event_timestamp <= {self.until}"

    def compare_entries(self, rebuilt: str, proof: str, world: str) -> Compared:
        """Every runner's keys and facts: they may not depend on a result either.

        Args:
            rebuilt: name of the altered world's table.
            proof, world: what the differences are called.
        """
        columns = [
            name
            for name in self._columns("raced")
            if name not in ("race_id", "horse_id", *NOT_BEFORE)
        ]
        moved = " OR ".join(_moved(name, type_) for name, type_ in self._types("raced", columns))
        joined = (
            f"FROM raced AS was LEFT JOIN {rebuilt} AS now "
            "ON now.race_id = was.race_id AND now.horse_id = was.horse_id"
        )
        return self._report("entries", proof, world, joined, moved, columns)

    def compare(self, table: str, rebuilt: str, proof: str, world: str) -> Compared:
        """One feature table; arguments as in `compare_entries`."""
        con = self._con
        con.execute(f"CREATE OR REPLACE TEMP VIEW built AS {self.rows(table)}")
        columns = self._columns("built")
        turn = columns.index("event_timestamp")
        keys, values = columns[:turn], columns[turn + 1 :]
        moved = " OR ".join(_moved(name, type_) for name, type_ in self._types("built", values))
        same = " AND ".join(f"now.{name} = was.{name}" for name in (*keys, "event_timestamp"))
        key = ", ".join(f"coalesce(was.{name}, now.{name}) AS {name}" for name in keys)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE changed AS SELECT DISTINCT {key} "
            f"FROM built AS was FULL JOIN {rebuilt} AS now ON {same} "
            f"WHERE was.event_timestamp IS NULL OR now.event_timestamp IS NULL OR {moved}"
        )
        if not con.execute("FROM changed LIMIT 1").fetchall():
            return Compared(table, proof, self.runners)
        asof = " AND ".join(f"{{0}}.{name} = asked.{name}" for name in keys)
        sides = "".join(
            f" ASOF LEFT JOIN {source} AS {side} "
            f"ON {asof.format(side)} AND {side}.event_timestamp <= asked.event_timestamp"
            for source, side in (("built", "was"), (rebuilt, "now"))
        )
        joined = f"FROM (FROM raced SEMI JOIN changed USING ({', '.join(keys)})) AS asked{sides}"
        return self._report(table, proof, world, joined, moved, values)

    def _report(
        self, view: str, proof: str, world: str, joined: str, moved: str, columns: list[str]
    ) -> Compared:
        asked = "was" if view == "entries" else "asked"
        (count,) = self._con.execute(f"SELECT count(*) {joined} WHERE {moved}").fetchall()[0]
        chosen = ", ".join(
            [*(f"{asked}.{name}" for name in _NAMES)]
            + [f"{side}.{name}" for name in columns for side in ("was", "now")]
        )
        first = self._con.execute(
            f"SELECT {chosen} {joined} WHERE {moved} ORDER BY 2, 1, 4 LIMIT {SHOWN}"
        ).fetchall()
        differences = [
            Difference(
                view,
                proof,
                world,
                row[0],
                str(row[1].date()),
                row[2],
                row[3],
                name,
                row[4 + 2 * place],
                row[5 + 2 * place],
            )
            for row in first
            for place, name in enumerate(columns)
            if differs(row[4 + 2 * place], row[5 + 2 * place], TOLERANCE)
        ]
        return Compared(view, proof, self.runners, count, differences[:SHOWN])

    def _columns(self, relation: str) -> list[str]:
        return [row[0] for row in self._con.execute(f"DESCRIBE {relation}").fetchall()]

    def _types(self, relation: str, names: list[str]) -> list[tuple[str, str]]:
        described = self._con.execute(f"DESCRIBE {relation}").fetchall()
        return [(row[0], row[1]) for row in described if row[0] in names]


def _moved(name: str, type_: str) -> str:
    """SQL: whether a column of `was` and `now` differs, as `differs` says it."""
    unlike = f"was.{name} IS DISTINCT FROM now.{name}"
    if type_ not in ("DOUBLE", "FLOAT"):
        return f"({unlike})"
    within = f"abs(was.{name} - now.{name}) <= {TOLERANCE} * greatest(1.0, abs(was.{name}))"
    return f"({unlike} AND NOT coalesce({within}, FALSE))"
