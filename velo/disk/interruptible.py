"""DuckDB connections whose queries end at Ctrl-C.

DuckDB's Python client hears of a signal between two steps of a query. Where a thread of DuckDB's
own holds the whole pipeline, the client gives up but waits for that thread, and a press seems to do
nothing until the pipeline is through. `interrupt` is heard by every thread.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    import duckdb

GRACE = 0.5
"""Seconds that a pressed query has to end by itself."""
_OPEN: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()


def connect(database: str | Path = ":memory:", **options: Any) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB database whose queries end at Ctrl-C while `ended_by_ctrl_c` is entered.

    Args:
        database: The database's file; without one it is held in memory.
        options: As `duckdb.connect` takes them.

    Raises:
        duckdb.Error: The file cannot be opened.
    """
    import duckdb

    con = duckdb.connect(str(database), **options)
    _OPEN.add(con)
    return con


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Let each Ctrl-C end the queries of every connection that `connect` opened."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_interrupt_when, args=(reader,), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        writer.close()


def _interrupt_when(presses: socket.socket) -> None:
    with presses:
        while numbers := presses.recv(64):
            if signal.SIGINT in numbers:
                time.sleep(GRACE)
                _interrupt_all()


def _interrupt_all() -> None:
    """A function of its own: a connection held by a sleeping thread outlives the process's end."""
    if not _OPEN:
        return
    import duckdb

    for con in list(_OPEN):
        with suppress(duckdb.ConnectionException):
            con.interrupt()
