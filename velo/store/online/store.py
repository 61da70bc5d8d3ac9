"""Feast's online store on SQLite with one row a key, where Feast's own has one a feature.

    online_store:
      type: velo.store.online.store.HomeOnlineStore

The file lies in the home that is in force. `feast apply`, `feast materialize` and pushes work as
with any store; `velo materialize` fills it in bulk (velo/store/online/materialize.py).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feast import FeatureService, utils
from feast.infra.online_stores.online_store import OnlineStore
from feast.infra.registry.base_registry import BaseRegistry
from feast.online_response import OnlineResponse
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from feast.repo_config import FeastConfigBaseModel, RepoConfig
from feast.utils import make_tzaware
from pydantic import StrictStr

from velo.errors import HomeError, InputError
from velo.home import Home
from velo.offline.bare_imports import require_own_modules
from velo.store.online.database import connect, ensure, void, writing
from velo.store.online.digest import file_hash_of, following, forget
from velo.store.online.online_features import all_computed, compute, read_columns, request_columns
from velo.store.online.online_table import OnlineTable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class HomeOnlineStoreConfig(FeastConfigBaseModel):
    """Where the file lies; `online.db` in the home if it names no path."""

    type: StrictStr = "velo.store.online.store.HomeOnlineStore"
    path: StrictStr | None = None


class HomeOnlineStore(OnlineStore):
    """One SQLite table a view, a row a key.

    Every thread reads over a connection of its own, and what one request reads is of one state.
    """

    # Feast would import every store it knows to answer this.
    _versioned_read_supported = True

    def __init__(self) -> None:
        """Nothing is opened before it is needed."""
        super().__init__()
        self._own = threading.local()

    def online_write_batch(
        self,
        config: RepoConfig,
        table: Any,
        data: list[tuple[EntityKey, dict[str, Value], datetime, datetime | None]],
        progress: Callable[[int], Any] | None,
    ) -> None:
        """Write rows; features that a row does not name stay as they were.

        Raises:
            InputError: a key has a missing part, or is of another kind than is declared. Beside a
                missing one Feast makes floats of whole numbers, and so somebody else's keys.
        """
        con, known = self._connection(config), table_of(config, table)
        keys = [self._written_key(table, known, entity) for entity, *_ in data]
        with writing(con):
            ensure(con, known)
            void(con, known)
            with following(con, known, keys):
                self._upsert(con, known, keys, data)
        if progress:
            progress(len(data))

    @staticmethod
    def _upsert(
        con: sqlite3.Connection, table: OnlineTable, keys: list[tuple[Any, ...]], data: list[Any]
    ) -> None:
        for key, (_, values, moment, _) in zip(keys, data, strict=True):
            names = [name for name in values if name in table.features]
            con.execute(
                table.upsert(names), [*key, microseconds(moment), *table.held(values, names)]
            )

    @staticmethod
    def _written_key(view: Any, table: OnlineTable, entity: EntityKey) -> tuple[Any, ...]:
        if not table.keys:
            raise InputError(
                f"view {view.name!r} has no key, for an entity of it is not registered: "
                "apply it together with its entities"
            )
        key = table.key(entity)
        if key is None:
            raise InputError(
                f"a row of view {view.name!r} lacks a part of its key: leave such rows out, for "
                "beside one Feast makes floats of whole numbers, which are somebody else's key"
            )
        return key

    def online_read(
        self,
        config: RepoConfig,
        table: Any,
        entity_keys: list[EntityKey],
        requested_features: list[str] | None = None,
    ) -> list[tuple[datetime | None, dict[str, Value] | None]]:
        """A view's row for each key, in their order; a pair of Nones where there is none.

        Raises:
            HomeError: the view has no table yet.
        """
        con, known = self._connection(config), table_of(config, table)
        wanted = known.features if requested_features is None else requested_features
        names = [name for name in wanted if name in known.features]
        select, read = known.select(names), known.reader(names)
        rows: list[tuple[datetime | None, dict[str, Value] | None]] = []
        for entity in entity_keys:
            key = known.key(entity)
            with _readable(table):
                row = con.execute(select, key).fetchone() if key is not None else None
            rows.append((moment_of(row[0]), read(row[1:])) if row else (None, None))
        return rows

    def update(
        self,
        config: RepoConfig,
        tables_to_delete: Sequence[Any],
        tables_to_keep: Sequence[Any],
        entities_to_delete: Sequence[Any],
        entities_to_keep: Sequence[Any],
        partial: bool,
    ) -> None:
        """Bring the tables to what the views declare, when they are applied.

        Raises:
            ForeignDeclarations: what is applied was imported from another feature repo.
        """
        if config.repo_path is not None:
            require_own_modules(config.repo_path)
        con = self._connection(config)
        with writing(con):
            for view in tables_to_keep:
                known = table_of(config, view)
                if ensure(con, known):
                    void(con, known)
            for view in tables_to_delete:
                known = table_of(config, view)
                con.execute(f"DROP TABLE IF EXISTS {known}")
                void(con, known)
                forget(con, known)

    def teardown(self, config: RepoConfig, tables: Sequence[Any], entities: Sequence[Any]) -> None:
        """Remove the file."""
        self._connection(config).close()
        del self._own.opened
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file_of(config)}{suffix}").unlink(missing_ok=True)
        file_hash_of(file_of(config)).unlink(missing_ok=True)

    def get_online_features(
        self,
        config: RepoConfig,
        features: list[str] | FeatureService,
        entity_rows: Any,
        registry: BaseRegistry,
        project: str,
        full_feature_names: bool = False,
        include_feature_view_version_metadata: bool = False,
    ) -> OnlineResponse:
        """Feast's answer, made in less time where all of it is computed by plain views."""
        columns = entity_rows
        if isinstance(entity_rows, list):
            if any(row.keys() != entity_rows[0].keys() for row in entity_rows):
                raise ValueError("All entity_rows must have the same keys.")
            columns = {name: [row[name] for row in entity_rows] for name in entity_rows[0]}
        (keys, grouped, join_keys, on_demand, wanted, result_names, answer) = (
            utils._prepare_entities_to_read_from_online_store(
                registry=registry,
                project=project,
                features=features,
                entity_values=columns,
                full_feature_names=full_feature_names,
                native_entity_values=True,
            )
        )
        tables = [(view, table_of(config, view), names) for view, names in grouped]
        if (
            full_feature_names
            or include_feature_view_version_metadata
            or not all_computed(wanted, on_demand)
            or not all(table.is_native(names) for _, table, names in tables)
        ):
            return super().get_online_features(
                config,
                features,
                entity_rows,
                registry,
                project,
                full_feature_names,
                include_feature_view_version_metadata,
            )
        held = request_columns(answer)
        with self._one_state(config) as con:
            for view, table, names in tables:
                own = utils._get_table_entity_values(view, join_keys, keys)
                with _readable(view):
                    held |= read_columns(con, table, names, own)
        compute(held, wanted, on_demand, answer)
        utils._drop_unneeded_columns(answer, result_names)
        return OnlineResponse(answer)

    def _read_features_per_fv(self, config: RepoConfig, *how: Any, **named: Any) -> None:
        """Read all views within one transaction, so that a race is served of one state."""
        with self._one_state(config):
            super()._read_features_per_fv(config, *how, **named)

    @contextmanager
    def _one_state(self, config: RepoConfig) -> Iterator[sqlite3.Connection]:
        con = self._connection(config)
        con.execute("BEGIN")
        try:
            yield con
        finally:
            con.execute("COMMIT")

    def _connection(self, config: RepoConfig) -> sqlite3.Connection:
        """This thread's own; one that came over a fork is not used."""
        mine = (os.getpid(), str(file_of(config)))
        if getattr(self._own, "opened", (None,))[0] != mine:
            self._own.opened = (mine, connect(Path(mine[1])))
        con: sqlite3.Connection = self._own.opened[1]
        return con


