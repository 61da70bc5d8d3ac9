"""Computing a table of either kind, and a sequential one from any day on.

What a sequential table says up to a day is its state of that day: the newest row of each key. So a
change of the runs of a day needs that day and those after it computed anew, and nothing before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from velo.offline import partitions
from velo.offline.sequence import Sequential
from velo.offline.tables import Table

_WHOLE = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int64Dtype()}
"""Ids have 63 bits: a float beside a null would name somebody else."""


def compute(con: duckdb.DuckDBPyConnection, table: Table, name: str) -> None:
    """Make a temporary table of all rows of a table.

    Args:
        con: knows what the table reads by bare names.
        table: SQL or sequential.
        name: of the temporary table, which may be there.
    """
    if table.sequential is None:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {table.sql}")
    else:
        con.execute(f"CREATE OR REPLACE TEMP TABLE sequential_runs AS {table.sql}")
        _fill(con, table.sequential, name, "sequential_runs")
        con.execute("DROP TABLE sequential_runs")


def compute_since(
    con: duckdb.DuckDBPyConnection, table: Table, name: str, day: date, earlier: str
) -> None:
    """Make a temporary table of a sequential table's rows of a day and of those after it.

    Args:
        con: knows what the table reads by bare names.
        table: a sequential one.
        name: of the temporary table, which may be there.
        day: the first.
        earlier: the relation that has the table's rows from before the day; others may follow.
    """
    later = f"FROM ({table.sql}) WHERE known >= DATE '{day}'"
    con.execute(f"CREATE OR REPLACE TEMP TABLE sequential_runs AS {later}")
    assert table.sequential is not None, table.name
    _fill(
        con,
        table.sequential,
        name,
        "sequential_runs",
        f"(FROM {earlier} WHERE known < DATE '{day}')",
    )
    con.execute("DROP TABLE sequential_runs")


def replay(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Bring a sequential table that was computed in this connection to what it reads now.

    Its rows stand in the temporary table of its name, and the runs that they came from beside it;
    the first time all is computed.

    Args:
        con: knows what the table reads by bare names.
        table: a sequential one.
    """
    sequential, name, runs = table.sequential, table.name, f"runs_of_{table.name}"
    assert sequential is not None, name
    con.execute(f"CREATE OR REPLACE TEMP TABLE sequential_runs AS {table.sql}")
    known = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE temporary AND table_name = ?", [runs]
    ).fetchall()
    if not known:
        _fill(con, sequential, name, "sequential_runs")
    else:
        ((day,),) = con.execute(
            f"SELECT min(known) FROM ((FROM sequential_runs EXCEPT ALL FROM {runs}) "
            f"UNION ALL (FROM {runs} EXCEPT ALL FROM sequential_runs))"
        ).fetchall()
        if day is not None:
            earlier = f"(FROM {name} WHERE known < DATE '{day}')"
            later = f"(FROM sequential_runs WHERE known >= DATE '{day}')"
            _fill(con, sequential, "sequential_later", later, earlier)
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS "
                f"FROM {earlier} UNION ALL BY NAME FROM sequential_later"
            )
            con.execute("DROP TABLE sequential_later")
    con.execute(f"DROP TABLE IF EXISTS {runs}")
    con.execute(f"ALTER TABLE sequential_runs RENAME TO {runs}")


def write(
    con: duckdb.DuckDBPyConnection,
    sequential: Sequential,
    relation: str,
    folder: Path,
    years: Collection[int] | None = None,
) -> None:
    """Write a sequential table's rows, sorted, a file a year: the same rows are the same bytes.

    Args:
        con: knows the relation.
        sequential: whose rows they are.
        relation: what stands behind a FROM.
        folder: of the table; made if it is not there.
        years: the only ones that are written; by default all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(sequential.row)
    if years is None:
        years = [
            year
            for (year,) in con.execute(f"SELECT DISTINCT year(known) FROM {relation}").fetchall()
        ]
        if not years:
            rows = con.sql(f"SELECT {columns} FROM {relation}").to_arrow_table()
            pq.write_table(rows, folder / "empty.parquet", compression="zstd")
    for year in sorted(years):
        rows = con.sql(
            f"SELECT {columns} FROM {relation} WHERE year(known) = {year} "
            f"ORDER BY {', '.join(f'{name} NULLS LAST' for name in sequential.row)}"
        ).to_arrow_table()
        if rows.num_rows:
            path = folder / f"year={year}" / "all.parquet"
            path.parent.mkdir()
            pq.write_table(rows.combine_chunks(), path, compression="zstd")


def rewrite(
    con: duckdb.DuckDBPyConnection,
    sequential: Sequential,
    relation: str,
    before: Path,
    folder: Path,
    years: Collection[int],
) -> None:
    """Write some years of a sequential table and link the others, as `partitions.rewrite` does."""
    partitions.link(before, folder, without={f"year={year}" for year in years})
    if years:
        write(con, sequential, relation, folder, years)


def _fill(
    con: duckdb.DuckDBPyConnection,
    sequential: Sequential,
    name: str,
    runs: str,
    earlier: str | None = None,
) -> None:
    """Make a temporary table of what an engine makes of runs and earlier rows.

    Columns that the runs have are of the runs' types, the others are numbers.
    """
    engine = sequential.engine
    starts = con.sql(f"FROM {runs} ORDER BY known, race_id, horse_id").to_arrow_table()
    state = con.sql(_state(sequential, runs, earlier)).to_arrow_table()
    rows = engine.advance(_frame(starts), _frame(state))
    types = dict(zip(starts.schema.names, starts.schema.types, strict=True))
    table = pa.table(
        {
            name: pa.array(rows[name], from_pandas=True).cast(types.get(name, pa.float64()))
            for name in sequential.row
        }
    )
    con.register("sequential_rows", table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM sequential_rows")
    con.unregister("sequential_rows")


def _state(sequential: Sequential, runs: str, earlier: str | None) -> str:
    """SQL: the newest row of each key that occurs in the runs; of no rows, none."""
    keys, state = ", ".join(sequential.keys), sequential.engine.state
    if earlier is None:
        numbers = ", ".join(f"CAST(NULL AS DOUBLE) AS {name}" for name in state)
        return f"SELECT {keys}, known, {numbers} FROM {runs} WHERE FALSE"
    asked = " OR ".join(
        f"({names}) IN (SELECT ({names}) FROM {runs})"
        for names in (", ".join(key) for key in sequential.engine.keys)
    )
    row = ", ".join(f"{name} := {name}" for name in state)
    numbers = ", ".join(f"CAST(newest.{name} AS DOUBLE) AS {name}" for name in state)
    return (
        f"SELECT {keys}, known, {numbers} FROM (SELECT {keys}, max(known) AS known, "
        f"arg_max(struct_pack({row}), known) AS newest FROM {earlier} WHERE {asked} "
        f"GROUP BY {keys})"
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(types_mapper=_WHOLE.get, date_as_object=False)
    return frame
