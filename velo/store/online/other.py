"""Another online store, such as Redis: the home's file says what it holds, and changes follow."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value

from velo.errors import SettingsError
from velo.store.online.database import writing
from velo.store.online.digest import forget
from velo.store.online.online_table import MOMENT, OnlineTable
from velo.store.online.standing import standing
from velo.store.online.store import EPOCH, moment_of

BATCH = 10_000


class Forwarded:
    """Writes that go to the home's file and to the store that Feast is set to.

    Feast can delete no single key of a store, so one that vanished gets a row of nulls, which
    on-demand features take as they take no row.
    """

    def __init__(self, store: Any, full: bool) -> None:
        """Take the store.

        Args:
            store: a `feast.FeatureStore`.
            full: whether everything is sent again, whatever was sent before.

        Raises:
            SettingsError: it would refuse a correction because its time is not later.
        """
        if getattr(store.config.online_store, "skip_dedup", True) is False:
            raise SettingsError(
                "the online store would drop corrected rows: write `skip_dedup: true` below "
                "`online_store` in feature_store.yaml"
            )
        self._store, self._full = store, full

    def begin(self, online: sqlite3.Connection, tables: Sequence[OnlineTable]) -> None:
        """Note that it is under way: if it ends early, the next run sends everything."""
        with writing(online):
            if self._full or standing(online) is None:
                there = {name for (name,) in online.execute("SELECT name FROM sqlite_master")}
                for table in tables:
                    if table.name in there:
                        online.execute(f"UPDATE {table} SET {MOMENT} = NULL")
                        forget(online, table)
                online.execute("DELETE FROM __parts")
            online.execute("DELETE FROM __standing")

    def write(self, view: Any, table: OnlineTable, rows: Sequence[tuple[Any, ...]]) -> None:
        """Send rows in the order of the table's columns."""
        wide = len(table.keys)
        read = table.reader(list(table.features))
        self._send(
            view,
            table,
            [(row[:wide], read(row[wide + 1 :]), moment_of(row[wide])) for row in rows],
        )

    def empty(self, view: Any, table: OnlineTable, keys: Sequence[tuple[Any, ...]]) -> None:
        """Send a row of nulls for each key."""
        nulls = {name: Value() for name in table.features}
        self._send(view, table, [(key, nulls, EPOCH) for key in keys])

    def _send(self, view: Any, table: OnlineTable, rows: list[tuple[Any, Any, Any]]) -> None:
        for first in range(0, len(rows), BATCH):
            data = [
                (
                    EntityKey(join_keys=list(table.keys), entity_values=table.proto_key(key)),
                    values,
                    moment,
                    None,
                )
                for key, values, moment in rows[first : first + BATCH]
            ]
            self._store.provider.online_write_batch(self._store.config, view, data, None)
