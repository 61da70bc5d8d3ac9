"""Which way round a file writes its dates: decided once, over all of them."""

from __future__ import annotations

import duckdb

from velo.errors import InputError
from velo.racing.racing_day import First, day_order


def order_of_days(con: duckdb.DuckDBPyConnection, file: str) -> First:
    """Whether the day or the month comes first in the dates of `staging`.

    What was concluded goes to the temporary table `file_notes` (note), which this makes.

    Args:
        con: a connection with a filled `staging`.
        file: what the file is called.

    Raises:
        InputError: one date can only have the day first, and another only the month.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE file_notes (note VARCHAR)")
    lines: dict[str, int] = dict(
        con.execute(
            "SELECT date, min(line) AS line FROM staging WHERE date IS NOT NULL "
            "GROUP BY date ORDER BY line"
        ).fetchall()
    )
    order = day_order(lines)
    if order.day_first is not None and order.month_first is not None:
        raise InputError(
            f"{file}: line {lines[order.day_first]} has {order.day_first.strip()!r}, which can "
            f"only be day first, and line {lines[order.month_first]} has "
            f"{order.month_first.strip()!r}, which can only be month first; write every date as "
            "2015-04-26"
        )
    if order.month_first is not None:
        note = (
            f"dates are month first: {order.month_first.strip()} at line "
            f"{lines[order.month_first]} can be nothing else"
        )
    elif order.day_first is None and order.ambiguous is not None:
        note = (
            f"dates are taken day first, and nothing in the file says so: "
            f"{order.ambiguous.strip()} at line {lines[order.ambiguous]} is the first of them"
        )
    else:
        return order.first
    con.execute("INSERT INTO file_notes VALUES (?)", [note])
    return order.first
