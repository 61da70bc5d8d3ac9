"""The offline tables of an altered world, made and compared one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from velo.audit.build_tables import BuildTables
from velo.audit.differences import Compared
from velo.audit.worlds import Alteration, world
from velo.home import Home
from velo.offline.as_known import as_known_tables
from velo.offline.build import Build
from velo.offline.exposure import expose
from velo.offline.independence import tables_read
from velo.offline.replay import compute
from velo.offline.tables import load_tables
from velo.settings import Settings
from velo.sql_text import literal


def write_entries(
    home: Home, settings: Settings, repo: Path, until: date | None, alter: Alteration, file: Path
) -> None:
    """Write the entries of an altered warehouse into a parquet file.

    Args:
        home, settings, repo: as `compare_world` takes them.
        until: the last race day that exists, or None for all of them.
        alter: the alteration.
        file: that is written.
    """
    tables = {table.name: table for table in load_tables(settings.windows, repo)}
    needed, todo = set[str](), ["entries"]
    while todo:
        new = (tables_read(tables[todo.pop()].sql) or tables.keys()) & tables.keys()
        todo += new - needed
        needed |= new
    with world(home, settings, alter) as con:
        expose(con, until)
        for name, table in tables.items():
            if name in needed:
                compute(con, table, name)
        con.execute(f"COPY ({tables['entries'].sql}) TO {literal(str(file))} (FORMAT parquet)")


def compare_world(
    home: Home,
    settings: Settings,
    repo: Path,
    build: Build,
    day: date,
    alter: Alteration,
    proof: str,
    progress: Callable[[str], None],
) -> list[Compared]:
    """Run the tables' SQL on an altered warehouse and compare what races up to a day see.

    Nothing is written outside of DuckDB's own spill folder.

    Args:
        home: whose warehouse.
        settings: windows and bounds, those of the build.
        repo: the feature repo whose SQL is run.
        build: what is compared with.
        day: the last race day that is compared.
        alter: the alteration.
        proof: what it proves.
        progress: called with each table's name.

    Returns:
        The entries and each feature table.
    """
    comparisons = []
    name = f"{proof} {day}"
    until = date.fromisoformat(build.until) if build.until else None
    tables = load_tables(settings.windows, repo)
    with world(home, settings, alter) as con:
        expose(con, until)
        tell: Callable[[str], None] = lambda table: progress(f"{name}: {table}")  # noqa: E731
        if build.as_known:
            tables = as_known_tables(con, tables, until, tell)
        baseline = BuildTables(con, Path(build.folder), day)
        for table in tables:
            if table.kind == "base":
                tell(table.name)
                compute(con, table, table.name)
            elif table.kind == "feature" or table.name == "entries":
                tell(table.name)
                con.execute(
                    f"CREATE OR REPLACE TEMP TABLE rebuilt AS SELECT * FROM ({table.sql}) "
                    f"WHERE event_timestamp <= {baseline.until}"
                )
                if table.kind == "feature":
                    comparisons.append(baseline.compare(table.name, "rebuilt", proof, name))
                else:
                    comparisons.append(baseline.compare_entries("rebuilt", proof, name))
    return comparisons
