"""Building: the warehouse's results into the offline tables of a new numbered build.

Where an earlier build of the same tables saw the same data but for the latest imports, only what
those can have changed is computed anew; see `velo.offline.renewal`.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

import velo
from velo.errors import NothingBuilt, NothingIngested
from velo.home import Home
from velo.offline import partitions, replay
from velo.offline.as_known import as_known_tables
from velo.offline.changes import find_changed_races, last_batch, state_at
from velo.offline.corrections import count_corrections
from velo.offline.exposure import expose
from velo.offline.independence import tables_read
from velo.offline.manifest import first_fault, write_manifest
from velo.offline.measures import cold_share, hold_recent, rows_and_nulls
from velo.offline.price_curves import price_curves
from velo.offline.publication import publishing
from velo.offline.renewal import Renewal
from velo.offline.replay import compute
from velo.offline.tables import Table, folder_of, load_tables
from velo.result import Result
from velo.settings import Settings, Windows
from velo.warehouse.connection import warehouse

LAYOUT = 3
"""Of a build's folder: counted up with every change of what another build can stand on."""

CHANGED_SHARE = 0.1
"""Where more of the races changed, all are built anew: it is no slower."""


@dataclass(frozen=True)
class Built:
    """One written table.

    Attributes:
        table: its name.
        rows: how many.
        seconds: taken to build it.
        nulls: the share of nulls in each of its columns that has any.
        cold: of the last year's runners that have its key, the share it knew nothing of; None
            for the spine.
    """

    table: str
    rows: int
    seconds: float
    nulls: dict[str, float]
    cold: float | None = None


@dataclass(frozen=True, repr=False)
class Build(Result):
    """A finished build, as its `build.json` holds it.

    `corrections` counts the races, runners, results and prices that were told otherwise before;
    `as_known` says whether they are seen from the day after their import only. `built_on` is the
    number of the build that this one stands on, None where all was computed; `changed_races`
    those that were told since. `recipe` and `state` say what a build that stands on this one must
    share with it: SQL and versions, and the warehouse up to `last_batch`. `steps` are the rows of
    the tables on the way, `windows` the settings of that name, none in builds of before they were
    kept. `price_curves` has for each region and year what finish a price lets expect there.
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
    built_on: int | None = None
    changed_races: int | None = None
    recipe: str = ""
    state: str = ""
    steps: dict[str, int] = field(default_factory=dict)
    windows: dict[str, float] = field(default_factory=dict)
    price_curves: list[dict[str, Any]] = field(default_factory=list)

    def unlike(self, windows: Windows) -> str | None:
        """How its windows are others than these, in words; one that says none has the defaults."""
        unlike = Windows(**self.windows).unlike(windows)
        return None if unlike is None else f"build {self.number} has {unlike} as the settings say"

    @property
    def summary(self) -> str:
        """Its number and what it is of."""
        return f"build {self.number}, {self.starts:,} starts, {self.first_day} to {self.last_day}"

    def rows(self) -> list[dict[str, Any]]:
        """A row a table: rows, seconds, and the shares of cold starts and of nulls by column."""
        return [asdict(each) for each in self.tables]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def build(
    home: Home,
    settings: Settings,
    until: date | None = None,
    repo: Path | None = None,
    progress: Callable[[str], None] = lambda table: None,
    as_known: bool = False,
    full: bool = False,
) -> Build:
    """Build every offline table and point the home at the new build.

    Args:
        home: whose warehouse is read and whose offline folder is written.
        settings: windows, memory limit, threads, how many builds are kept.
        until: the last race day that is read; everything after it does not exist.
        repo: the feature repo whose SQL is run; by default the settings'.
        progress: called with each table's name as its turn comes.
        as_known: whether a correction is seen only from the day after its import, and not as if
            it had always been so.
        full: compute everything, whatever an earlier build holds.

    Returns:
        What was built.

    Raises:
        NothingIngested: the warehouse holds no starts (up to `until`).
        HomeError: the warehouse is in use, or another build is under way.
    """
    begun = time.perf_counter()
    tables = load_tables(settings.windows, repo or settings.feature_repo)
    with (
        publishing(home, settings.store.builds_kept) as draft,
        warehouse(home, settings.store, write=False) as con,
    ):
        expose(con, until)
        corrections, batch = count_corrections(con), last_batch(con)
        recipe, state = _recipe(tables), state_at(con, batch)
        plain = until is None and not as_known
        ground, changed = _ground(home, con, recipe) if plain and not full else (None, None)
        made = as_known_tables(con, tables, until, progress) if as_known else tables
        if ground is not None:
            seconds = _renew_tables(con, tables, Path(ground.folder), draft.folder, progress)
        else:
            seconds = write_tables(con, made, draft.folder, progress)
        built = _measured(con, made, draft.folder, seconds)
        starts, first, last = con.execute(
            "SELECT count(*), min(CAST(event_timestamp AS DATE)), "
            "max(CAST(event_timestamp AS DATE)) "
            f"FROM {partitions.scan(draft.folder / 'outcomes')}"
        ).fetchall()[0]
        if not starts:
            raise NothingIngested("the warehouse holds no starts: run `velo ingest FILE` first")
        done = Build(
            draft.number,
            str(draft.final),
            built,
            starts,
            str(first),
            str(last),
            _fingerprint(con, tables, made is not tables),
            batch,
            str(until) if until else None,
            round(time.perf_counter() - begun, 3),
            datetime.now(UTC).isoformat(timespec="seconds"),
            velo.__version__,
            corrections,
            as_known,
            ground.number if ground else None,
            changed if ground else None,
            recipe if plain else "",
            state,
            _steps(con, draft.folder),
            settings.windows.model_dump(),
            price_curves(con, draft.folder),
        )
        manifest = json.dumps(done.to_dict(), indent=1)
        (draft.folder / "build.json").write_text(manifest, encoding="utf-8")
        write_manifest(draft.folder, Path(ground.folder) if ground else None)
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
    tables = [Built(**table) for table in read["tables"]]
    # A home that was moved still says where its build was made.
    return Build(**{**read, "tables": tables, "folder": str(home.current_build.resolve())})


def write_tables(
    con: duckdb.DuckDBPyConnection,
    tables: list[Table],
    folder: Path,
    progress: Callable[[str], None] = lambda table: None,
) -> dict[str, float]:
    """Compute and write every table from the tables that the connection knows by bare names.

    Args:
        con: in which `velo.offline.exposure.expose` made its views, or others stand in for them.
        tables: in the order in which they read each other.
        folder: of a build; gets a folder a table.
        progress: called with each table's name as its turn comes.

    Returns:
        Table -> seconds.
    """
    seconds = {}
    for table in tables:
        progress(table.name)
        begun = time.perf_counter()
        relation = f"({table.sql})"
        if table.kind == "base":
            compute(con, table, table.name)
            relation = table.name
        if table.sequential is None:
            partitions.write(con, relation, folder_of(table, folder))
        else:
            replay.write(con, table.sequential, relation, folder_of(table, folder))
        seconds[table.name] = time.perf_counter() - begun
    return seconds


def _renew_tables(
    con: duckdb.DuckDBPyConnection,
    tables: list[Table],
    before: Path,
    folder: Path,
    progress: Callable[[str], None],
) -> dict[str, float]:
    """The same from an earlier build's tables and the changed races."""
    read_by = Counter(name for table in tables for name in tables_read(table.sql) or ())
    renewal = Renewal(con, before, folder, read_by)
    seconds = {}
    for table in tables:
        progress(table.name)
        begun = time.perf_counter()
        renewal.renew(table)
        seconds[table.name] = time.perf_counter() - begun
    return seconds


