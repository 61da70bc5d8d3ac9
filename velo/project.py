"""A new project folder: settings, declarations of one's own, and what belongs into no repository.

velo.toml       every setting, with its default and unit
feature_repo/   a copy of the declarations that come with the package
.gitignore      the home, `var`, is no part of a repository
README.md       what to do next
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from uuid import uuid4

from velo.disk.whole_file import put_in_place
from velo.errors import InputError
from velo.settings.project_folder import FEATURE_REPO, SETTINGS_FILE, VAR, project_of
from velo.settings.toml_text import toml_text

FEAST_IGNORES = ".feastignore"
GITIGNORE = f"/{VAR}/\n__pycache__/\n"
README = """\
# A VÉLØ project

Settings are in `velo.toml`, features in `feature_repo`, strategies beside them. Everything that a
command writes goes to `var`, the home. Commands run in this folder or below it find all of that:

    velo ingest FILE...                   # results, of any format that is known
    velo build                            # the offline tables
    feast -c feature_repo apply           # again after each change in feature_repo
    velo train
    velo status                           # what is due
"""


def make_project(folder: Path) -> list[str]:
    """Write a project folder, completely or not at all.

    Args:
        folder: not there yet, or empty but for hidden files; these stay as they are.

    Returns:
        The names of what was written, sorted.

    Raises:
        InputError: something else is in the folder, or it could not be a home's project.
        OSError: it cannot be written.
    """
    folder = folder.resolve()
    _require_free(folder)
    there = folder.exists()
    parent = folder if there else folder.parent
    parent.mkdir(parents=True, exist_ok=True)
    draft = parent / f".{uuid4().hex}.draft"
    draft.mkdir()
    try:
        _write(draft)
        names = sorted(os.listdir(draft))
        if there:
            return _move(draft, folder, names)
        put_in_place(draft, folder)
        return names
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _require_free(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: name a folder")
    if "?" in str(folder):
        raise InputError(
            f"{folder} has a question mark in its path, which DuckDB cannot write to: name another"
        )
    if folder.name == VAR and project_of(folder) is not None:
        raise InputError(f"{folder} is the home of the project {folder.parent}: name another")
    there = sorted(name for name in os.listdir(folder) if name[0] != ".") if folder.exists() else ()
    if there:
        raise InputError(f"{folder} is not empty, {there[0]} is in it: name another, or empty it")


def _write(draft: Path) -> None:
    (draft / SETTINGS_FILE).write_text(toml_text(FEATURE_REPO.name), encoding="utf-8")
    (draft / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    (draft / "README.md").write_text(README, encoding="utf-8")
    shutil.copytree(FEATURE_REPO, draft / FEATURE_REPO.name, ignore=_left_out)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Caches and hidden files, but for the one that says what Feast does not import."""
    return {
        name
        for name in names
        if name == "__pycache__" or (name.startswith(".") and name != FEAST_IGNORES)
    }


def _move(draft: Path, folder: Path, names: list[str]) -> list[str]:
    """Move what is written into a folder with hidden files of its own.

    `velo.toml`, which makes it a project folder, goes last, and what was moved is taken back if
    anything fails.
    """
    names = [name for name in names if not os.path.lexists(folder / name)]
    moved: list[Path] = []
    try:
        for name in sorted(names, key=lambda each: each == SETTINGS_FILE):
            put_in_place(draft / name, folder / name)
            moved.append(folder / name)
    except BaseException:
        for each in moved:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        raise
    return names
