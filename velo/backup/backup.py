"""`velo backup`: a home into one archive, verified before it bears its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import velo
from velo.backup import archive
from velo.backup.archive_manifest import FORM, Entry, Manifest
from velo.backup.copying import copy_home, left_out
from velo.backup.staging_folder import staging
from velo.disk.file_hash import sha256_of
from velo.disk.file_lock import held_alone
from velo.disk.full_disk import room_on
from velo.errors import HomeError, InputError
from velo.home import Home
from velo.live.proof import is_chained, verify_ledger
from velo.settings import Store


@dataclass(frozen=True)
class HomeCopy:
    """An archive and what it holds.

    Attributes:
        archive: its path.
        packed: its bytes.
        sha256: of those bytes.
        home: the home that it was made of, or that was made of it.
        files: how many it holds.
        bytes: of those files together.
        code_version: of the VÉLØ that made it.
        made: when, ISO 8601 in UTC.
        left_out: names in the home that the archive does not have and that no command makes anew.
        ledger: what is wrong with the ledger's hash chain as it was copied, a line each.
    """

    archive: str
    packed: int
    sha256: str
    home: str
    files: int
    bytes: int
    code_version: str
    made: str
    left_out: tuple[str, ...] = ()
    ledger: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def backup(
    home: Home,
    store: Store,
    file: Path,
    wait: float = 0.0,
    waiting: Callable[[str], None] = lambda why: None,
    tell: Callable[[str], None] = lambda stage: None,
) -> HomeCopy:
    """Write a home into an archive, consistent while other commands run.

    A ledger whose hash chain does not hold is kept all the same, and named.

    The parts are copied within the home first, so that a writer is held up for as long as a copy
    of the warehouse takes and no longer. The archive is read back and verified, then gets its
    name; a backup that fails or is killed leaves no file of that name.

    Args:
        home: is left as it is.
        store: bounds of the warehouse's connection.
        file: of the archive; must not be there, and not in the home.
        wait: seconds to wait for whoever writes to the warehouse.
        waiting: told once who is waited for.
        tell: called with what is done now.

    Raises:
        InputError: the file is there already, lies in the home or in no folder.
        HomeError: the home holds nothing, a part of it is in use or damaged, another backup is
            under way, or the disk of the home or of the archive is full.
    """
    _refuse(home, file)
    with (
        room_on(home.root, "no archive was written"),
        held_alone(home.root, "backup", home.root),
        staging(home.root, "backup") as stage,
        staging(file.parent, "archive") as beside,
    ):
        build = copy_home(home, store, stage, wait, waiting, lambda part: tell(f"copying {part}"))
        tell("verifying the ledger")
        ledger = _faults(Home(stage))
        tell("hashing")
        manifest = Manifest(
            FORM,
            velo.__version__,
            datetime.now(UTC).isoformat(timespec="seconds"),
            str(home.root),
            build,
            tuple(_entries(stage)),
        )
        if not manifest.files:
            raise HomeError(f"{home.root} holds nothing to back up: run `velo ingest FILE` first")
        partial = beside / "partial"
        with room_on(file.parent, "no archive was written"), partial.open("xb") as out:
            sha256 = archive.write(out, manifest, stage, lambda path: tell(f"packing {path}"))
            out.flush()
            os.fsync(out.fileno())
        reread, read = archive.read(partial, lambda _: None, lambda path: tell(f"reading {path}"))
        if (reread, read) != (manifest, sha256):
            raise InputError(f"{file} could not be written as it was meant: try another disk")
        _name(partial, file)
    return HomeCopy(
        str(file),
        file.stat().st_size,
        sha256,
        str(home.root),
        len(manifest.files),
        manifest.total,
        manifest.code_version,
        manifest.made,
        left_out(home),
        ledger,
    )


def _faults(copy: Home) -> tuple[str, ...]:
    """What is wrong with the ledger of a copied home; one of an earlier version has no chain."""
    if not copy.ledger.is_file() or not is_chained(copy.ledger):
        return ()
    proof = verify_ledger(copy, whole=True)
    return proof.lines if proof else ()


def _name(partial: Path, file: Path) -> None:
    """Unlike a rename, a link never takes the place of a file that came to be meanwhile.

    Raises:
        InputError: such a file is there.
    """
    try:
        os.link(partial, file)
    except FileExistsError:
        raise InputError(f"{file} is there already: name a file that is not") from None


def _refuse(home: Home, file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise InputError(f"{file} is there already: name a file that is not")
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no folder {file.parent}; make it first")
    if file.resolve().is_relative_to(home.root):
        raise InputError(f"{file} lies in the home, and would be lost with it: name another place")


def _entries(stage: Path) -> list[Entry]:
    """Every file below a folder, by path."""
    entries = []
    for path in sorted(path for path in stage.rglob("*") if path.is_file()):
        name, size = path.relative_to(stage).as_posix(), path.stat().st_size
        entries.append(Entry(name, size, sha256_of(path)))
    return entries
