"""Which process a run belongs to, so that the runs of one that was killed can be told.

A process is known by its machine, its number and when it began, for numbers are given out again.
"""

from __future__ import annotations

import os
import platform

import psutil

PROCESS = "velo.process"
"""Tag of a run: the process that writes it."""
SLACK = 2.0
"""Seconds by which two readings of a process's beginning may differ."""


def this_process() -> str:
    """The running process as a tag's value: machine, number, seconds since 1970 at its start."""
    began = psutil.Process().create_time()
    return f"{platform.node()} {os.getpid()} {began:.2f}"


def is_dead(process: str) -> bool:
    """Whether a process of this machine is surely gone.

    Of one of another machine, or a text that names none, nothing is known.
    """
    words = process.split(" ")
    if len(words) != 3 or words[0] != platform.node():
        return False
    try:
        found, began = psutil.Process(int(words[1])), float(words[2])
        gone: bool = found.status() == psutil.STATUS_ZOMBIE
        return gone or abs(found.create_time() - began) > SLACK
    except psutil.NoSuchProcess:
        return True
    except (psutil.AccessDenied, ValueError, OverflowError):
        return False
