"""The cores that this process may use, and how OpenMP's threads wait for each other on them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

WAIT_POLICY = "OMP_WAIT_POLICY"
SPIN_COUNT = "GOMP_SPINCOUNT"
SPINS = "2000"
"""Some microseconds: between two steps of a fit a thread is back before it would have slept, which
on an idle machine saves up to a third; ten times as many cost threefold on a busy one."""
CGROUPS = "sys/fs/cgroup"


def usable_cores(root: Path = Path("/")) -> int:
    """How many threads can run at once: the affinity mask and the container's quota bound them.

    A quota of one core and a half is one core: a thread more would only be throttled.

    Args:
        root: of the file system that says what the quota is.
    """
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        allowed = os.cpu_count() or 1
    return max(1, int(min([allowed, *_quotas(root)])))


def wait_passively() -> None:
    """Let OpenMP's threads sleep while they wait, if nobody chose and LightGBM is not loaded.

    By default they spin for milliseconds, which on a busy machine takes the core from the thread
    that they wait for: a fit of seconds then may take minutes. The library reads the variables
    once, as it is loaded.
    """
    if "lightgbm" not in sys.modules and WAIT_POLICY not in os.environ:
        os.environ[WAIT_POLICY] = "passive"
        os.environ.setdefault(SPIN_COUNT, SPINS)


def _quotas(root: Path) -> Iterator[float]:
    """Cores of every control group that this process is in, of both versions of the kernel's.

    Within a container the path may be the host's, and what is mounted is the container's own
    group alone: so every folder from the group to the mount is looked at, where it is there.
    """
    for version, group in _groups(root):
        mounts = ("", "unified") if version == 2 else ("cpu", "cpu,cpuacct", "cpuacct,cpu")
        for mount in mounts:
            for folder in (group, *group.parents):
                place = root / CGROUPS / mount / str(folder).lstrip("/")
                quota = _quota_2(place) if version == 2 else _quota_1(place)
                if quota is not None:
                    yield quota


def _groups(root: Path) -> Iterator[tuple[int, PurePosixPath]]:
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            yield 2, PurePosixPath(path)
        elif "cpu" in controllers.split(","):
            yield 1, PurePosixPath(path)


def _quota_2(folder: Path) -> float | None:
    """`cpu.max` is microseconds within a period, or `max`, and the period."""
    return _share(*_words(folder / "cpu.max"))


def _quota_1(folder: Path) -> float | None:
    """A quota of -1 is none."""
    return _share(*_words(folder / "cpu.cfs_quota_us"), *_words(folder / "cpu.cfs_period_us"))


def _share(*words: str) -> float | None:
    if len(words) != 2 or not all(word.isdigit() for word in words) or int(words[1]) == 0:
        return None
    return int(words[0]) / int(words[1])


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").split()
    except OSError:
        return []
