"""A file staged in a database of its own, without the rest of an ingest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from velo.settings import Store
from velo.warehouse.bounds import inspect
from velo.warehouse.staging import Staged, stage

STORE = Store(memory_limit="1GB", threads=1)


def staged(path: Path, form: str | None = None) -> tuple[Staged, list[dict[str, Any]]]:
    """What staging found, and the rows that are not malformed, by line."""
    inspect(path, STORE)
    with duckdb.connect() as con:
        con.execute("BEGIN")
        staging = stage(con, path, STORE, form)
        held = con.execute("SELECT * FROM staging ORDER BY line")
        names = [column[0] for column in held.description or ()]
        return staging, [dict(zip(names, values, strict=True)) for values in held.fetchall()]
