"""A folder of one's own, to make something in that nobody sees before it is whole.

Its name is drawn anew each time, and a file in it marks it as VÉLØ's. What a killed process left is
cleared by the next one, and only that: a real folder, with the mark, that no process holds. A link
is never followed, and a folder without the mark is never touched, whatever it is called.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from velo.disk.access import is_denied, line_of
from velo.disk.file_lock import held_alone
from velo.errors import HomeError

PREFIX = ".velo-"
MARK = ".velo-staging"
_MARKED = b"A folder that VELO makes something in; the next backup or restore clears it.\n"
_INSIDE = "files"


@contextmanager
def staging(parent: Path, doing: str) -> Iterator[Path]:
    """Make an empty folder, held by this process alone; it is gone when the block ends.

    A folder that the block moves away stays where it was moved to.

    Args:
        parent: the folder that it is made in, on the file system of what is to be made.
        doing: what goes on in it: a part of its name.

    Raises:
        HomeError: the folder cannot be made.
    """
    clear_abandoned(parent, doing)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{doing}-", dir=parent))
    except OSError as error:
        if is_denied(error):
            raise HomeError(line_of(parent)) from None
        raise HomeError(f"{parent} cannot be written to: {error.strerror or error}") from None
    try:
        with held_alone(folder, doing, parent):
            (folder / MARK).write_bytes(_MARKED)
            inside = folder / _INSIDE
            inside.mkdir()
            yield inside
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(parent: Path, doing: str) -> None:
    """Remove what killed processes left; what a living one works in stays."""
    for folder in sorted(parent.glob(f"{PREFIX}{doing}-*")):
        if is_ours(folder):
            with suppress(HomeError), held_alone(folder, doing, parent):
                shutil.rmtree(folder, ignore_errors=True)


def is_ours(folder: Path) -> bool:
    """Whether a folder is a staging folder: a real one, not a link, with the mark in it."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    try:
        mark = os.open(folder / MARK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    with open(mark, "rb") as file:
        return file.read(len(_MARKED) + 1) == _MARKED