def _ground(
    home: Home, con: duckdb.DuckDBPyConnection, recipe: str
) -> tuple[Build | None, int | None]:
    """The build that this one can stand on, and how many races changed since."""
    try:
        earlier = current_build(home)
    except NothingBuilt:
        return None, None
    if earlier.recipe != recipe or state_at(con, earlier.last_batch) != earlier.state:
        return None, None
    if not earlier.last_batch or not _whole(con, earlier):
        return None, None
    if first_fault(Path(earlier.folder)) is not None:
        return None, None
    changed, races = find_changed_races(con, earlier.last_batch)
    return (earlier, changed) if changed <= CHANGED_SHARE * races else (None, None)


def _whole(con: duckdb.DuckDBPyConnection, build: Build) -> bool:
    """Whether its files are as many as they were."""
    folder = Path(build.folder)
    return _steps(con, folder) == build.steps and all(
        rows_and_nulls(con, folder / table.table)[0] == table.rows for table in build.tables
    )


def _steps(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    return {
        path.name: rows_and_nulls(con, path)[0]
        for path in sorted((folder / "base").glob("*"))
        if any(path.rglob("*.parquet"))
    }


def _measured(
    con: duckdb.DuckDBPyConnection, tables: list[Table], folder: Path, seconds: dict[str, float]
) -> list[Built]:
    hold_recent(con, folder / "entries")
    return [
        Built(
            table.name,
            rows,
            round(seconds[table.name], 3),
            nulls,
            cold_share(con, folder / table.name) if table.kind == "feature" else None,
        )
        for table in tables
        if table.kind != "base"
        for rows, nulls in [rows_and_nulls(con, folder / table.name)]
    ]


def _recipe(tables: list[Table]) -> str:
    """SHA-256 of what makes a build from a warehouse."""
    texts = [(table.name, table.kind, table.text) for table in tables]
    versions = [velo.__version__, duckdb.__version__, np.__version__]
    text = json.dumps([LAYOUT, *versions, texts])
    return sha256(text.encode()).hexdigest()


def _fingerprint(con: duckdb.DuckDBPyConnection, tables: list[Table], by_day: bool) -> str:
    """SHA-256 over the imported files, in order, and the tables: the same data gives the same.

    Where corrections are seen by the day of their import, those days are data too.
    """
    day = ", CAST(CAST(finished AS DATE) AS VARCHAR)" if by_day else ""
    files = con.execute(
        f"SELECT sha256, accepted, updated{day} FROM import_batches "
        "WHERE undone_by IS NULL AND kind NOT IN ('refused', 'undo') ORDER BY batch_id"
    ).fetchall()
    text = json.dumps([files, [(table.name, table.text) for table in tables]])
    return sha256(text.encode()).hexdigest()
