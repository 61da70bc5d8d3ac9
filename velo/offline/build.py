"""Building: the warehouse's results into the offline tables of a new numbered build."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

import velo
from velo.errors import NothingBuilt, NothingIngested
from velo.home import Home
from velo.offline.as_known import as_known_tables
from velo.offline.corrections import count_corrections
from velo.offline.exposure import expose
from velo.offline.publication import publishing
from velo.offline.tables import FEATURE_REPO, Table, load_tables
from velo.settings import Settings
from velo.warehouse.connection import warehouse


@dataclass(frozen=True)
class Built:
    """One written table: rows, seconds, and the share of nulls in each of its columns."""

    table: str
    rows: int
    seconds: float
    nulls: dict[str, float]


@dataclass(frozen=True)
class Build:
    """A finished build, as its `build.json` holds it.

    `corrections` counts the races, runners, results and prices that were told otherwise before;
    `as_known` says whether they are seen from the day after their import only.
    """

    number: int
    folder: str
    tables: list[Built]
    starts: int
    first_day: str
    last_day: str
    fingerprint: str
    last_batch: int
    until: str | None
    seconds: float
    finished: str
    code_version: str
    corrections: dict[str, int] = field(default_factory=dict)
    as_known: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def build(
    home: Home,
    settings: Settings,
    until: date | None = None,
    repo: Path = FEATURE_REPO,
    progress: Callable[[str], None] = lambda table: None,
    as_known: bool = False,
) -> Build:
    """Build every offline table and point the home at the new build.

    Args:
        home: whose warehouse is read and whose offline folder is written.
        settings: windows, memory limit, threads, how many builds are kept.
        until: the last race day that is read; everything after it does not exist.
        repo: the feature repo whose SQL is run.
        progress: called with each table's name as its turn comes.
        as_known: whether a correction is seen only from the day after its import, and not as if
            it had always been so.

    Returns:
        What was built.

    Raises:
        NothingIngested: the warehouse holds no starts (up to `until`).
        HomeError: the warehouse is in use, or another build is under way.
    """
    begun = time.perf_counter()
    tables = load_tables(settings.windows, repo)
    with (
        publishing(home, settings.store.builds_kept) as draft,
        warehouse(home, settings.store, write=False) as con,
    ):
        expose(con, until)
        corrections = count_corrections(con)
        made = as_known_tables(con, tables, until, progress) if as_known else tables
        built = [found for table in made if (found := _make(con, table, draft.folder, progress))]
        starts, first, last = con.execute(
            "SELECT count(*), min(CAST(event_timestamp AS DATE)), "
            f"max(CAST(event_timestamp AS DATE)) FROM {_scan(draft.folder / 'outcomes')}"
        ).fetchall()[0]
        if not starts:
            raise NothingIngested("the warehouse holds no starts: run `velo ingest FILE` first")
        done = Build(
            draft.number, str(draft.final), built, starts, str(first), str(last),
            _fingerprint(con, tables, made is not tables), _last_batch(con),
            str(until) if until else None,
            round(time.perf_counter() - begun, 3), datetime.now(UTC).isoformat(timespec="seconds"),
            velo.__version__, corrections, as_known,
        )  # fmt: skip
        manifest = json.dumps(done.to_dict(), indent=1)
        (draft.folder / "build.json").write_text(manifest, encoding="utf-8")
    return done


def current_build(home: Home) -> Build:
    """The build that the home points at.

    Raises:
        NothingBuilt: there is none.
    """
    manifest = home.current_build / "build.json"
    if not manifest.exists():
        raise NothingBuilt(f"no offline tables in {home.root}: run `velo build` first")
    read = json.loads(manifest.read_text(encoding="utf-8"))
    return Build(**{**read, "tables": [Built(**table) for table in read["tables"]]})


def _make(
    con: duckdb.DuckDBPyConnection, table: Table, folder: Path, progress: Callable[[str], None]
) -> Built | None:
    progress(table.name)
    begun = time.perf_counter()
    if table.kind == "base":
        con.execute(f"CREATE TEMP TABLE {table.name} AS {table.sql}")
        return None
    target = folder / table.name
    target.mkdir()
    con.execute(
        f"COPY (SELECT *, year(event_timestamp) AS year FROM ({table.sql})) "
        f"TO {_quoted(target)} "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (year), OVERWRITE_OR_IGNORE)"
    )
    if not any(target.rglob("*.parquet")):
        con.execute(f"COPY ({table.sql}) TO {_quoted(target / 'empty.parquet')} (FORMAT parquet)")
    return Built(table.name, *_profile(con, target, begun))


def _profile(
    con: duckdb.DuckDBPyConnection, target: Path, begun: float
) -> tuple[int, float, dict[str, float]]:
    scan = _scan(target)
    columns = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
    counts = con.execute(
        f"SELECT count(*), {', '.join(f'count({column})' for column in columns)} FROM {scan}"
    ).fetchall()[0]
    rows = counts[0]
    nulls = {
        column: round(1 - known / rows, 6)
        for column, known in zip(columns, counts[1:], strict=True)
        if rows and known < rows
    }
    return rows, round(time.perf_counter() - begun, 3), nulls


def _fingerprint(con: duckdb.DuckDBPyConnection, tables: list[Table], by_day: bool) -> str:
    """SHA-256 over the imported files, in order, and the SQL: the same data gives the same.

    Where corrections are seen by the day of their import, those days are data too.
    """
    day = ", CAST(CAST(finished AS DATE) AS VARCHAR)" if by_day else ""
    files = con.execute(
        f"SELECT sha256, accepted, updated{day} FROM import_batches ORDER BY batch_id"
    ).fetchall()
    text = json.dumps([files, [(table.name, table.sql) for table in tables]])
    return sha256(text.encode()).hexdigest()


def _last_batch(con: duckdb.DuckDBPyConnection) -> int:
    (batch,) = con.execute("SELECT coalesce(max(batch_id), 0) FROM import_batches").fetchall()[0]
    return int(batch)


def _scan(folder: Path) -> str:
    return f"read_parquet({_quoted(folder / '**' / '*.parquet')}, hive_partitioning = false)"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
