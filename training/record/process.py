"""Which process a run belongs to, so that the runs of one that was killed can be told.

A process holds a lock on a file of its own in the home until it ends, and the system lets go of it
however it ends. Whether it lives is thus told from any machine or container that shares the home:
a process's number says nothing there, and two containers may bear one name. Tags of earlier
versions name no file. Of those, machine, number and beginning decide, on the same machine alone.
"""

from __future__ import annotations

import os
import platform
import secrets
from pathlib import Path

import psutil

from velo.disk.file_lock import hold_until_exit, is_held
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
        return not is_held(home.root / FOLDER / Path(file).name)
    return _has_ended(words if len(words) == 3 else known)


def _hold(folder: Path) -> str:
    """The name of a file that this process holds; those of killed processes are cleared."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if not is_held(left):
            left.unlink(missing_ok=True)
    path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
    return path.name if hold_until_exit(path) else UNLOCKED


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
