"""Publishing a build: a draft folder, made whole, renamed, and one pointer flipped.

A reader sees one whole build or the other. One build at a time; a failed or interrupted one takes
its draft away, and the draft of a killed one is cleared by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from velo.disk.file_lock import held_alone
from velo.disk.whole_file import point, put_in_place, sync
from velo.home import Home

PREFIX = "build-"


@dataclass(frozen=True)
class Draft:
    """A build that nobody sees yet.

    Attributes:
        number: one more than the newest build's.
        folder: where its tables are written.
        final: what the folder will be called.
    """

    number: int
    folder: Path
    final: Path


@contextmanager
def publishing(home: Home, kept: int) -> Iterator[Draft]:
    """Give a draft to write, and publish it when the block ends well.

    Args:
        home: whose offline folder it is.
        kept: how many builds stay on disk.

    Raises:
        HomeError: another build is under way.
    """
    home.offline.mkdir(parents=True, exist_ok=True)
    with held_alone(home.offline / ".lock", "build", home.root):
        for stale in home.offline.glob(f"{PREFIX}*.partial"):
            shutil.rmtree(stale)
        number = 1 + max((_number(path) for path in builds(home)), default=0)
        final = home.offline / f"{PREFIX}{number:06d}"
        draft = Draft(number, final.with_suffix(".partial"), final)
        draft.folder.mkdir()
        try:
            yield draft
            _publish(home, draft)
        except BaseException:
            shutil.rmtree(draft.folder, ignore_errors=True)
            raise
        for old in builds(home)[:-kept]:
            shutil.rmtree(old, ignore_errors=True)


def builds(home: Home) -> list[Path]:
    """Published builds, oldest first."""
    return sorted(path for path in home.offline.glob(f"{PREFIX}*") if path.suffix != ".partial")


def _publish(home: Home, draft: Draft) -> None:
    for path in sorted(draft.folder.rglob("*"), reverse=True):
        sync(path)
    put_in_place(draft.folder, draft.final)
    point(home.current_build, draft.final.name)
    sync(home.offline)


def _number(path: Path) -> int:
    return int(path.name.removeprefix(PREFIX))
