"""A folder of one's own, to make something in that nobody sees before it is whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from velo.errors import HomeError
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
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeError(f"another {doing} is under way in {folder}: wait until it is done") \
                from None  # fmt: skip
        clear(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(held)
