"""A path within a pattern, as DuckDB's readers and `glob` take one."""

from __future__ import annotations

from pathlib import Path

_SPECIAL = "*?["


def as_pattern(path: Path) -> str:
    """A pattern that matches this path and no other: `of [1].csv` does not match `of 1.csv`."""
    return "".join(f"[{sign}]" if sign in _SPECIAL else sign for sign in str(path))
