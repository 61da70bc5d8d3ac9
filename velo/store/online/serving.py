"""Whether the online store may serve a race day."""

from __future__ import annotations

from datetime import date
from typing import Any

from velo.disk.sqlite_file import read_sqlite_file
from velo.errors import HomeError
from velo.home import Home
from velo.offline.build import current_build
from velo.store.online.database import connect
from velo.store.online.digest import is_as_written
from velo.store.online.standing import STEPS, StoreStanding, standing
from velo.store.online.store import HomeOnlineStoreConfig, file_of, table_of


def online_standing(home: Home, store: Any) -> StoreStanding | None:
    """The morning that the online store serves, and the build that it was filled from.

    Args:
        home: where the standing of another store than the home's own is kept.
        store: a `feast.FeatureStore`.

    Returns:
        None when nothing was materialised, or something else wrote since.
    """
    ours = isinstance(store.config.online_store, HomeOnlineStoreConfig)
    path = file_of(store.config) if ours else home.online
    if not path.exists():
        return None
    con = connect(path)
    try:
        return standing(con)
    finally:
        con.close()


def views_not_as_written(home: Home, store: Any) -> list[str]:
    """The views whose online table holds something else than was written to it.

    Args:
        home: where the record of another store than the home's own is kept.
        store: a `feast.FeatureStore`.

    Raises:
        HomeError: the file is of another version.
    """
    ours = isinstance(store.config.online_store, HomeOnlineStoreConfig)
    path = file_of(store.config) if ours else home.online
    if not path.exists():
        return []
    with read_sqlite_file(path, STEPS) as con:
        con.execute("BEGIN")
        return [
            view.name
            for view in store.list_feature_views()
            if is_as_written(con, table_of(store.config, view)) is False
        ]


def require_morning_of(home: Home, store: Any, day: date) -> StoreStanding:
    """See that the store serves a race day: what was known at its 00:00 UTC, of this build.

    Raises:
        NothingBuilt: there are no offline tables.
        HomeError: it serves another day or build, or nobody can say which.
    """
    mend = f"run `velo materialize --as-of {day}`"
    standing = online_standing(home, store)
    if standing is None:
        raise HomeError(f"nobody can say what the online store holds: {mend}")
    if standing.as_of != day:
        raise HomeError(f"the online store is of the morning of {standing.as_of}: {mend}")
    build = current_build(home)
    if (standing.build, standing.fingerprint) != (build.number, build.fingerprint):
        raise HomeError(
            f"the online store is of build {standing.build}, "
            f"the current one is {build.number}: {mend}"
        )
    return standing
