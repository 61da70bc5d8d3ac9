"""Bringing the online store to one morning, from the current build, all views in bulk.

`feast materialize` adds what lies between two moments, one feature at a time, and so misses late
rows and keeps keys that are gone. Here the rows as of the morning are compared with what the store
holds: what differs is written, what vanished is deleted, in one transaction. A run that is killed
leaves the earlier state.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from velo.disk import interruptible
from velo.disk.full_disk import room_on
from velo.errors import HomeError, InputError
from velo.home import Home
from velo.offline.build import current_build
from velo.offline.manifest import require_whole
from velo.result import Result
from velo.settings import Settings
from velo.store.online.database import (
    connect,
    ensure,
    fill_from,
    filled_from,
    settle,
    stand,
    writing,
)
from velo.store.online.digest import (
    following,
    forget,
    is_as_written,
    is_untouched,
    keep,
    keep_file_hash,
    of_arrow,
)
from velo.store.online.newest import Newest
from velo.store.online.online_table import NATIVE, OnlineTable
from velo.store.online.other import Forwarded
from velo.store.online.parts import TablePart, find_parts, folder_of
from velo.store.online.standing import StoreStanding, standing
from velo.store.online.store import HomeOnlineStoreConfig, file_of, microseconds, table_of
from velo.store.online.table_differences import TableDifferences, everything, since
from velo.store.relation import relation

DAWN = -(2**58)
"""Before every row, microseconds since 1970."""


@dataclass(frozen=True)
class Brought:
    """One view: rows written, keys removed, seconds.

    `mended` says that its table held something else than was written to it, and so was compared
    whole.
    """

    view: str
    written: int
    removed: int
    seconds: float
    mended: bool = False


@dataclass(frozen=True, repr=False)
class Materialized(Result):
    """A finished materialisation: the morning, the build it was taken from, and each view."""

    as_of: str
    build: int
    seconds: float
    views: list[Brought]

    @property
    def summary(self) -> str:
        """The morning that is served, and from which build."""
        return f"online store as of {self.as_of}, from build {self.build}"

    def rows(self) -> list[dict[str, Any]]:
        """A row a view: rows written, keys removed, seconds."""
        return [asdict(each) for each in self.views]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def materialize(
    home: Home,
    settings: Settings,
    store: Any,
    as_of: date | None = None,
    full: bool = False,
    progress: Callable[[str], None] = lambda view: None,
) -> Materialized:
    """Bring every view's online rows to what was known at a day's 00:00 UTC.

    Args:
        home: its current build is read.
        settings: DuckDB's bounds.
        store: the `feast.FeatureStore` whose views are served.
        as_of: the race day to be served; the day after the last result by default.
        full: read both sides whole, trusting nothing that an earlier run noted.
        progress: called with each view's name as its turn comes.

    Returns:
        What was changed.

    Raises:
        NothingBuilt: there are no offline tables.
        HomeError: nothing is applied yet, a file of the build is not as it was made, the store is
            being written, a build was published meanwhile, or the disk is full.
        InputError: a view has a feature of a type that only `feast materialize` can write.
    """
    with room_on(home.root, "the online store serves what it did before"):
        return _materialize(home, settings, store, as_of, full, progress)


def _materialize(
    home: Home,
    settings: Settings,
    store: Any,
    as_of: date | None,
    full: bool,
    progress: Callable[[str], None],
) -> Materialized:
    begun = time.perf_counter()
    build = current_build(home)
    require_whole(Path(build.folder))
    day = as_of or date.fromisoformat(build.last_day) + timedelta(1)
    views = views_served(store)
    ours = isinstance(store.config.online_store, HomeOnlineStoreConfig)
    other = None if ours else Forwarded(store, full)
    path = file_of(store.config) if ours else home.online
    untouched = is_untouched(path)
    online = connect(path)
    online.execute("PRAGMA cache_size = -131072")
    try:
        before = standing(online)
        earlier = before if before and before.as_of <= day and not full else None
        if other:
            other.begin(online, [table for _, table in views.values()])
        with _duckdb(home, settings) as con, writing(online):
            if ours and standing(online) != before:
                raise HomeError("the online store was written meanwhile: run it again")
            brought = []
            for name, (view, table) in views.items():
                progress(name)
                brought.append(
                    _bring(con, online, store.config, view, table, day, earlier, other, untouched)
                )
            if current_build(home).number != build.number:
                raise HomeError("a new build was published meanwhile: run `velo materialize` again")
            finished = datetime.now(UTC).isoformat(timespec="seconds")
            stand(online, StoreStanding(day, build.number, build.fingerprint, finished))
        online.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        keep_file_hash(path)
    finally:
        online.close()
    return Materialized(
        day.isoformat(), build.number, round(time.perf_counter() - begun, 3), brought
    )


def midnight(day: date) -> int:
    """A day's 00:00 UTC, microseconds since 1970."""
    return microseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _bring(
    con: duckdb.DuckDBPyConnection,
    online: sqlite3.Connection,
    config: Any,
    view: Any,
    table: OnlineTable,
    day: date,
    earlier: StoreStanding | None,
    other: Forwarded | None,
    untouched: bool,
) -> Brought:
    begun = time.perf_counter()
    last = midnight(day)
    lasting = view.ttl // timedelta(microseconds=1) if view.ttl else 0
    newest = Newest(view, table, last - lasting if lasting else DAWN, last)
    changed = ensure(online, table)
    as_written = (untouched or is_as_written(online, table)) if earlier else None
    mended = as_written is False
    if not as_written:
        earlier = None
    if earlier is None:
        settle(online, table)
    folder = folder_of(view, config.repo_path)
    source = relation(con, view.batch_source, str(config.repo_path), "source")
    if folder is None or not source.in_place:
        known = everything(source)
        parts: frozenset[TablePart] = frozenset()
    else:
        timestamp = view.batch_source.timestamp_field
        parts = find_parts(con, folder, timestamp)
        before = filled_from(online, table) if earlier and not changed else frozenset()
        known = since(
            folder,
            timestamp,
            parts,
            before,
            midnight(earlier.as_of) if earlier else last,
            newest.first,
            source.types[timestamp],
        )
    comparison = TableDifferences(con, online, newest)
    comparison.make(known)
    if earlier is None:
        forget(online, table)
    written, wide = 0, len(table.keys)
    for rows in comparison.lacking():
        with following(online, table, (row[:wide] for row in rows)):
            online.executemany(table.replace, rows)
        written += len(rows)
        if other:
            other.write(view, table, rows)
    vanished = comparison.vanished()
    with following(online, table, vanished):
        online.executemany(table.delete, vanished)
    if other:
        other.empty(view, table, vanished)
    fill_from(online, table, parts)
    if earlier is None:
        keep(online, table, of_arrow(table, comparison.expected()))
    seconds = round(time.perf_counter() - begun, 3)
    return Brought(view.name, written, len(vanished), seconds, mended)


def views_served(store: Any) -> dict[str, tuple[Any, OnlineTable]]:
    """The views that are served online, and their tables."""
    views = {
        view.name: (view, table_of(store.config, view))
        for view in store.list_feature_views()
        if view.online
    }
    if not views:
        raise HomeError("nothing is applied: run `feast -c feature_repo apply` first")
    for view, table in views.values():
        if not table.keys:
            raise InputError(
                f"view {view.name!r} has no key, for an entity of it is not registered: "
                "apply it together with its entities"
            )
        for name, field in (*table.keys.items(), *table.features.items()):
            if field not in NATIVE:
                raise InputError(
                    f"{name!r} of view {view.name!r} is a {field.removesuffix('_val')}, which "
                    "`velo materialize` cannot write: use `feast materialize`"
                )
    return views


@contextmanager
def _duckdb(home: Home, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    bounds = settings.store
    con = interruptible.connect()
    try:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET memory_limit = ?", [bounds.memory_limit])
        con.execute("SET threads = ?", [bounds.threads])
        con.execute("SET temp_directory = ?", [str(home.spill)])
        yield con
    finally:
        con.close()
