"""The stored model: a folder of LightGBM text and JSON, known by its SHA-256.

Nothing in it is code and nothing is unpickled: `ranker.txt` is LightGBM's own text format (absent
where the ranker is linear), `model.json` is everything else that scores, with sorted keys, and
`reference.json` is what later days are held against (absent in models of before it was kept). The
identity is the SHA-256 over the files' names, lengths and contents, and is checked before any is
parsed. Numbers in the two JSON files are kept to twelve significant digits.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from velo.disk.whole_file import put_in_place, sync
from velo.errors import ModelError

RANKER = "ranker.txt"
MODEL = "model.json"
REFERENCE = "reference.json"
FORMAT = 1
DIGITS = 12
"""Significant ones of a stored number: those after them are a sum's order of adding."""
LARGEST = {RANKER: 256 * 2**20, MODEL: 16 * 2**20, REFERENCE: 16 * 2**20}
RANKER_OPENING = b"tree\n"


@dataclass(frozen=True)
class Artifact:
    """A verified model: what was saved, `ranker` the LightGBM text or None."""

    model: dict[str, Any]
    ranker: str | None
    sha256: str
    reference: dict[str, Any] | None = None


def save(
    folder: Path,
    model: Mapping[str, Any],
    ranker: str | None = None,
    reference: Mapping[str, Any] | None = None,
) -> str:
    """Write the artifact and return its SHA-256.

    The files are written beside the target, flushed to disk and renamed into place, so that
    `folder` is either whole or not there.

    Args:
        folder: does not exist yet; its parents are made.
        model: plain JSON values; every number finite.
        ranker: LightGBM's model text.
        reference: plain JSON as well.

    Raises:
        ModelError: the folder exists, or what is saved is not plain JSON.
    """
    if folder.exists():
        raise ModelError(f"{folder} exists already; an artifact is never overwritten")
    contents = {MODEL: _json({**model, "format": FORMAT})}
    if ranker is not None:
        contents[RANKER] = ranker.encode("utf-8")
    if reference is not None:
        contents[REFERENCE] = _json(reference)
    _refuse_oversized({name: len(content) for name, content in contents.items()}, folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in contents.items():
            (draft / name).write_bytes(content)
            sync(draft / name)
        draft.chmod(0o755)
        put_in_place(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return identity(contents)


def load(folder: Path, sha256: str) -> Artifact:
    """Read an artifact and prove that it is the one that was registered.

    Raises:
        ModelError: a file is missing, is not a plain file, is too large, is not what `sha256`
            says, or was written by a version with another format.
    """
    contents = _read(folder)
    actual = identity(contents)
    if actual != sha256:
        raise ModelError(
            f"{folder} is not the registered model: SHA-256 {actual[:12]}... instead of "
            f"{sha256[:12]}...; restore it from a backup or train again"
        )
    model = _parsed(contents[MODEL], folder / MODEL)
    if model.get("format") != FORMAT:
        raise ModelError(f"{folder / MODEL} is not a model of format {FORMAT}; train again")
    reference = None
    if REFERENCE in contents:
        reference = _parsed(contents[REFERENCE], folder / REFERENCE)
    return Artifact(model, _ranker_text(contents, folder), actual, reference)


def identity(contents: Mapping[str, bytes]) -> str:
    """SHA-256 in hex over the files' names, lengths and contents, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name} {len(contents[name])}\n".encode())
        digest.update(contents[name])
    return digest.hexdigest()


def _read(folder: Path) -> dict[str, bytes]:
    """The files' bytes, read only after their sizes were bounded."""
    if not (folder / MODEL).is_file():
        raise ModelError(f"{folder} holds no {MODEL}; restore it from a backup or train again")
    contents = {}
    for name, largest in LARGEST.items():
        path = folder / name
        if not path.exists() and not path.is_symlink():
            continue
        if path.is_symlink() or not path.is_file():
            raise ModelError(f"{path} is not a plain file; an artifact holds no links")
        with path.open("rb") as file:
            contents[name] = file.read(largest + 1)
    _refuse_oversized({name: len(content) for name, content in contents.items()}, folder)
    return contents


def _refuse_oversized(sizes: Mapping[str, int], folder: Path) -> None:
    for name, size in sizes.items():
        if size > LARGEST[name]:
            raise ModelError(
                f"{folder / name} is over {LARGEST[name] // 2**20} MiB, more than a model can be"
            )


def _json(model: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(
            _rounded(model), sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False
        )
        return (text + "\n").encode("utf-8")
    except (TypeError, ValueError) as error:
        raise ModelError(f"the model is not plain JSON with finite numbers: {error}") from None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not the JSON of a model: {error}") from None
    return document if isinstance(document, dict) else {}


def _ranker_text(contents: Mapping[str, bytes], folder: Path) -> str | None:
    if RANKER not in contents:
        return None
    if not contents[RANKER].startswith(RANKER_OPENING):
        raise ModelError(f"{folder / RANKER} is not LightGBM's text format; train again")
    return contents[RANKER].decode("utf-8")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of a model")
