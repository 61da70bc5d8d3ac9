"""A module's tests over an altered module, in a process of its own that nothing of ours is in yet.

The packages that we stand on are imported once and the process is forked for each fault, so a
trial costs what its tests cost. The altered source is never on disk.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

UNDER = (
    "duckdb",
    "hypothesis",
    "lightgbm",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic_settings",
    "pytest",
    "scipy.optimize",
    "scipy.stats",
    "shin",
    "sklearn.isotonic",
    "threadpoolctl",
    "feast",
    "feast.infra.offline_stores.offline_store",
)
SURVIVED, KILLED, ENDLESS, UNLOADED = "survived", "killed", "did not end", "did not load"


class _Altered(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives one module another source."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=self)

    def create_module(self, spec: object) -> ModuleType | None:
        return None

    def get_source(self, name: str) -> str:
        return self._source

    def get_code(self, name: str) -> CodeType:
        return compile(self._source, str(self._path), "exec")


def warm() -> None:
    """Import what all trials need."""
    for name in UNDER:
        importlib.import_module(name)


def run(name: str, path: Path, source: str, tests: Sequence[str], seconds: float) -> str:
    """What came of a module's tests: one of the four words above."""
    child = os.fork()
    if not child:
        _be_tried(name, path, source, tests)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return {0: SURVIVED, 1: KILLED}.get(code, UNLOADED)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return ENDLESS


def _be_tried(name: str, path: Path, source: str, tests: Sequence[str]) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.meta_path.insert(0, _Altered(name, path, source))
    code = 3
    try:
        import pytest

        code = int(
            pytest.main(
                ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--no-header", *tests]
            )
        )
    finally:
        os._exit(code)
