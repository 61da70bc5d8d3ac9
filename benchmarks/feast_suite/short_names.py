"""Feast's short names of stores (`duckdb`, `dask`, `file`, `sqlite`), taken by ours.

Its tests name stores by these, and make the settings of its own classes. After `take` both are
ours, in this process and in every `feast` that a test starts (startup/sitecustomize.py).
"""

from __future__ import annotations

from feast import FeatureStore, repo_config
from feast.infra.offline_stores import dask, duckdb
from feast.infra.online_stores import sqlite
from pydantic import StrictStr

from velo.store.asof import AsofOfflineStore, AsofOfflineStoreConfig
from velo.store.online.store import HomeOnlineStore, HomeOnlineStoreConfig


class DuckdbOfflineStore(AsofOfflineStore):
    """Our offline store under the name `duckdb`."""


class DuckdbOfflineStoreConfig(AsofOfflineStoreConfig):
    """Its settings."""

    type: StrictStr = "duckdb"


class SqliteOnlineStore(HomeOnlineStore):
    """Our online store under the name `sqlite`, in the file that Feast's own would take."""


class SqliteOnlineStoreConfig(HomeOnlineStoreConfig):
    """Its settings."""

    type: StrictStr = "sqlite"
    path: StrictStr = "data/online.db"


def take() -> None:
    """Put our stores in the place of Feast's own."""
    for name in ("duckdb", "dask", "file"):
        repo_config.OFFLINE_STORE_CLASS_FOR_TYPE[name] = f"{__name__}.DuckdbOfflineStore"
    repo_config.ONLINE_STORE_CLASS_FOR_TYPE["sqlite"] = f"{__name__}.SqliteOnlineStore"
    for module, config, ours in (
        (duckdb, "DuckDBOfflineStoreConfig", DuckdbOfflineStoreConfig),
        (dask, "DaskOfflineStoreConfig", DuckdbOfflineStoreConfig),
        (sqlite, "SqliteOnlineStoreConfig", SqliteOnlineStoreConfig),
    ):
        setattr(module, config, ours)
    # By the name `sqlite` Feast's command makes tables of its own kind, past the online store.
    FeatureStore._should_use_plan = lambda self: False  # type: ignore[method-assign]
