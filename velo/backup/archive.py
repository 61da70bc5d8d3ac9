"""The archive's bytes: a gzipped tar of plain files, the manifest first.

`tar -tzf` lists it. What is read is read here and not by `tarfile`: a header is 512 bytes, a member
is what the manifest says comes next, and nothing else is a member. So no link, device or longer
header is ever followed, and no more is unpacked than the manifest allows.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from velo.backup.archive_manifest import INSIDE, LARGEST, NAME, Entry, Manifest
from velo.errors import InputError

BLOCK = tarfile.BLOCKSIZE
CHUNK = 2**20
LEVEL = 1
"""Of gzip: parquet is packed already, and the warehouse gains little by more."""
OCTAL = 8 * 2**30
"""Bytes from which on a size no longer fits the plain header."""


class Hashing(io.RawIOBase):
    """A file whose bytes are hashed as they go by."""

    def __init__(self, file: IO[bytes]) -> None:
        """Nothing is read or written yet."""
        self._file = file
        self._sha256 = hashlib.sha256()

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        """Pass a chunk on."""
        self._sha256.update(chunk)
        return self._file.write(chunk)

    def read(self, size: int = -1) -> bytes:
        """Take a chunk."""
        chunk = self._file.read(size)
        self._sha256.update(chunk)
        return chunk

    def writable(self) -> bool:
        """As gzip asks."""
        return True

    @property
    def hexdigest(self) -> str:
        """SHA-256 of what went by so far."""
        return self._sha256.hexdigest()


def write(file: IO[bytes], manifest: Manifest, stage: Path, tell: Callable[[str], None]) -> str:
    """Write an archive; returns the SHA-256 of its bytes.

    Args:
        file: open for writing.
        manifest: its files lie below `stage`.
        stage: a folder.
        tell: called with each file's path as its turn comes.

    Raises:
        InputError: a path is too long for a header, or a file is not what the manifest says.
    """
    hashing = Hashing(file)
    with gzip.GzipFile(fileobj=hashing, mode="wb", compresslevel=LEVEL, filename="") as out:
        text = manifest.to_json()
        out.write(_header(NAME, len(text)) + text + _padding(len(text)))
        for entry in manifest.files:
            tell(entry.path)
            out.write(_header(f"{INSIDE}/{entry.path}", entry.bytes))
            with (stage / entry.path).open("rb") as source:
                _pass_on(source, entry, out)
            out.write(_padding(entry.bytes))
        out.write(bytes(2 * BLOCK))
    return hashing.hexdigest


def read(
    path: Path,
    place: Callable[[Manifest], Path | None],
    tell: Callable[[str], None] = lambda file: None,
) -> tuple[Manifest, str]:
    """Read an archive to its end and hold every byte against its manifest.

    Args:
        path: of the archive.
        place: told the manifest before anything else is read; answers with the folder that the
            files are written to, or None where they are only verified.
        tell: called with each file's path as its turn comes.

    Returns:
        The manifest, and the SHA-256 of the archive's bytes.

    Raises:
        InputError: it is no archive of a home, or anything in it is not what the manifest says.
    """
    with _named(path), path.open("rb") as file:
        hashing = Hashing(file)
        with gzip.GzipFile(fileobj=hashing, mode="rb") as packed:
            size = _next(packed, NAME)
            if size > LARGEST:
                raise InputError(f"its manifest takes {size:,} bytes, at most {LARGEST:,} do")
            manifest = Manifest.from_json(b"".join(_member(packed, size)))
            folder = place(manifest)
            for entry in manifest.files:
                tell(entry.path)
                size = _next(packed, f"{INSIDE}/{entry.path}")
                if size != entry.bytes:
                    raise InputError(f"{entry.path} has {size:,} bytes, not {entry.bytes:,}")
                _take(packed, entry, folder)
            rest = packed.read(CHUNK)
            if rest.strip(b"\0") or packed.read(1):
                raise InputError("it holds more than its manifest names")
        while hashing.read(CHUNK):
            pass
        return manifest, hashing.hexdigest


def _take(packed: gzip.GzipFile, entry: Entry, folder: Path | None) -> None:
    sha256 = hashlib.sha256()
    target = Path(os.devnull) if folder is None else folder / entry.path
    if folder is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        for chunk in _member(packed, entry.bytes):
            sha256.update(chunk)
            out.write(chunk)
        if folder is not None:
            out.flush()
            os.fsync(out.fileno())
    if sha256.hexdigest() != entry.sha256:
        raise InputError(f"{entry.path} is not what was backed up: its SHA-256 differs")


def _next(packed: gzip.GzipFile, name: str) -> int:
    """Read the header of the member that must come next; returns its bytes."""
    try:
        header = tarfile.TarInfo.frombuf(_exactly(packed, BLOCK), "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError):
        raise InputError(f"{name} is not where it must be") from None
    if header.name != name or header.type != tarfile.REGTYPE or header.size < 0:
        raise InputError(f"{header.name!r} stands where the plain file {name} must be")
    return header.size


def _member(packed: gzip.GzipFile, size: int) -> Iterator[bytes]:
    for start in range(0, size, CHUNK):
        yield _exactly(packed, min(CHUNK, size - start))
    _exactly(packed, len(_padding(size)))


def _exactly(packed: gzip.GzipFile, size: int) -> bytes:
    content = packed.read(size)
    if len(content) != size:
        raise InputError("it ends too early")
    return content


def _pass_on(source: IO[bytes], entry: Entry, out: gzip.GzipFile) -> None:
    left = entry.bytes
    while left:
        chunk = source.read(min(CHUNK, left))
        if not chunk:
            raise InputError(f"{entry.path} became shorter while it was packed")
        out.write(chunk)
        left -= len(chunk)


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    plain = size < OCTAL
    try:
        header = info.tobuf(
            tarfile.USTAR_FORMAT if plain else tarfile.GNU_FORMAT, "utf-8", "strict"
        )
    except ValueError:
        header = b""
    if len(header) != BLOCK:
        raise InputError(f"{name}: the path is too long for an archive; shorten it")
    return header


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say of every fault in which archive it was found."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}; take another backup") from None
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InputError(f"{path} is no whole archive of a home: {error}") from None
