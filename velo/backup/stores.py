"""The home's stores that have versions, and the opening that brings each to this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from velo.disk import sqlite_file
from velo.home import Home
from velo.live import card_store, journal
from velo.settings import Store
from velo.store.online import standing
from velo.warehouse import schema
from velo.warehouse.connection import warehouse, warehouse_of_any_version


@dataclass(frozen=True)
class Migrated:
    """A store, and its versions: the one it had, 0 where it said none, and the one it has."""

    store: str
    before: int
    now: int


def migrate(
    home: Home,
    store: Store,
    wait: float = 0.0,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Migrated]:
    """Bring every store that the home has to this version; any writing command does the same.

    Args:
        home: its stores; what is not there is not made.
        store: bounds of the warehouse's connection.
        wait: seconds to wait for another process that has the warehouse.
        tell: called with a line about a wait, or about what takes time.

    Raises:
        HomeError: a store is of a later version, in use, or cannot be read. Those before it are
            brought over, whole.
    """
    done = []
    if home.warehouse.exists():
        with warehouse_of_any_version(home, store, wait=wait, waiting=tell) as con:
            before = schema.version_of(con, home.warehouse) or 0
        with warehouse(home, store, write=True, wait=wait, waiting=tell):
            done.append(Migrated(home.warehouse.name, before, schema.SCHEMA_VERSION))
    for path, steps in (
        (home.ledger, journal.STEPS),
        (home.cards, card_store.STEPS),
        (home.online, standing.STEPS),
    ):
        if path.exists():
            done.append(Migrated(path.name, sqlite_file.migrate(path, steps), len(steps)))
    return done