@contextmanager
def _readable(view: Any) -> Iterator[None]:
    """Name the view whose table cannot be read, and the mend."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise HomeError(
            f"the online store cannot read view {view.name!r} ({error}): "
            "run `feast -c feature_repo apply`, then `velo materialize`"
        ) from None


def file_of(config: RepoConfig) -> Path:
    """The store's file; a relative path is relative to the feature repo.

    One that names no path stays with the home that was in force when it was first asked for.
    """
    if config.online_store.path is None:
        config.online_store.path = str(Home.current(config.repo_path).online)
    path = Path(config.online_store.path)
    return path if path.is_absolute() or config.repo_path is None else config.repo_path / path


def place_in(config: RepoConfig, home: Home) -> None:
    """Have the registry and the online store of a configuration lie in one home for good.

    Feast makes both when they are first used, which may be while another home is in force.
    """
    config.registry.path = str(home.root / config.registry.path)
    if isinstance(config.online_store, HomeOnlineStoreConfig) and config.online_store.path is None:
        config.online_store.path = str(home.online)


def microseconds(moment: datetime) -> int:
    """Since 1970, UTC; a moment without a zone is UTC."""
    return (make_tzaware(moment) - EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """The moment so long after 1970."""
    return EPOCH + microseconds * _MICROSECOND


def table_of(config: RepoConfig, view: Any) -> OnlineTable:
    """A view's table in this configuration."""
    versioned = config.registry.enable_online_feature_view_versioning
    return OnlineTable.of(config.project, view, versioned)
