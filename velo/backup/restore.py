"""`velo restore`: a home made of an archive, put in place when every byte of it was verified."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from velo.backup import archive
from velo.backup.archive_manifest import Manifest
from velo.backup.backup import HomeCopy
from velo.backup.relocation import relocate
from velo.backup.staging_folder import staging
from velo.disk.plain_file import require_plain
from velo.disk.whole_file import point, put_in_place, sync
from velo.errors import HomeError, InputError
from velo.home import Home


def restore(
    file: Path,
    root: Path,
    sha256: str | None = None,
    tell: Callable[[str], None] = lambda stage: None,
) -> HomeCopy:
    """Make a home of an archive.

    Everything is unpacked, verified and made to name its new place in a hidden folder beside the
    home, which then takes the home's name in one step. Before that step, and however it ends,
    nothing is at the home's place.

    Args:
        file: an archive that `velo.backup.backup.backup` wrote.
        root: absolute path of the home to be; not there, or an empty folder.
        sha256: what the archive's bytes must hash to, where that was kept elsewhere. The manifest
            guards against decay and mishap; only this guards against who can write a manifest.
        tell: called with what is done now.

    Raises:
        InputError: the file is no archive, or not the one that was written.
        HomeError: there is something at the home's place, or too little room.
    """
    require_plain(file)
    _require_empty(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    with staging(root.parent, "restore") as stage:

        def place(manifest: Manifest) -> Path:
            free = shutil.disk_usage(stage).free
            if manifest.total > free:
                raise HomeError(
                    f"the home takes {manifest.total:,} bytes and {root.parent} has {free:,} free: "
                    "make room"
                )
            return stage

        manifest, digest = archive.read(file, place, lambda path: tell(f"unpacking {path}"))
        if sha256 is not None and digest != sha256.lower():
            raise InputError(f"{file} has the SHA-256 {digest}, not {sha256}: take another backup")
        if manifest.build is not None:
            point(Home(stage).current_build, manifest.build)
        tell("naming the new place")
        relocate(Home(stage), root)
        _require_empty(root)
        try:
            put_in_place(stage, root)
        except OSError as error:
            raise HomeError(
                f"{root} cannot be put in place ({error.strerror}): restore into a folder below it"
            ) from None
        sync(root.parent)
    return HomeCopy(
        str(file),
        file.stat().st_size,
        digest,
        str(root),
        len(manifest.files),
        manifest.total,
        manifest.code_version,
        manifest.made,
    )


def _require_empty(root: Path) -> None:
    if not root.exists() and not root.is_symlink():
        return
    if not root.is_dir() or root.is_symlink():
        raise HomeError(f"{root} is no folder: name a place where nothing is")
    held = sorted((path.name.startswith("."), path.name) for path in root.iterdir())
    if held:
        raise HomeError(
            f"{root} is not empty, {held[0][1]} is in it: name an empty place with `--into`"
        )
