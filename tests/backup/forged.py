"""Archives as nobody should make them: any manifest before any members."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from velo.backup.backup import HomeCopy, backup
from velo.home import Home
from velo.settings import Store

STORE = Store(memory_limit="1GB", threads=1)


def little_home(root: Path) -> Home:
    """Two files, one in a folder."""
    (root / "reports").mkdir(parents=True)
    (root / "velo.toml").write_text("[odds_band]\nlow = 4.0\n", encoding="utf-8")
    (root / "reports" / "backtest_1.json").write_text("{}" * 5000, encoding="utf-8")
    return Home(root)


def keep(home: Home, file: Path) -> HomeCopy:
    """Back up without waiting for anybody."""
    return backup(home, STORE, file)


def entry(path: str, content: bytes, **changes: Any) -> dict[str, Any]:
    """A manifest's line of a file, told truly but for the changes."""
    told = {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return told | changes


def plain(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    """A plain file of the archive."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def linked(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    """A link of the archive."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def forge(
    file: Path,
    entries: Sequence[dict[str, Any]],
    members: Sequence[tuple[tarfile.TarInfo, bytes]],
    **changes: Any,
) -> Path:
    """Write an archive of these members under a manifest of these entries."""
    manifest = {
        "form": 1,
        "code_version": "0.1.0",
        "made": "2024-05-04T06:00:00+00:00",
        "home": "/home/racing",
        "build": None,
        "files": list(entries),
        **changes,
    }
    with (
        gzip.open(file, "wb", compresslevel=1) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as out,
    ):
        for info, content in (plain("manifest.json", json.dumps(manifest).encode()), *members):
            out.addfile(info, io.BytesIO(content))
    return file
