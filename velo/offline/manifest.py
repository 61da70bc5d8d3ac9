"""A build's files as they were when it was made: a SHA-256 each, in `files.json` in its folder.

It finds slips and rot: a file that was touched by mistake, or that a disk gives back otherwise. It
does not stop anybody who can write to the home: they can write the manifest too.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from velo.disk.file_hash import sha256_of
from velo.errors import HomeError

NAME = "files.json"


def write_manifest(folder: Path, before: Path | None = None) -> None:
    """Hash every file of a build that is otherwise whole.

    Args:
        folder: of the build.
        before: of the build that it stands on. A file that is linked from there keeps the hash that
            it has there, so a file that rotted since is not taken for what was made.
    """
    earlier = hashes(before) or {} if before else {}
    by_name = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        linked = before is not None and name in earlier and (before / name).samefile(path)
        by_name[name] = earlier[name] if linked else sha256_of(path)
    (folder / NAME).write_text(json.dumps(by_name, indent=1), encoding="utf-8")


def hashes(folder: Path) -> dict[str, str] | None:
    """File -> SHA-256 as it was made; None where the build is from before there was a manifest."""
    path = folder / NAME
    if not path.exists():
        return None
    try:
        read: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return read


def first_fault(folder: Path) -> str | None:
    """What is wrong with the first file that is not as it was made; None where nothing is.

    A build without a manifest has no fault that could be found.
    """
    known = hashes(folder)
    if known is None:
        return None
    files = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name in sorted(known.keys() | files.keys()):
        if name not in files:
            return f"{name} is missing"
        if name not in known:
            return f"{name} was not made with it"
        if sha256_of(files[name]) != known[name]:
            return f"{name} is not as it was made"
    return None


@cache
def require_whole(folder: Path) -> None:
    """See that every file of a build is as it was made; once a process, for a build stays.

    Raises:
        HomeError: a file is not, or is missing, or came later.
    """
    fault = first_fault(folder)
    if fault is not None:
        raise HomeError(f"{folder}: {fault}: run `velo build --full`, or restore a backup")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
