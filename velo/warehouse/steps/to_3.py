"""Version 3: the off as a moment, what a card says of its runners, what could not be read.

Rows of version 2 have none of these; every file of theirs was read by the first version of its
format's reader, which is the default of `import_batches.reader_version`.
"""

from __future__ import annotations

import duckdb

from velo.warehouse.steps.step import Step
from velo.warehouse.stored_offs import fill_offs


def _fill(con: duckdb.DuckDBPyConnection) -> None:
    fill_offs(con)


STEP = Step(version=3, fill=_fill)
