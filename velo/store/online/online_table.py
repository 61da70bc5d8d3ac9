"""One view's table in the online store: a row a key, a column a feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from feast.infra.online_stores.helpers import compute_table_id
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from feast.type_map import VALUE_TYPE_TO_PROTO_VALUE_MAP

from velo.errors import InputError
from velo.sql_text import identifier

MOMENT = "__event_timestamp"
"""When the row became known: microseconds since 1970, UTC."""

NATIVE = {
    "int32_val": "INTEGER",
    "int64_val": "INTEGER",
    "unix_timestamp_val": "INTEGER",
    "bool_val": "INTEGER",
    "float_val": "REAL",
    "double_val": "REAL",
    "string_val": "TEXT",
    "bytes_val": "BLOB",
}
"""Fields of Feast's `Value` that SQLite holds as they are. Any other is held as its message."""

_WHOLE = {"int32_val", "int64_val"}
FLOATING = ("float_val", "double_val")
_KINDS = {
    "int32_val": "whole number",
    "int64_val": "whole number",
    "string_val": "text",
    "float_val": "float",
    "double_val": "float",
}
_MADE: Any = Value
_ENCODED = "~"
"""Begins the name of every column that is not called as its key or feature."""


@dataclass(frozen=True)
class OnlineTable:
    """The table of one feature view.

    A missing value is a null, and so is a NaN.

    Attributes:
        name: the project's and the view's.
        keys: join key -> the field of Feast's `Value` that holds it; none where the view's
            entities are not registered, and then there is no table.
        features: feature -> the same.
    """

    name: str
    keys: dict[str, str]
    features: dict[str, str]

    @classmethod
    def of(cls, project: str, view: Any, versioned: bool = False) -> OnlineTable:
        """A view's table.

        Args:
            project: Feast's project.
            view: a feature view as the registry holds it, its key columns inferred.
            versioned: whether each version of a view has a table of its own.
        """
        return cls(
            compute_table_id(project, view, versioned),
            {column.name: _field(column) for column in view.entity_columns},
            {feature.name: _field(feature) for feature in view.features},
        )

    @cached_property
    def key_columns(self) -> dict[str, str]:
        """Join key -> its column."""
        return {name: self._column("key", name) for name in self.keys}

    @cached_property
    def feature_columns(self) -> dict[str, str]:
        """Feature -> its column: its name, where no other column has that in any case."""
        return {name: self._column("feature", name) for name in self.features}

    @property
    def columns(self) -> list[str]:
        """Keys, the moment, features."""
        return [*self.key_columns.values(), MOMENT, *self.feature_columns.values()]

    @property
    def fields(self) -> list[str]:
        """What holds each of the columns in Feast's `Value`."""
        return [*self.keys.values(), "int64_val", *self.features.values()]

    @property
    def create(self) -> str:
        """CREATE TABLE; of a view with keys."""
        keys = [
            f"{identifier(name)} {type_} NOT NULL" for name, type_, place in self.described if place
        ]
        facts = [
            f"{identifier(name)} {type_}" for name, type_, place in self.described if not place
        ]
        primary = ", ".join(map(identifier, self.key_columns.values()))
        columns = ", ".join([*keys, *facts])
        return f"CREATE TABLE {self} ({columns}, PRIMARY KEY ({primary})) WITHOUT ROWID"

    @property
    def described(self) -> list[tuple[str, str, int]]:
        """Name, type and place in the primary key of each column, as SQLite describes them."""
        wide = len(self.keys)
        return [
            (name, _type(field), i if i <= wide else 0)
            for i, (name, field) in enumerate(zip(self.columns, self.fields, strict=True), 1)
        ]

    @property
    def replace(self) -> str:
        """INSERT OR REPLACE of one row, in the order of `columns`."""
        names = ", ".join(map(identifier, self.columns))
        marks = ", ".join("?" * len(self.columns))
        return f"INSERT OR REPLACE INTO {self} ({names}) VALUES ({marks})"

    @property
    def delete(self) -> str:
        """DELETE of one key."""
        return f"DELETE FROM {self} WHERE {self._one_key}"

    def upsert(self, features: Sequence[str]) -> str:
        """INSERT of one row's keys, moment and these features; the others stay as they are."""
        given = [MOMENT, *(self.feature_columns[name] for name in features)]
        names = ", ".join(map(identifier, [*self.key_columns.values(), *given]))
        marks = ", ".join("?" * (len(self.keys) + len(given)))
        updates = ", ".join(f"{identifier(name)} = excluded.{identifier(name)}" for name in given)
        primary = ", ".join(map(identifier, self.key_columns.values()))
        return (
            f"INSERT INTO {self} ({names}) VALUES ({marks}) ON CONFLICT ({primary}) DO UPDATE "
            f"SET {updates}"
        )

    def select(self, features: Sequence[str]) -> str:
        """SELECT of one key's moment and features."""
        columns = [MOMENT, *(self.feature_columns[name] for name in features)]
        names = ", ".join(map(identifier, columns))
        return f"SELECT {names} FROM {self} WHERE {self._one_key}"

    def key(self, entity: EntityKey) -> tuple[Any, ...] | None:
        """An entity key as the table holds it; None where a part of it is missing.

        Raises:
            InputError: it is a key of another view, or a part of it is of another kind.
        """
        parts = dict(zip(entity.join_keys, entity.entity_values, strict=True))
        if parts.keys() != self.keys.keys():
            raise InputError(
                f"table {self.name!r} has the key {', '.join(self.keys)} "
                f"and was given {', '.join(parts)}"
            )
        values = tuple(self.part(parts[name], name) for name in self.keys)
        return None if None in values else values

    def part(self, value: Value, name: str) -> Any:
        """One part of a key as the table holds it; None where it is missing.

        Raises:
            InputError: it is of another kind, which SQLite would convert: a float into a whole
                number that may be another one's, the text `02` into 2.
        """
        field, given = self.keys[name], value.WhichOneof("val")
        if given and _KINDS.get(given, given) != _KINDS.get(field, field):
            raise InputError(
                f"key {name!r} is a {_KINDS.get(field, field)} and was given as a "
                f"{_KINDS.get(given, given)}"
            )
        if given is None:
            return None
        return getattr(value, given) if field in NATIVE else value.SerializeToString()

    def is_native(self, features: Iterable[str]) -> bool:
        """Whether SQLite holds these features as they are."""
        return all(self.features.get(name) in NATIVE for name in features)

    def proto_key(self, key: Sequence[Any]) -> list[Value]:
        """A key's parts as Feast's values."""
        return [value_of(part, field) for part, field in zip(key, self.keys.values(), strict=True)]

    def held(self, values: Mapping[str, Value], features: Iterable[str]) -> list[Any]:
        """Feast's values as the table holds them."""
        return [_held(values[name], self.features[name]) for name in features]

    def reader(self, features: Sequence[str]) -> Callable[[Sequence[Any]], dict[str, Value]]:
        """What makes Feast's values of a row's features."""
        fields = [(name, self.features[name]) for name in features]
        missing = Value()

        def read(row: Sequence[Any]) -> dict[str, Value]:
            return {
                name: missing if held is None else value_of(held, field)
                for (name, field), held in zip(fields, row, strict=True)
            }

        return read

    def __str__(self) -> str:
        """The quoted name."""
        return identifier(self.name)

    @property
    def _one_key(self) -> str:
        return " AND ".join(f"{identifier(name)} = ?" for name in self.key_columns.values())

    def _column(self, role: str, name: str) -> str:
        """SQLite's columns are the same in any case, and none may be called two things."""
        alone = self._taken[name.casefold()] == 1
        if name and alone and "\0" not in name and not name.startswith(_ENCODED):
            return name
        return f"{_ENCODED}{role}~{name.encode().hex()}"

    @cached_property
    def _taken(self) -> Counter[str]:
        return Counter(name.casefold() for name in (MOMENT, *self.keys, *self.features))


def value_of(held: Any, field: str) -> Value:
    """Feast's value of something that is not null."""
    if field not in NATIVE or is_message(held, field):
        value: Value = Value.FromString(held)
    else:
        value = _MADE(**{field: bool(held) if field == "bool_val" else held})
    return value


def is_message(held: Any, field: str) -> bool:
    """Whether a native column holds a whole message: somebody wrote it of another kind."""
    return isinstance(held, bytes) and NATIVE[field] != "BLOB"


def _field(column: Any) -> str:
    return VALUE_TYPE_TO_PROTO_VALUE_MAP[column.dtype.to_value_type()]


def _type(field: str) -> str:
    return NATIVE.get(field, "BLOB")


def _held(value: Value, field: str) -> Any:
    given = value.WhichOneof("val")
    if given is None:
        return None
    if given == field or {given, field} <= _WHOLE or (field == "bytes_val" and given in NATIVE):
        return getattr(value, given) if field in NATIVE else value.SerializeToString()
    return value.SerializeToString()
