"""On-demand features of a few runners, without the detours that Feast makes for many.

Feast hands each pandas view a table of its own, with every column twice, and takes its answer back
through Arrow: for a race of twelve that costs more than the features. Here each value is read once,
and each view is given a frame of the columns that it declares.
"""

from __future__ import annotations

from collections.abc import Sequence
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

NUMBERS = {"double_val", "float_val", "int32_val", "int64_val", "bool_val", None}
NEVER = np.iinfo(np.int64).min
"""A missing moment, as numpy holds it."""
MISSING = Value()
_MADE: Any = Value


def is_plain(view: OnDemandFeatureView) -> bool:
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


def augment(
    response: GetOnlineFeaturesResponse,
    wanted: Sequence[str],
    views: Sequence[OnDemandFeatureView],
) -> None:
    """Add the on-demand features that are wanted to a response that holds what they need.

    A view sees the columns that it declares, as in a historical retrieval.

    Args:
        response: request data and the features of the views' sources.
        wanted: references `view:feature`.
        views: all of them plain.
    """
    names = [utils._parse_feature_ref(reference) for reference in wanted]
    columns = dict(zip(response.metadata.feature_names.val, response.results, strict=True))
    rows = len(response.results[0].values)
    stamps, present = [Timestamp()] * rows, [FieldStatus.PRESENT] * rows
    held: dict[str, Any] = {}
    for view in views:
        declared = declared_inputs(view) & columns.keys()
        for name in declared - held.keys():
            held[name] = plain_values(columns[name].values)
        frame = pd.DataFrame({name: held[name] for name in columns if name in declared}, copy=False)
        assert view.feature_transformation is not None
        made = view.feature_transformation.transform(frame)
        dtypes = {field.name: field.dtype.to_value_type() for field in view.schema}
        asked = {feature for name, _, feature in names if name == view.name}
        for name in made.columns:
            if name in asked:
                response.metadata.feature_names.val.append(name)
                response.results.append(
                    GetOnlineFeaturesResponse.FeatureVector(
                        values=proto_values(made[name].to_numpy(), dtypes[name]),
                        statuses=present,
                        event_timestamps=stamps,
                    )
                )


def plain_values(values: Sequence[Value]) -> npt.NDArray[Any]:
    """A column of Feast's values as pandas would hold it after a historical retrieval."""
    fields = [value.WhichOneof("val") for value in values]
    kinds = set(fields)
    if kinds <= {"unix_timestamp_val", None} and kinds != {None}:
        seconds = [getattr(v, f) if f else NEVER for v, f in zip(values, fields, strict=True)]
        return np.array(seconds, dtype="datetime64[s]").astype("datetime64[us]")
    held = [getattr(v, f) if f else None for v, f in zip(values, fields, strict=True)]
    if kinds <= {"double_val", "float_val", None} or (None in kinds and kinds <= NUMBERS):
        return np.array(held, dtype=np.float64)
    if kinds <= NUMBERS:
        return np.array(held)
    column = np.empty(len(held), dtype=object)
    column[:] = held
    return column


def proto_values(column: npt.NDArray[Any], kind: ValueType) -> list[Value]:
    """A computed column as Feast's values; NaN is a missing one."""
    if kind == ValueType.DOUBLE and column.dtype == np.float64:
        return [_MADE(double_val=x) if x == x else MISSING for x in column.tolist()]
    made: list[Value] = python_values_to_proto_values(column.tolist(), kind)
    return made
