"""The feature repo as it was when a run was made: a copy of its files, and one hash of them all."""

from __future__ import annotations

import hashlib
from pathlib import Path

from training.record.tracking import Recorder

TAG = "velo.feature_repo.sha256"
FOLDER = "feature_repo"
SUFFIXES = frozenset({".py", ".sql", ".yaml", ".yml"})


def keep(recorder: Recorder, repo: Path) -> None:
    """Copy a feature repo's declarations into the run, and tag it with their hash.

    Args:
        recorder: of the run.
        repo: the feature repo's folder.
    """
    files = declarations(repo)
    recorder.files(FOLDER, files)
    recorder.tag({TAG: sha256(files)})


def declarations(repo: Path) -> dict[str, bytes]:
    """The files that Feast and the build read, by their path in the repo, sorted."""
    paths = {file.relative_to(repo).as_posix(): file for file in repo.rglob("*")}
    return {
        name: file.read_bytes()
        for name, file in sorted(paths.items())
        if file.suffix in SUFFIXES and file.is_file() and not _is_hidden(file.relative_to(repo))
    }


def sha256(files: dict[str, bytes]) -> str:
    """One hash of names and contents, as `sha256sum` of each file, then of that list, gives it."""
    lines = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
    )
    return hashlib.sha256(lines.encode()).hexdigest()


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)
