"""A folder of one's own, to make something in that nobody sees before it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from velo.disk.held_alone import held_alone
from velo.keeping.copying import clear


@contextmanager
def staging(folder: Path, doing: str) -> Iterator[Path]:
    """Make a folder, empty and held by this process alone; it is gone when the block ends.

    What a killed process left in it is cleared by the next. A folder that the block moves away
    stays where it was moved to.

    Args:
        folder: whose parent is there.
        doing: what goes on in it, for the message.

    Raises:
        HomeError: another process is at it.
    """
    folder.mkdir(exist_ok=True)
    with held_alone(folder, doing, folder):
        clear(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
