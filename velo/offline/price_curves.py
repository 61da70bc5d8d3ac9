"""What finish a price lets expect, region by region and year by year, as a build holds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from velo.offline.partitions import scan

TABLE = "price_curve"


def price_curves(con: duckdb.DuckDBPyConnection, folder: Path) -> list[dict[str, Any]]:
    """The curves behind a build's tables.

    A row has `region`, `year`, the coefficients `linear`, `square` and `cube` of the centred log
    price and of its powers, and `fitted`: False where the settings' defaults stand, for want of a
    year of earlier days. No model is trained on races of such a year.

    Args:
        con: in which the tables were made.
        folder: of the build. One that sees corrections as they were known has no steps on the way;
            its curves are those of its last epoch.

    Returns:
        By region and year; none where the feature repo has no such table.
    """
    written = folder / "base" / TABLE
    temporary = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE table_name = $name", {"name": TABLE}
    ).fetchall()
    if not written.is_dir() and not temporary:
        return []
    rows = con.execute(
        "SELECT region, year(year_start), linear, square, cube, fitted "
        f"FROM {scan(written) if written.is_dir() else TABLE} ORDER BY ALL"
    ).fetchall()
    names = ("region", "year", "linear", "square", "cube", "fitted")
    return [dict(zip(names, row, strict=True)) for row in rows]
