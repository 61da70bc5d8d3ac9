"""Feast loaded without the run-time type checks of its own classes.

Feast marks its classes with `typeguard.typechecked`, which parses and compiles the source of each
module anew at every import: most of what `import feast` takes. While a module of Feast's is loaded
the mark does nothing; for everybody else it is typeguard's own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


def load_feast_unchecked() -> None:
    """Have every module of Feast's that is imported from now on loaded so.

    Has no effect on those that are loaded already.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] != "feast":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    def __init__(self, own: Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        import typeguard

        # The module keeps its own loader, which gives its source and its resources.
        module.__loader__ = self._own
        if module.__spec__ is not None:
            module.__spec__.loader = self._own
        mark = typeguard.typechecked
        typeguard.typechecked = _unmarked  # type: ignore[assignment]
        try:
            self._own.exec_module(module)
        finally:
            typeguard.typechecked = mark


def _unmarked(target: Any) -> Any:
    return target
