"""The project folder, and the home that follows from where one stands.

A project folder has a `velo.toml`; its home is `var` in it. Which settings and which declarations
are in force goes by the home alone, never by the working folder a second time, so a process that
is started elsewhere with `VELO_HOME` gets the same.
"""

from __future__ import annotations

import os
from pathlib import Path

from velo.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
"""What holds the package: a checkout, or where a wheel was installed."""
FEATURE_REPO = PROJECT_ROOT / "feature_repo"
"""The declarations that come with the package."""
SETTINGS_FILE = "velo.toml"
VAR = "var"
_STORES = ("warehouse.duckdb", "registry.db", "mlflow.db")
"""What tells a home with a `velo.toml` of its own from a project folder."""


def is_checkout() -> bool:
    """Whether the package is run from a checkout, in which there may be a home."""
    return (PROJECT_ROOT / "pyproject.toml").is_file()


def project_above(folder: Path) -> Path | None:
    """The nearest project folder from here upwards, this folder included; None if there is none.

    Raises:
        SettingsError: its `velo.toml` belongs to another user.
    """
    folder = folder.resolve()
    for each in (folder, *folder.parents):
        if os.path.exists(each / SETTINGS_FILE) and not _is_home(each):
            _require_own(each)
            return each
    return None


def project_of(home: Path) -> Path | None:
    """The project folder that a home belongs to; None if it stands alone."""
    above = home.parent
    return above if home.name == VAR and os.path.exists(above / SETTINGS_FILE) else None


def home_from(folder: Path) -> Path:
    """The home of whoever works in a folder and names none.

    Raises:
        SettingsError: no project folder holds it, and the package is no checkout; or the project
            folder is another user's.
    """
    project = project_above(folder)
    if project is not None:
        return project / VAR
    if is_checkout():
        return PROJECT_ROOT / VAR
    raise SettingsError(
        f"no folder from {folder} upwards has a {SETTINGS_FILE}: run `velo init DIR` and work in "
        "DIR, or set VELO_HOME to a folder"
    )


def settings_files(home: Path) -> tuple[Path, ...]:
    """Where a home's settings may stand, the stronger file first; none need be there."""
    project = project_of(home)
    own = home / SETTINGS_FILE
    return (own,) if project is None else (own, project / SETTINGS_FILE)


def resolved(path: str | Path, folder: Path) -> Path:
    """A path that a file in a folder names, absolute; a relative one starts at that folder."""
    return Path(os.path.abspath(folder / Path(path).expanduser()))


def _is_home(folder: Path) -> bool:
    return (
        folder == PROJECT_ROOT / VAR
        or project_of(folder) is not None
        or any(os.path.exists(folder / store) for store in _STORES)
    )


def _require_own(project: Path) -> None:
    """What a project names is run, so a file that anyone may leave in /tmp must not be obeyed."""
    file = project / SETTINGS_FILE
    if hasattr(os, "geteuid") and file.stat().st_uid not in (os.geteuid(), 0):
        raise SettingsError(
            f"{file} belongs to another user: if you trust it, set VELO_HOME={project / VAR}"
        )
