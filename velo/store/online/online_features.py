"""On-demand features of a few runners, without the detours that Feast makes for many.

Feast makes messages of every column that the views read, hands each pandas view a table of its own
with every column twice, takes its answer back through Arrow, and drops what was not asked for: for
a race of twelve that costs more than the features. Here the columns go from SQLite to the views as
they are, and only what is asked for becomes a message.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from feast import utils
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.protos.feast.serving.ServingService_pb2 import FieldStatus, GetOnlineFeaturesResponse
from feast.protos.feast.types.Value_pb2 import Value
from feast.type_map import python_values_to_proto_values
from feast.value_type import ValueType
from google.protobuf.timestamp_pb2 import Timestamp

from velo.store.on_demand import declared_inputs
from velo.store.online.online_table import NATIVE, OnlineTable, is_message

NEVER = np.iinfo(np.int64).min
"""A missing moment, as numpy holds it."""
MISSING = Value()
_MADE: Any = Value

Column = npt.NDArray[Any]


def all_computed(wanted: Iterable[str], views: Sequence[OnDemandFeatureView]) -> bool:
    """Whether everything that is wanted (`view:feature`) comes of plain on-demand views."""
    names = {view.name for view in views}
    return all(map(_is_plain, views)) and all(
        utils._parse_feature_ref(reference)[0] in names for reference in wanted
    )


def _is_plain(view: OnDemandFeatureView) -> bool:
    """Whether a view is a pandas function of columns under their short names, and no more."""
    transformation = view.feature_transformation
    sources = view.source_feature_view_projections.values()
    return (
        view.mode == "pandas"
        and transformation is not None
        and not view.aggregations
        and not view.write_to_online_store
        and not view.projection.name_alias
        and not any(f"{source.name}__" in (transformation.udf_string or "") for source in sources)
    )


def read_columns(
    con: sqlite3.Connection, table: OnlineTable, features: Sequence[str], keys: Mapping[str, Any]
) -> dict[str, Column]:
    """A view's features for the rows of a request, as they are.

    Args:
        con: of the online store.
        table: the view's.
        features: which.
        keys: the view's join key -> Feast's values, one a row.
    """
    select = table.select(features)
    parts = [[table.part(value, key) for value in keys[key]] for key in table.keys]
    rows = list(zip(*parts, strict=True))
    unknown = (None,) * (1 + len(features))
    row_of = {
        key: (con.execute(select, key).fetchone() or unknown) if None not in key else unknown
        for key in set(rows)
    }
    columns = zip(*(row_of[key] for key in rows), strict=True)
    next(columns)
    return {
        name: as_column([_plain(each, table.features[name]) for each in held], table.features[name])
        for name, held in zip(features, columns, strict=True)
    }


def _plain(held: Any, field: str) -> Any:
    """What a value is that somebody wrote of another kind than is declared."""
    if not is_message(held, field):
        return held
    value = Value.FromString(held)
    return getattr(value, str(value.WhichOneof("val")))


def request_columns(response: GetOnlineFeaturesResponse) -> dict[str, Column]:
    """The keys and request data that a response begins with."""
    columns = {}
    for name, vector in zip(response.metadata.feature_names.val, response.results, strict=True):
        values = list(vector.values)
        fields = [value.WhichOneof("val") for value in values]
        held = [getattr(v, f) if f else None for v, f in zip(values, fields, strict=True)]
        columns[name] = as_column(held, next(filter(None, fields), None))
    return columns


def as_column(held: Sequence[Any], field: str | None) -> Column:
    """Values of one of Feast's types as a historical retrieval holds them in pandas."""
    if field == "unix_timestamp_val":
        seconds = [NEVER if each is None else each for each in held]
        return np.array(seconds, dtype="datetime64[s]").astype("datetime64[us]")
    if NATIVE.get(field or "") == "REAL":
        return np.array(held, dtype=np.float64)
    if NATIVE.get(field or "") == "INTEGER":
        return np.array(held, dtype=np.float64 if None in held else np.int64)
    column = np.empty(len(held), dtype=object)
    column[:] = held
    return column


def compute(
    columns: Mapping[str, Column],
    wanted: Iterable[str],
    views: Sequence[OnDemandFeatureView],
    response: GetOnlineFeaturesResponse,
) -> None:
    """Add the on-demand features that are wanted to a response.

    A view sees the columns that it declares, as in a historical retrieval.

    Args:
        columns: request data and the features of the views' sources.
        wanted: references `view:feature`.
        views: all of them plain.
        response: is added to.
    """
    asked = {utils._parse_feature_ref(reference)[::2] for reference in wanted}
    rows = len(response.results[0].values)
    stamps, present = [Timestamp()] * rows, [FieldStatus.PRESENT] * rows
    for view in views:
        declared = declared_inputs(view)
        frame = pd.DataFrame(
            {name: column for name, column in columns.items() if name in declared}, copy=False
        )
        assert view.feature_transformation is not None
        made = view.feature_transformation.transform(frame)
        for field in view.schema:
            if (view.name, field.name) in asked:
                kind = field.dtype.to_value_type()
                response.metadata.feature_names.val.append(field.name)
                response.results.append(
                    GetOnlineFeaturesResponse.FeatureVector(
                        values=proto_values(made[field.name].to_numpy(), kind),
                        statuses=present,
                        event_timestamps=stamps,
                    )
                )


def proto_values(column: Column, kind: ValueType) -> list[Value]:
    """A computed column as Feast's values; NaN is a missing one."""
    if kind == ValueType.DOUBLE and column.dtype == np.float64:
        return [_MADE(double_val=x) if x == x else MISSING for x in column.tolist()]
    made: list[Value] = python_values_to_proto_values(column.tolist(), kind)
    return made
