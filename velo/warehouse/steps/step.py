"""One version of the warehouse's tables, seen from the version before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

Change = Callable[[duckdb.DuckDBPyConnection], None]


def nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave the rows as they are."""


@dataclass(frozen=True)
class Step:
    """What a version changes beyond tables and columns that are new.

    Those need no word: every table is made anew by `schema.sql` and its old rows are copied by the
    names of their columns, so a new column has its default or null.

    Attributes:
        version: that the step leads to.
        reshape: run on the old tables, before they are copied: a column that has another name, a
            table that is parted. It may use any statement but those that end a transaction.
        fill: run on the new tables, after every row is in them: values that old rows can be given.
    """

    version: int
    reshape: Change = nothing
    fill: Change = nothing
