"""What names the home's own place, made to name another.

MLflow writes where an experiment's, a run's and a version's artifacts lie as whole URIs, and Feast
where a view's parquet lies as a whole path. Nothing else in a home names its place: the pointer to
the build is relative, and a build's folder is found through it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from velo.disk.whole_file import write_whole
from velo.errors import InputError
from velo.home import Home
from velo.sql_text import identifier
from velo.store.registry_file import is_as_written, write_registry


def places(home: Home) -> set[Path]:
    """Where the home lay when its files were written, by what they name.

    One place as a rule. A home that was moved by hand names the place that it was made at, and
    after new work both.

    Args:
        home: as it lies now.

    Returns:
        Absolute paths, the home's own among them where it is named; none where nothing names one.

    Raises:
        InputError: MLflow's database or Feast's registry cannot be read.
    """
    roots = set()
    database = home.root / "mlflow.db"
    if database.exists():
        roots |= {_above(uri, home.artifacts.name) for uri in _artifact_uris(database)}
    if home.registry.exists():
        roots |= {
            _above(uri, home.offline.name, home.current_build.name)
            for uri in _source_uris(home.registry)
        }
    return {place for place in roots if place is not None}


def relocate(home: Home, after: Path) -> None:
    """Make a home's files name `after`, wherever they say that the home lies.

    Args:
        home: as it lies now, which may be at neither place.
        after: absolute path that its files are to name.

    Raises:
        InputError: MLflow's database or Feast's registry cannot be read.
    """
    database = home.root / "mlflow.db"
    for before in sorted(places(home) - {after}):
        if database.exists():
            try:
                _relocate_database(database, before.as_uri(), after.as_uri())
            except sqlite3.Error as error:
                raise InputError(f"{database} cannot be read: {error}") from None
        if home.registry.exists():
            _relocate_registry(home.registry, str(before), str(after))


def _above(uri: str, *folders: str) -> Path | None:
    """The home below which a URI or an absolute path has these folders, one in the other.

    Feast's views may read files of the user's own, whose place is no home.
    """
    parts = Path(unquote(urlsplit(uri).path) if uri.startswith("file:") else uri).parts
    starts = [
        place
        for place in range(1, len(parts) - len(folders) + 1)
        if parts[place : place + len(folders)] == folders
    ]
    return Path(*parts[: starts[-1]]) if starts and parts[0] == "/" else None


def _artifact_uris(database: Path) -> list[str]:
    """Where the experiments' artifacts lie; none in a database that MLflow has not filled yet."""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True, timeout=10)) as con:
            named = con.execute("SELECT 1 FROM sqlite_master WHERE name = 'experiments'").fetchall()
            if not named:
                return []
            rows = con.execute("SELECT DISTINCT artifact_location FROM experiments").fetchall()
    except sqlite3.Error as error:
        raise InputError(f"{database} cannot be read: {error}") from None
    return [uri for (uri,) in rows if uri]


def _source_uris(registry: Path) -> list[str]:
    """Where Feast's views read their parquet."""
    read = _registry(registry)
    return [
        view.spec.batch_source.file_options.uri
        for view in read.feature_views
        if view.spec.batch_source.file_options.uri
    ]


def _registry(path: Path) -> Any:
    from feast.protos.feast.core.Registry_pb2 import Registry
    from google.protobuf.message import DecodeError

    registry = Registry()
    try:
        registry.ParseFromString(path.read_bytes())
    except DecodeError:
        raise InputError(f"{path} is no registry of Feast's: run `feast apply`") from None
    return registry


def _relocate_database(path: Path, before: str, after: str) -> None:
    """Every text that is the old URI or lies below it, in one transaction."""
    con = sqlite3.connect(path)
    try:
        with con:
            tables = [
                name
                for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
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
    from google.protobuf.message import DecodeError

    kinds: dict[str, Any] = {
        "feature_view": FeatureView,
        "on_demand_feature_view": OnDemandFeatureView,
    }
    registry = _registry(path)
    _relocate_message(registry, before, after)
    try:
        for record in registry.feature_view_version_history.records:
            if record.feature_view_type in kinds:
                view = kinds[record.feature_view_type].FromString(record.feature_view_proto)
                _relocate_message(view, before, after)
                record.feature_view_proto = view.SerializeToString()
    except DecodeError:
        raise InputError(f"{path} is no registry of Feast's: run `feast apply`") from None
    # What was not as it was written does not become so by being moved.
    if is_as_written(path):
        write_registry(path, registry.SerializeToString())
    else:
        write_whole(path, registry.SerializeToString())


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
