"""Feast's registry, placed in the home that is in force.

`feature_store.yaml` expands a variable but knows no default for it. The registry resolves its file
in the home, as the online store does (velo/store/online/store.py), so that `feast` and `velo`
agree on it with and without `VELO_HOME`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feast.infra.registry.file import FileRegistryStore
from feast.repo_config import RegistryConfig

from velo.home import Home


class HomeRegistryStore(FileRegistryStore):
    """The registry file in the home; its configured path is relative to the home."""

    def __init__(self, registry_config: RegistryConfig, repo_path: Path) -> None:
        """Resolve the path; nothing is read yet."""
        super().__init__(registry_config, repo_path)
        self._filepath = Home.current().root / registry_config.path

    def _write_registry(self, registry_proto: Any) -> None:
        final = self._filepath
        self._filepath = final.with_suffix(".new")
        try:
            super()._write_registry(registry_proto)
            self._filepath.replace(final)
        finally:
            self._filepath = final
