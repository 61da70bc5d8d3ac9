"""Feast's registry, placed in the home that is in force.

`feature_store.yaml` expands a variable but knows no default for it. The registry resolves its file
in the home, as the online store does (velo/store/online/store.py), so that `feast` and `velo`
agree on it with and without `VELO_HOME`. Both look for the project folder from the declarations
upwards, because `feast -c DIR/feature_repo` may be run anywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from feast.infra.registry.file import FileRegistryStore
from feast.repo_config import RegistryConfig
from feast.utils import _utc_now

from velo.home import Home
from velo.store.described_features import allow_described_features
from velo.store.registry_file import hash_of, write_registry

# Feast imports this module before it reads or applies anything, whoever runs it.
allow_described_features()


class HomeRegistryStore(FileRegistryStore):
    """The registry file in the home; its configured path is relative to the home."""

    def __init__(self, registry_config: RegistryConfig, repo_path: Path) -> None:
        """Resolve the path; nothing is read yet."""
        super().__init__(registry_config, repo_path)
        path = Path(registry_config.path)
        self._filepath = path if path.is_absolute() else Home.current(repo_path).root / path

    def _write_registry(self, registry_proto: Any) -> None:
        """As Feast's, whole or not at all, with a hash beside it."""
        registry_proto.version_id = str(uuid4())
        registry_proto.last_updated.FromDatetime(_utc_now())
        write_registry(self._filepath, registry_proto.SerializeToString())

    def teardown(self) -> None:
        """Remove the file and its hash."""
        super().teardown()  # type: ignore[no-untyped-call]  # Feast's is untyped
        hash_of(self._filepath).unlink(missing_ok=True)
