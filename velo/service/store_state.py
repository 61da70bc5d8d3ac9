"""Which morning the online store is at, asked again only where it or the build changed."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

from velo.home import Home
from velo.store.online.database import connect
from velo.store.online.serving import require_morning_of
from velo.store.online.standing import StoreStanding
from velo.store.online.store import HomeOnlineStoreConfig, file_of


class StoreState:
    """One thread's view of the online store's standing."""

    def __init__(self, home: Home) -> None:
        """Take the home; nothing is opened yet."""
        self._home = home
        self._con: sqlite3.Connection | None = None
        self._path: Path | None = None
        self._seen: tuple[Any, ...] | None = None
        self._standing: StoreStanding | None = None

    def of(self, store: Any, day: date) -> StoreStanding:
        """See that the store serves a day, as `require_morning_of`; equal while nobody wrote.

        Raises:
            NothingBuilt: there are no offline tables.
            HomeError: it serves another day or build.
        """
        now = (day, self._version(store), self._build())
        if self._standing is None or now != self._seen:
            self._seen, self._standing = now, None
            self._standing = require_morning_of(self._home, store, day)
        return self._standing

    def _version(self, store: Any) -> int:
        """Changes when another connection writes to the store's file."""
        ours = isinstance(store.config.online_store, HomeOnlineStoreConfig)
        path = file_of(store.config) if ours else self._home.online
        if self._con is None or path != self._path:
            self._con, self._path = connect(path), path
        (version,) = self._con.execute("PRAGMA data_version").fetchone()
        return int(version)

    def _build(self) -> str | None:
        link = self._home.current_build
        return str(link.readlink()) if link.is_symlink() else None
