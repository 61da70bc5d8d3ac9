"""The manifest of an archive: what must be in it, to the byte, told before any of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from velo.errors import InputError

FORM = 1
"""Of an archive: counted up with every change of what a reader must know."""
NAME = "manifest.json"
INSIDE = "home"
"""The archive's folder that holds the home."""
LARGEST = 64 * 2**20
"""Bytes that a manifest may take: some 400,000 files."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BUILD = re.compile(r"build-[0-9]{6,}")


@dataclass(frozen=True)
class Entry:
    """One file: path below the home with `/` between its parts, bytes, SHA-256 in hex."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds.

    Attributes:
        form: of the archive.
        code_version: of the VÉLØ that made it.
        made: when, ISO 8601 in UTC.
        home: absolute path that the home had, which some of its files name.
        build: name of the build that was current; None where there was none.
        files: in the order in which they stand in the archive.
    """

    form: int
    code_version: str
    made: str
    home: str
    build: str | None
    files: tuple[Entry, ...]

    @property
    def total(self) -> int:
        """Bytes of all files together."""
        return sum(entry.bytes for entry in self.files)

    def to_json(self) -> bytes:
        """As it stands in the archive."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Read one, and see that a home can be made of it.

        Raises:
            InputError: it is none, of a form that is not known here, or a path leads out of the
                home, stands twice or is a file and a folder at once. The message lacks the
                archive's name.
        """
        try:
            read: dict[str, Any] = json.loads(text)
            form = read["form"]
        except (ValueError, RecursionError, TypeError, KeyError):
            raise InputError("its manifest cannot be read") from None
        if form != FORM:
            raise InputError(
                f"its form is {form}, this version reads {FORM}: use the VÉLØ of "
                f"its making, {read.get('code_version')}"
            )
        try:
            files = tuple(Entry(**entry) for entry in read["files"])
            manifest = cls(**{**read, "files": files})
        except (TypeError, KeyError):
            raise InputError("its manifest cannot be read") from None
        _check(manifest)
        return manifest


def is_inside(path: str) -> bool:
    """Whether a path, joined to any folder, stays below it and is written in one way only."""
    return (
        bool(path)
        and path == str(PurePosixPath(path))
        and not path.startswith("/")
        and ".." not in path.split("/")
        and path != "."
        and not any(sign in path for sign in "\\\0")
    )


def _check(manifest: Manifest) -> None:
    texts: Sequence[Any] = (manifest.code_version, manifest.made, manifest.home)
    if not all(isinstance(text, str) for text in texts) or not manifest.home.startswith("/"):
        raise InputError("its manifest cannot be read")
    if manifest.build is not None and not _BUILD.fullmatch(str(manifest.build)):
        raise InputError(f"its manifest names a build {manifest.build!r}")
    seen: set[str] = set()
    folders: set[str] = set()
    for entry in manifest.files:
        if not isinstance(entry.path, str) or not is_inside(entry.path):
            raise InputError(f"its manifest has a path that leads out of the home: {entry.path!r}")
        if type(entry.bytes) is not int or entry.bytes < 0:
            raise InputError(f"its manifest gives {entry.path} a size of {entry.bytes!r}")
        if not isinstance(entry.sha256, str) or not _SHA256.fullmatch(entry.sha256):
            raise InputError(f"its manifest gives {entry.path} no SHA-256")
        if entry.path in seen:
            raise InputError(f"its manifest names {entry.path} twice")
        seen.add(entry.path)
        folders.update(str(folder) for folder in PurePosixPath(entry.path).parents)
    both = sorted(seen & folders)
    if both:
        raise InputError(f"in its manifest {both[0]} is a file and a folder")
    if manifest.build is not None and f"offline/{manifest.build}" not in folders:
        raise InputError(f"its manifest names {manifest.build} and none of its files")
