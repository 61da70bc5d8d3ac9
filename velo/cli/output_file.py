"""A file that a command is asked to write beside what it prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from velo.errors import InputError


def require_output(option: str, path: Path | None, suffixes: Sequence[str]) -> None:
    """See that a file can be written, before the command does what cannot be undone.

    Args:
        option: that names the file, as `--html`.
        path: of the file, None where none is asked for.
        suffixes: that it may have.

    Raises:
        InputError: it has another suffix, its folder is not there, or it is no plain file.
    """
    if path is None:
        return
    if path.suffix.lower() not in suffixes:
        raise InputError(f"{option} {path}: must be a {' or '.join(suffixes)} file")
    if not path.parent.is_dir():
        raise InputError(f"{option} {path}: there is no folder {path.parent}; create it first")
    if path.is_dir():
        raise InputError(f"{option} {path} is a folder; name a file")
    if path.exists() and not path.is_file():
        raise InputError(f"{option} {path} is a pipe or a device; name a plain file")
