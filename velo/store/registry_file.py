"""Feast's registry file, and the SHA-256 that is kept beside it whenever it is written.

A registry holds the code of on-demand views, which Feast runs. The hash finds a file that was
written past Feast or that rotted. Who can write to the home can write the hash too.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from velo.disk.file_hash import sha256_of
from velo.disk.whole_file import write_whole
from velo.errors import HomeError

LARGEST_EMPTY = 300
"""Bytes of a registry that holds a project's name, a date and an id; a view alone has more."""


def write_registry(path: Path, content: bytes) -> None:
    """Write it whole, and its hash before it.

    The hash of what was there before stays beside the new one: a process that is killed in between,
    or a backup that copies the two files while Feast writes, has either, and each is as written.
    """
    before = {sha256_of(path)} & _kept(path) if path.exists() else set()
    now = hashlib.sha256(content).hexdigest()
    write_whole(hash_of(path), "\n".join([now, *before]) + "\n")
    write_whole(path, content)


def hash_of(path: Path) -> Path:
    """Where the hash of a registry is kept."""
    return path.with_suffix(".sha256")


def is_as_written(path: Path) -> bool | None:
    """Whether a registry is what was last written; None where nobody kept a hash of it.

    Args:
        path: of the registry, which is there.
    """
    return sha256_of(path) in _kept(path) if hash_of(path).exists() else None


def holds_declarations(path: Path) -> bool:
    """Whether anything is declared in a registry; Feast makes an empty one where it finds none."""
    return path.exists() and path.stat().st_size > LARGEST_EMPTY


def require_as_written(path: Path) -> None:
    """See that a registry is what was last written, before the code in it is run.

    One without a hash, of an earlier version, is taken as it is.

    Raises:
        HomeError: it is not, or nothing is declared in it.
    """
    if not holds_declarations(path):
        raise HomeError("nothing is applied: run `feast -c feature_repo apply` first")
    if is_as_written(path) is False:
        raise HomeError(
            f"{path} is not what Feast last wrote: remove it, then run `feast -c feature_repo "
            "apply`, or restore it from a backup"
        )


def _kept(path: Path) -> set[str]:
    kept = hash_of(path)
    if not kept.exists():
        return set()
    return set(kept.read_text(encoding="utf-8", errors="replace").split())
