"""A Feast store of ours in a folder, with one key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feast import Entity, FeatureStore, RepoConfig, ValueType

KEY = Entity(name="key", join_keys=["k"], value_type=ValueType.INT64)


def store_in(folder: Path, **offline: Any) -> FeatureStore:
    """Both stores are ours; `offline` are settings of the offline one."""
    return FeatureStore(
        config=RepoConfig(
            project="p",
            provider="local",
            registry=str(folder / "registry.db"),
            online_store={
                "type": "velo.store.online.store.HomeOnlineStore",
                "path": str(folder / "online.db"),
            },
            offline_store={"type": "velo.store.asof.AsofOfflineStore", **offline},
            entity_key_serialization_version=3,
            repo_path=folder,
        )
    )
