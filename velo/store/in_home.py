"""Feast's registry and online store, placed in the home that is in force.

`feature_store.yaml` expands a variable but knows no default for it. These two resolve their files
in the home, so that `feast` and `velo` agree on it with and without `VELO_HOME`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feast.infra.online_stores.sqlite import SqliteOnlineStore, SqliteOnlineStoreConfig
from feast.infra.registry.file import FileRegistryStore
from feast.repo_config import RegistryConfig
from pydantic import Field, StrictStr

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


class HomeSqliteOnlineStoreConfig(SqliteOnlineStoreConfig):
    """SQLite's settings with the home's file as the default path."""

    type: StrictStr = "velo.store.in_home.HomeSqliteOnlineStore"  # type: ignore[assignment]
    path: StrictStr = Field(default_factory=lambda: str(Home.current().online))


class HomeSqliteOnlineStore(SqliteOnlineStore):
    """Feast's SQLite online store in the home."""
