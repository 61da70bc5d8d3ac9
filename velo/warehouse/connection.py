"""Opening the warehouse: one writer at a time, bounded memory and disk, times in UTC."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from velo.disk.access import DENIED_TEXTS, line_of
from velo.disk.full_disk import FULL, FULL_TEXTS
from velo.disk.interruptible import connect
from velo.errors import HomeError, InUse, NothingIngested
from velo.home import Home
from velo.settings import Store
from velo.warehouse.bounds import size_in_bytes
from velo.warehouse.readers import READERS
from velo.warehouse.schema import bring_schema, require_schema

RETRY_SECONDS = 0.25
FREE_SHARE = 0.9
"""Of what a disk has free, how much may be spilt to it."""


@contextmanager
def warehouse(
    home: Home,
    store: Store,
    *,
    write: bool,
    memory: str | None = None,
    wait: float = 0.0,
    waiting: Callable[[str], None] = lambda why: None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the home's warehouse; a writer creates it, or brings it to this version's tables.

    Args:
        home: whose warehouse.
        store: memory limit, spill limit and threads.
        write: whether the connection may change it. A writer shuts everybody else out.
        memory: what it may hold; the store's limit by default.
        wait: seconds to wait for another process that holds it.
        waiting: told once, as the wait begins, who holds it, and once as tables are brought to
            this version.

    Raises:
        NothingIngested: it is opened for reading and does not exist.
        InUse: another process holds it.
        HomeError: the file is not a warehouse, or of a version that cannot be opened so, or
            memory or disk ran out.
    """
    memory = memory or store.memory_limit
    with _bounded(home, store, write, memory, wait, waiting) as connection:
        if write:
            bring_schema(connection, home.warehouse, waiting)
            _declare_sources(connection)
        else:
            require_schema(connection, home.warehouse)
        yield connection


@contextmanager
def warehouse_of_any_version(
    home: Home,
    store: Store,
    *,
    wait: float = 0.0,
    waiting: Callable[[str], None] = lambda why: None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for reading, whatever its tables are: to copy it, or ask its version.

    Raises:
        NothingIngested: it does not exist.
        InUse: another process holds it.
        HomeError: the file is not a warehouse.
    """
    with _bounded(home, store, False, store.memory_limit, wait, waiting) as connection:
        yield connection


@contextmanager
def _bounded(
    home: Home,
    store: Store,
    write: bool,
    memory: str,
    wait: float,
    waiting: Callable[[str], None],
) -> Iterator[duckdb.DuckDBPyConnection]:
    if not write and not home.warehouse.exists():
        raise NothingIngested(f"no warehouse in {home.root}: run `velo ingest FILE` first")
    connection = _opened(home, write, wait, waiting)
    try:
        try:
            _set_bounds(connection, home, store, memory)
            yield connection
        finally:
            connection.close()
    except duckdb.OutOfMemoryException:
        raise HomeError(
            f"{memory} of memory and what {home.spill} can take were not "
            "enough: raise store.memory_limit in velo.toml, or make room on the disk"
        ) from None
    except (
        duckdb.IOException,
        duckdb.FatalException,
        duckdb.InternalException,
        duckdb.TransactionException,
    ) as error:
        raise HomeError(_why_it_failed(home, str(error))) from None
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise HomeError(_why_it_failed(home, str(error))) from None


def _opened(
    home: Home, write: bool, wait: float, waiting: Callable[[str], None]
) -> duckdb.DuckDBPyConnection:
    until = time.monotonic() + wait
    has_said = False
    while True:
        try:
            return connect(home.warehouse, read_only=not write)
        except duckdb.Error as error:
            fault = str(error)
        holder = re.search(r"PID (\d+)", fault)
        if holder is None:
            if any(full in fault for full in FULL_TEXTS):
                raise HomeError(_why_it_failed(home, fault)) from None
            if any(text in fault for text in DENIED_TEXTS):
                raise HomeError(line_of(home.warehouse)) from None
            fault = fault.splitlines()[0]
            raise HomeError(f"{home.warehouse} cannot be opened as a warehouse: {fault}") from None
        in_use = f"{home.warehouse} is in use by pid {holder.group(1)}"
        if time.monotonic() >= until:
            raise InUse(f"{in_use}: wait until it is done, or stop that process") from None
        if not has_said:
            waiting(f"waiting: {in_use}")
            has_said = True
        time.sleep(min(RETRY_SECONDS, max(until - time.monotonic(), 0.01)))


def _set_bounds(
    connection: duckdb.DuckDBPyConnection, home: Home, store: Store, memory: str
) -> None:
    """The spill folder is made first: DuckDB removes, with all that is in it, one that it made."""
    home.spill.mkdir(parents=True, exist_ok=True)
    spill = min(
        size_in_bytes(store.spill_limit), int(FREE_SHARE * shutil.disk_usage(home.spill).free)
    )
    connection.execute("SET TimeZone = 'UTC'")
    # DuckDB takes `python -c` for a person at a prompt, and stdout is the command's own.
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(f"SET threads = {store.threads}")
    connection.execute("SET temp_directory = ?", [str(home.spill)])
    connection.execute(f"SET max_temp_directory_size = '{spill}B'")


def _declare_sources(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `sources` says what the readers' order says."""
    declared = [(reader.name, place) for place, reader in enumerate(READERS, 1)]
    held = connection.execute("SELECT source, precedence FROM sources ORDER BY precedence")
    if held.fetchall() != declared:
        connection.execute("DELETE FROM sources")
        connection.executemany("INSERT INTO sources VALUES (?, ?)", declared)


def _why_it_failed(home: Home, fault: str) -> str:
    if any(full in fault for full in FULL_TEXTS):
        return (
            f"{home.root}: the disk is full, or no larger file is allowed; what was under way is "
            "undone; make room and run the command again"
        )
    return f"{home.warehouse}: {fault.splitlines()[0]}"
