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

_PLACES: ContextVar[tuple[Path | None, Path | None]] = ContextVar("places", default=(None, None))


@contextmanager
def in_force(home: Path, declarations: Path | None = None) -> Iterator[None]:
    """Work in a home within the block; blocks may be nested, and each thread has its own.

    Args:
        home: its folder.
        declarations: the feature repo; by default the outer block's if that is of the same home,
            else the one that the home's settings name.
    """
    before_home, before_declarations = _PLACES.get()
    if declarations is None and home == before_home:
        declarations = before_declarations
    before = _PLACES.set((home, declarations))
    try:
        yield
    finally:
        _PLACES.reset(before)


def chosen_home() -> Path | None:
    """The home of the innermost block, None outside every block."""
    return _PLACES.get()[0]


def chosen_declarations() -> Path | None:
    """The feature repo of the innermost block, None where it names none."""
    return _PLACES.get()[1]
