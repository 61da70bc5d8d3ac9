"""Times of any type as UTC microseconds, in SQL. What is finer is cut off, never rounded up."""

from __future__ import annotations

from datetime import datetime

from feast.utils import make_tzaware

from velo.sql_text import literal

MICROSECONDS = "TIMESTAMP WITH TIME ZONE"
"""DuckDB's type of a moment."""
NANOSECONDS = ("TIMESTAMP_NS", "TIMESTAMPTZ_NS")


def moment(column: str, type_: str) -> str:
    """A column as a moment: one without a zone is UTC, of nanoseconds the microsecond they are in.

    DuckDB's own cast rounds half a microsecond up, which lets a row see the future.
    """
    if type_ not in NANOSECONDS:
        return f"{column}::TIMESTAMPTZ"
    nanoseconds = f"epoch_ns({column})"
    # DuckDB divides towards zero and its remainder has the sign of the number.
    return f"make_timestamptz(({nanoseconds} - (({nanoseconds} % 1000) + 1000) % 1000) // 1000)"


def moment_literal(at: datetime) -> str:
    """A moment as SQL writes it; one without a zone is UTC."""
    return f"{literal(make_tzaware(at).isoformat())}::TIMESTAMPTZ"
