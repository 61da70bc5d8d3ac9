"""A file that a reader sees complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """An empty hidden file that becomes ``path`` when the block ends without an error.

    The draft is on the disk before it is renamed, and is removed if anything fails; a killed
    process leaves the earlier file, and at most the draft beside it. A link is followed: what it
    points at is replaced. The file's mode is what the process gives its files.

    Args:
        path: the file to write; its folder must exist.

    Raises:
        OSError: the folder is not there or cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{uuid4().hex}.draft")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write bytes, or a text as UTF-8, completely or not at all; returns the path.

    Its folder is made where it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(path) as draft:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
