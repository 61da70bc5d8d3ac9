"""What names the home's own place, made to name another.

MLflow writes where an experiment's, a run's and a version's artifacts lie as whole URIs, and Feast
where a view's parquet lies as a whole path. Nothing else in a home names its place: the pointer to
the build is relative, and a build's folder is found through it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from velo.errors import InputError
from velo.home import Home
from velo.store.names import identifier


def relocate(home: Home, before: Path, after: Path) -> None:
    """Make a home's files name `after` where they name `before`.

    Args:
        home: as it lies now, which may be at neither place.
        before: absolute path that its files name.
        after: absolute path that they are to name.

    Raises:
        InputError: MLflow's database or Feast's registry cannot be read.
    """
    if before == after:
        return
    database = home.root / "mlflow.db"
    if database.exists():
        try:
            _relocate_database(database, before.as_uri(), after.as_uri())
        except sqlite3.Error as error:
            raise InputError(f"mlflow.db in the archive cannot be read: {error}") from None
    if home.registry.exists():
        _relocate_registry(home.registry, str(before), str(after))


def _relocate_database(path: Path, before: str, after: str) -> None:
    """Every text that is the old URI or lies below it, in one transaction."""
    con = sqlite3.connect(path)
    try:
        with con:
            tables = [name for (name,) in con.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )]  # fmt: skip
            for table in tables:
                columns = con.execute("SELECT name, type FROM pragma_table_info(?)", [table])
                for column, kind in columns.fetchall():
                    if kind.upper().startswith(("VARCHAR", "TEXT")):
                        name = identifier(column)
                        con.execute(
                            f"UPDATE {identifier(table)} SET {name} = ? || substr({name}, ?) "
                            f"WHERE {name} = ? OR substr({name}, 1, ?) = ?",
                            [after, len(before) + 1, before, len(before) + 1, f"{before}/"],
                        )
    finally:
        con.close()


def _relocate_registry(path: Path, before: str, after: str) -> None:
    from feast.protos.feast.core.FeatureView_pb2 import FeatureView
    from feast.protos.feast.core.OnDemandFeatureView_pb2 import OnDemandFeatureView
    from feast.protos.feast.core.Registry_pb2 import Registry
    from google.protobuf.message import DecodeError

    kinds: dict[str, Any] = {
        "feature_view": FeatureView,
        "on_demand_feature_view": OnDemandFeatureView,
    }
    registry = Registry()
    try:
        registry.ParseFromString(path.read_bytes())
        _relocate_message(registry, before, after)
        for record in registry.feature_view_version_history.records:
            if record.feature_view_type in kinds:
                view = kinds[record.feature_view_type].FromString(record.feature_view_proto)
                _relocate_message(view, before, after)
                record.feature_view_proto = view.SerializeToString()
    except DecodeError:
        raise InputError("registry.db in the archive is no registry of Feast's") from None
    path.write_bytes(registry.SerializeToString())


def _relocate_message(message: Any, before: str, after: str) -> None:
    """Every URI of a file within a message."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in _messages(field, value):
                _relocate_message(inner, before, after)
        elif field.name == "uri":
            for prefix in ("", "file://"):
                if value.startswith(f"{prefix}{before}/"):
                    message.uri = prefix + after + value.removeprefix(prefix + before)


def _messages(field: Any, value: Any) -> list[Any]:
    """The messages that a field holds: one, several, or those of a map."""
    if field.message_type.GetOptions().map_entry:
        inner = field.message_type.fields_by_name["value"]
        return list(value.values()) if inner.type == inner.TYPE_MESSAGE else []
    return list(value) if field.is_repeated else [value]
