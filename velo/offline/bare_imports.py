"""The modules of a feature repo, which Feast imports by their bare names (`entities`, `form`).

A bare name means whatever Python imported under it first, so a process that works with two feature
repos, or is started in one and told of another, could take the one's formulas for the other's.
"""

from __future__ import annotations

import importlib
import linecache
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import click

from velo.errors import HomeError
from velo.home import Home


class ForeignDeclarations(HomeError, click.ClickException):
    """A module of a feature repo was imported from elsewhere. Feast's command says it in a line."""


@contextmanager
def imported_afresh(repo: Path) -> Iterator[None]:
    """Have Feast import a repo's modules from its files as they are now, in the home in force.

    The working folder is the repo within the block, as Feast wants it. Modules of the same names
    that were imported before are set aside, and are back afterwards.

    Args:
        repo: the feature repo's folder.
    """
    folder, path, named = Path.cwd(), list(sys.path), os.environ.get("VELO_HOME")
    bytecode, others = sys.dont_write_bytecode, _of_the_same_names(repo)
    # The declarations ask for the home, and stand in another folder than whoever applies them.
    os.environ["VELO_HOME"] = str(Home.current().root)
    try:
        os.chdir(repo)
        sys.path.insert(0, str(repo))
        # Bytecode is told from its source by second and size: a changed digit may change neither.
        sys.dont_write_bytecode = True
        for name in others:
            del sys.modules[name]
        _forget(repo)
        importlib.invalidate_caches()
        # Feast stores a function as its source, which it reads through this cache.
        linecache.clearcache()
        yield
    finally:
        _forget(repo)
        sys.modules.update(others)
        sys.path[:], sys.dont_write_bytecode = path, bytecode
        os.chdir(folder)
        if named is None:
            del os.environ["VELO_HOME"]
        else:
            os.environ["VELO_HOME"] = named


def require_own_modules(repo: Path) -> None:
    """See that what Feast applies was imported from the repo that it was told of.

    Raises:
        ForeignDeclarations: a module of the same name came from elsewhere.
    """
    for name, module in _of_the_same_names(repo).items():
        raise ForeignDeclarations(
            f"{repo / name}.py is not what Python imports as {name!r}, but {_file(module)}: run "
            "`feast` from another folder, or rename the module"
        )


def _of_the_same_names(repo: Path) -> dict[str, ModuleType]:
    """Modules that bear a name of the repo's and are not the repo's."""
    named = {file.stem: sys.modules.get(file.stem) for file in repo.glob("*.py")}
    return {
        name: module
        for name, module in sorted(named.items())
        if module is not None and not _is_of(module, repo)
    }


def _forget(repo: Path) -> None:
    places = (str(repo) + os.sep, str(repo.resolve()) + os.sep)
    for name, module in list(sys.modules.items()):
        if (_file(module) or "").startswith(places):
            del sys.modules[name]


def _is_of(module: ModuleType, repo: Path) -> bool:
    file = _file(module)
    return file is not None and Path(file).resolve().is_relative_to(repo.resolve())


def _file(module: ModuleType) -> str | None:
    return getattr(module, "__file__", None)
