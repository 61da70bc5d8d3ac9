"""What a file leaves in a new home, imported once for all tests of a process that begin with it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from velo.disk.file_hash import sha256_of
from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import Batch

_FOLDER = tempfile.TemporaryDirectory(prefix="velo_first_imports_")
_BATCHES: dict[tuple[str, str, str | None], Batch] = {}


def first_import(
    home: Home, store: Store, path: Path, form: str | None, ingest: Callable[[], Batch]
) -> Batch:
    """The first import into a home: by `ingest`, or by copy of what these bytes left in another.

    Args:
        home: has no warehouse.
        store: bounds of DuckDB.
        path: the file.
        form: its format, where the columns should not decide.
        ingest: imports it.
    """
    key = (sha256_of(path), path.suffix, form)
    held = Path(_FOLDER.name) / "_".join(map(str, key))
    if key not in _BATCHES:
        batch = ingest()
        shutil.copyfile(home.warehouse, held)
        _BATCHES[key] = batch
        return batch
    shutil.copyfile(held, home.warehouse)
    named = str(path.resolve())
    with warehouse(home, store, write=True) as con:
        con.execute("UPDATE import_batches SET file = ?", [named])
    return replace(_BATCHES[key], file=named)
