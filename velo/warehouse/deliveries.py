"""What a user hands over, as the files in it: folders, patterns, gz and zip.

What is packed is unpacked one file at a time, into the home's spill folder, within bounds. The
names within a zip are shown and never used as paths.
"""

from __future__ import annotations

import glob
import gzip
import lzma
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from velo.disk.full_disk import FULL
from velo.disk.plain_file import require_plain
from velo.errors import HomeError, InputError
from velo.home import Home
from velo.settings import Store
from velo.warehouse.bounds import check_name, size_in_bytes
from velo.warehouse.containers import SUFFIXES

CHUNK = 1 << 20
MAX_RATIO = 200
SMALL_BYTES = 100_000_000
"""A file that unpacks to no more may be packed as tightly as it likes."""

PACKED = (".gz", ".zip")
_DAMAGED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
)
"""What the unpackers raise on bytes that are not what they should be."""


class _Packed(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Delivery:
    """A file to ingest.

    Attributes:
        name: what it is called: `folder/x.csv`, `x.csv.gz`, `x.zip!2015/results.csv`.
        source: the file on disk, packed or not.
        member: which file of a zip, by its place in it.
    """

    name: str
    source: Path
    member: int | None = None

    @contextmanager
    def unpacked(self, home: Home, store: Store) -> Iterator[Path]:
        """The file as it can be read; what was unpacked for it is removed at the end.

        An error that names the unpacked file names the delivery instead.

        Raises:
            InputError: it is damaged, encrypted, or unpacks to more than the bounds allow.
            HomeError: the disk is full.
        """
        if self.source.suffix.lower() not in PACKED:
            yield self.source
            return
        with own_folder(home) as folder:
            path = folder / f"unpacked{_inner_suffix(self.name)}"
            try:
                self._unpack(path, store)
                yield path
            except InputError as error:
                raise type(error)(str(error).replace(str(path), self.name)) from None

    def _unpack(self, path: Path, store: Store) -> None:
        try:
            if self.member is None:
                with gzip.open(self.source) as packed:
                    self._copy(packed, path, self.source.stat().st_size, store)
            else:
                with zipfile.ZipFile(self.source) as archive:
                    member = archive.infolist()[self.member]
                    with archive.open(member) as packed:
                        self._copy(packed, path, member.compress_size, store)
        except OSError as error:
            if error.errno in FULL:
                raise HomeError(f"{self.name}: no room to unpack it in {path.parent}") from None
            raise InputError(f"{self.name} cannot be unpacked: {error}") from None
        except _DAMAGED as error:
            raise InputError(f"{self.name} cannot be unpacked: {error}") from None
        except RuntimeError as error:
            if "encrypted" not in str(error):
                raise
            raise InputError(f"{self.name} is encrypted: unpack it first") from None

    def _copy(self, packed: _Packed, path: Path, packed_size: int, store: Store) -> None:
        largest = size_in_bytes(store.largest_file)
        written = 0
        with path.open("wb") as sink:
            while chunk := packed.read(CHUNK):
                written += len(chunk)
                if written > max(SMALL_BYTES, MAX_RATIO * packed_size):
                    raise InputError(
                        f"{self.name} unpacks to more than {MAX_RATIO} times its size: "
                        "if that is right, unpack it first"
                    )
                if written > largest:
                    raise InputError(
                        f"{self.name} unpacks to more than store.largest_file "
                        f"({store.largest_file}) in velo.toml allows"
                    )
                sink.write(chunk)


def expand(paths: Iterable[str | Path | Delivery]) -> Iterator[Delivery]:
    """The deliveries behind what the user named, in its order; within a folder by name.

    Whether each is there is seen at once; a zip is opened only when its turn comes.

    Args:
        paths: files, folders and patterns such as `results/*.csv`; what is a delivery already
            stays one.

    Raises:
        InputError: nothing is there, or nothing that can be read.
    """
    files: list[Path | Delivery] = []
    for path in paths:
        files += [path] if isinstance(path, Delivery) else _files(str(path))
    return (each for file in files for each in _deliveries(file))


def _files(text: str) -> list[Path]:
    path = Path(text)
    if path.is_dir() and path.suffix.lower() not in (*SUFFIXES, *PACKED):
        return _within(path)
    if path.exists() or not glob.has_magic(text):
        check_name(path)
        if not path.exists():
            raise InputError(f"{path}: no such file")
        if not _is_read(path.name):
            raise InputError(f"{path}: {_endings()}")
        require_plain(path)
        return [path]
    files: list[Path] = []
    for match in sorted(glob.glob(text, recursive=True)):
        if Path(match).is_dir():
            files += [] if "**" in text else _known_files(Path(match))
        elif _is_read(match):
            files.append(Path(match))
    if not files:
        raise InputError(f"{text}: no file with that pattern can be read; {_endings()}")
    return files


def _within(folder: Path) -> list[Path]:
    files = _known_files(folder)
    if not files:
        raise InputError(f"{folder}: no file in it can be read; {_endings()}")
    return files


def _known_files(folder: Path) -> list[Path]:
    return sorted(
        Path(where) / name
        for where, _, names in os.walk(folder)
        for name in names
        if _is_read(name) and not name.startswith(".")
    )


def _deliveries(file: Path | Delivery) -> Iterator[Delivery]:
    if isinstance(file, Delivery):
        yield file
        return
    check_name(file)
    require_plain(file)
    if file.suffix.lower() != ".zip":
        yield Delivery(str(file), file)
        return
    try:
        with zipfile.ZipFile(file) as archive:
            members = [
                (member.filename, place)
                for place, member in enumerate(archive.infolist())
                if _is_data(member.filename)
            ]
    except (OSError, *_DAMAGED) as error:
        raise InputError(f"{file} cannot be unpacked: {error}") from None
    if not members:
        raise InputError(f"{file}: no file in it can be read; they must end in {_listed()}")
    for name, place in sorted(members):
        yield Delivery(f"{file}!{_shown(name)}", file, place)


def _is_data(member: str) -> bool:
    """Not a folder, a hidden file, or what an archiver adds."""
    parts = member.replace("\\", "/").split("/")
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)
    return not hidden and Path(parts[-1]).suffix.lower() in SUFFIXES


def _is_read(name: str) -> bool:
    path = Path(name)
    suffix = path.suffix.lower()
    return suffix in (*SUFFIXES, ".zip") or (
        suffix == ".gz" and Path(path.stem).suffix.lower() in SUFFIXES
    )


def _inner_suffix(name: str) -> str:
    """`.csv` of `x.csv.gz` and of `x.zip!a/b.csv`."""
    path = Path(name)
    return Path(path.stem if path.suffix.lower() == ".gz" else path.name).suffix.lower()


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)


def _listed() -> str:
    return ", ".join(SUFFIXES[:-1]) + f" or {SUFFIXES[-1]}"


def _endings() -> str:
    return f"files end in {_listed()}, alone or packed as .gz or .zip"


@contextmanager
def own_folder(home: Home) -> Iterator[Path]:
    """A folder of this process alone; those of processes that were killed are cleared away."""
    home.spill.mkdir(parents=True, exist_ok=True)
    for left in home.spill.glob("unpacked-*-*"):
        if not _runs(left.name.split("-")[1]):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"unpacked-{os.getpid()}-", dir=home.spill))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
