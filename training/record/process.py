"""Which process a run belongs to, so that the runs of one that was killed can be told.

A process holds a lock on a file of its own in the home until it ends, and the system lets go of it
however it ends. Whether it lives is thus told from any machine or container that shares the home:
a process's number says nothing there, and two containers may bear one name. Tags of earlier
versions name no file. Of those, machine, number and beginning decide, on the same machine alone.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import platform
import secrets
from pathlib import Path

import psutil

from velo.home import Home

PROCESS = "velo.process"
"""Tag of a run: the process that writes it."""
FOLDER = ".processes"
"""In the home: a file for each process that trains in it."""
UNLOCKED = "-"
"""In place of a file, if the file system has no locks."""
SLACK = 2.0
"""Seconds by which two readings of a process's beginning may differ."""
_tags: dict[tuple[int, Path], str] = {}


def this_process(home: Home) -> str:
    """The running process as a tag's value: machine, number, start in seconds since 1970, file.

    The file is held until the process ends. Files that killed processes left are cleared.
    """
    key = (os.getpid(), home.root)
    if key not in _tags:
        began = psutil.Process().create_time()
        _tags[key] = f"{platform.node()} {os.getpid()} {began:.2f} {_hold(home.root / FOLDER)}"
    return _tags[key]


def is_dead(process: str, home: Home) -> bool:
    """Whether a process that wrote a tag in this home is surely gone.

    Args:
        process: the tag. Nothing is known of a text that names no process, nor of another
            machine's process without a file.
        home: that holds the file; a copy of a home has nobody's.
    """
    *known, file = words = process.split(" ")
    if len(words) == 4 and file != UNLOCKED:
        return not _is_held(home.root / FOLDER / Path(file).name)
    return _has_ended(words if len(words) == 3 else known)


def _hold(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if not _is_held(left):
            left.unlink(missing_ok=True)
    path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            os.close(handle)
            path.unlink(missing_ok=True)
            return UNLOCKED
        if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
            atexit.register(_leave, path, os.getpid())
            return path.name
        os.close(handle)  # another process cleared the file before it was locked


def _leave(path: Path, holder: int) -> None:
    if os.getpid() == holder:
        path.unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    """Whether a living process holds the file; those who only ask do not stop one another."""
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


def _has_ended(words: list[str]) -> bool:
    if len(words) != 3 or words[0] != platform.node():
        return False
    try:
        process, began = psutil.Process(int(words[1])), float(words[2])
        gone: bool = process.status() == psutil.STATUS_ZOMBIE
        return gone or abs(process.create_time() - began) > SLACK
    except psutil.NoSuchProcess:
        return True
    except (psutil.AccessDenied, ValueError, OverflowError):
        return False
