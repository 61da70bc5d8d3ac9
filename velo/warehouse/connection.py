"""Opening the warehouse: one writer at a time, bounded memory, times in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

import duckdb

from velo.errors import HomeError, NothingIngested
from velo.home import Home
from velo.settings import Store


@contextmanager
def warehouse(home: Home, store: Store, *, write: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the home's warehouse; a writer creates it with its schema.

    Args:
        home: whose warehouse.
        store: memory limit and threads.
        write: whether the connection may change it. A writer shuts everybody else out.

    Raises:
        NothingIngested: it is opened for reading and does not exist.
        HomeError: another process holds it, the file is not a warehouse, or memory or disk ran out.
    """
    if not write and not home.warehouse.exists():
        raise NothingIngested(f"no warehouse in {home.root}: run `velo ingest FILE` first")
    try:
        connection = duckdb.connect(str(home.warehouse), read_only=not write)
    except duckdb.Error as error:
        raise HomeError(_why_not_opened(home, str(error))) from None
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET memory_limit = '{store.memory_limit}'")
        connection.execute(f"SET threads = {store.threads}")
        connection.execute("SET temp_directory = ?", [str(home.spill)])
        if write:
            schema = files("velo.warehouse").joinpath("schema.sql").read_text(encoding="utf-8")
            connection.execute(schema)
        yield connection
    except duckdb.OutOfMemoryException:
        raise HomeError(
            f"{store.memory_limit} of memory and what {home.spill} can take were not enough: "
            "raise store.memory_limit in velo.toml, or make room on the disk"
        ) from None
    except duckdb.IOException as error:
        raise HomeError(f"{home.warehouse}: {str(error).splitlines()[0]}") from None
    finally:
        connection.close()


def _why_not_opened(home: Home, message: str) -> str:
    holder = re.search(r"PID (\d+)", message)
    if holder:
        return (
            f"{home.warehouse} is in use by pid {holder.group(1)}: "
            "wait until it is done, or stop that process"
        )
    return f"{home.warehouse} cannot be opened as a warehouse: {message.splitlines()[0]}"
