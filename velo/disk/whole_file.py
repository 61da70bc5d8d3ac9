"""What a reader sees complete or not at all: a file, a folder, a link."""

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
        sync(draft)
        put_in_place(draft, target)
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


def put_in_place(draft: Path, target: Path) -> None:
    """Give a finished file or folder its name, in one step.

    A file, or a link, takes the place of the one before; a folder only that of an empty one.

    Args:
        draft: on the file system of the target.
        target: the name that readers look for.

    Raises:
        OSError: the file system is another one, or a folder with something in it is there.
    """
    os.replace(draft, target)


def point(link: Path, target: str) -> None:
    """Have a link to a folder point elsewhere: a reader follows it to the old one or the new one.

    One process at a time may do this; what a killed one left is overwritten.

    Args:
        link: the link; made where it is not there.
        target: what it points at, as seen from its folder.
    """
    draft = link.with_name(f"{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target, target_is_directory=True)
    put_in_place(draft, link)


def sync(path: Path) -> None:
    """Have a file's content, or the names in a folder, on the disk before anything else is done."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
