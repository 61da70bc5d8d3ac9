"""One process at a time: a lock on a path, which the system lets go of with its holder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from velo.errors import InUse


@contextmanager
def held_alone(path: Path, doing: str, where: Path) -> Iterator[None]:
    """Hold a path for the length of the block.

    Args:
        path: a folder that is there, or a file, which is made in a folder that is there.
        doing: what the path is held for, for the message.
        where: what it goes on in, for the message.

    Raises:
        InUse: another process holds it.
    """
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    handle = os.open(path, flags, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"another {doing} is under way in {where}: wait until it is done") from None
        yield
    finally:
        os.close(handle)
