"""The home that a block of code works in, whatever the environment says.

A process may hold several homes, so the environment cannot say which one is meant. Feast makes
its stores and imports the declarations without being given a home: what they ask for the home
that is in force (`velo.settings.home_path`) must get that of the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_HOME: ContextVar[Path | None] = ContextVar("home", default=None)


@contextmanager
def in_force(home: Path) -> Iterator[None]:
    """Work in a home within the block; blocks may be nested, and each thread has its own.

    Args:
        home: its folder.
    """
    before = _HOME.set(home)
    try:
        yield
    finally:
        _HOME.reset(before)


def chosen_home() -> Path | None:
    """The home of the innermost block, None outside every block."""
    return _HOME.get()
