"""What is asked of the online store: entity rows made of a race's entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from velo.errors import InputError
from velo.store.joined_services import projections_of

WHOLE = ("INT32", "INT64")
NOBODY: dict[str, Any] = {"INT32": -1, "INT64": -1, "STRING": "", "BYTES": b""}
"""A key that nobody has, by its type. Numbers made of names are positive (velo/racing/names.py)."""


@dataclass(frozen=True)
class ServiceColumns:
    """What a feature service needs to be asked for.

    Attributes:
        keys: join key -> the name of its type.
        requested: request column -> the name of its type.
    """

    keys: dict[str, str]
    requested: dict[str, str]

    @classmethod
    def by(cls, store: Any, service: str) -> ServiceColumns:
        """Read the keys and request columns of a service, or of several, off a `FeatureStore`."""
        keys: dict[str, str] = {}
        requested: dict[str, str] = {}
        for projection in projections_of(store, service):
            view = store.registry.get_any_feature_view(projection.name, store.project)
            sources = getattr(
                view, "source_feature_view_projections", {projection.name: projection}
            )
            for source in sources.values():
                for column in store.get_feature_view(source.name).entity_columns:
                    key = source.join_key_map.get(column.name, column.name)
                    keys[key] = column.dtype.to_value_type().name
            for request in getattr(view, "source_request_sources", {}).values():
                for field in request.schema:
                    requested[field.name] = field.dtype.to_value_type().name
        return cls(keys, requested)

    def entity_rows(
        self, entries: pa.Table, constants: Mapping[str, Any] | None = None
    ) -> dict[str, list[Any]]:
        """Columns for `FeatureStore.get_online_features(entity_rows=...)`.

        Feast fails on a key that is missing, as an unnamed jockey's is or a stall's where there
        are none. It is asked for as a key that nobody has, and nothing is known of that.

        Args:
            entries: one row a runner: every key and request column that is no constant. In Arrow,
                because pandas turns a number with a missing neighbour into a float, which names
                somebody else.
            constants: request column -> its value in every row, such as the priors.

        Raises:
            InputError: a column is missing, or a key of whole numbers is a column of floats.
        """
        given = dict(constants or {})
        columns: dict[str, list[Any]] = {}
        for name, kind in {**self.keys, **self.requested}.items():
            if name in given:
                columns[name] = [given[name]] * len(entries)
                continue
            if name not in entries.column_names:
                raise InputError(f"the entries have no column {name!r}, which the features need")
            column = entries[name]
            if name in self.keys:
                if kind in WHOLE and pa.types.is_floating(column.type):
                    raise InputError(f"the entries' {name!r} is a float: give whole numbers")
                nobody = NOBODY[kind]
                columns[name] = [nobody if key is None else key for key in column.to_pylist()]
            elif kind in ("DOUBLE", "FLOAT"):
                columns[name] = column.cast(pa.float64()).to_pylist()
            else:
                columns[name] = column.to_pylist()
        return columns
