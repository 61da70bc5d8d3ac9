"""Locks on files, which the system lets go of with the process that holds them, however it ends."""

from __future__ import annotations

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from velo.errors import InUse


@contextmanager
def held_alone(path: Path, doing: str, where: Path) -> Iterator[None]:
    """Hold a path for the length of the block, or give up at once.

    Args:
        path: a folder that is there, or a file, which is made in a folder that is there.
        doing: what the path is held for, for the message.
        where: what it goes on in, for the message.

    Raises:
        InUse: another process holds it.
    """
    handle = _opened(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"another {doing} is under way in {where}: wait until it is done") from None
        yield
    finally:
        os.close(handle)


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Hold a file for the length of the block, and wait for whoever holds it first.

    Args:
        path: of the file, which is made, and its folder with it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = _opened(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def hold_until_exit(path: Path) -> bool:
    """Make a file and hold it until this process ends; an orderly end removes it.

    Returns:
        Whether it is held; without a file if the file system has no locks.
    """
    while True:
        handle = _opened(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            os.close(handle)
            path.unlink(missing_ok=True)
            return False
        if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
            atexit.register(_remove, path, os.getpid())
            return True
        os.close(handle)  # another process removed the file before it was locked


def is_held(path: Path) -> bool:
    """Whether a living process holds a file; those who only ask do not stop one another."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _opened(path: Path) -> int:
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    return os.open(path, flags, 0o644)


def _remove(path: Path, holder: int) -> None:
    if os.getpid() == holder:
        path.unlink(missing_ok=True)
