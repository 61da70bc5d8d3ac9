"""On-demand features of a few runners, without the detours that Feast makes for many.

Feast hands each pandas view a table of its own, with every column twice, and takes its answer back
through Arrow: for a race of twelve that costs more than the features. Here the rows become one
frame, of which each view is given its own columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from feast import utils
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.online_response import OnlineResponse
from feast.protos.feast.serving.ServingService_pb2 import FieldStatus, GetOnlineFeaturesResponse
from feast.type_map import python_values_to_proto_values
from google.protobuf.timestamp_pb2 import Timestamp


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
    types: Mapping[str, Any],
) -> None:
    """Add the on-demand features that are wanted to a response that holds what they need.

    Args:
        response: request data and the features of the views' sources.
        wanted: references `view:feature`.
        views: all of them plain.
        types: of the features in the response.
    """
    names = [utils._parse_feature_ref(reference) for reference in wanted]
    frame = pa.Table.from_pydict(OnlineResponse(response, dict(types)).to_dict()).to_pandas()
    everybodys = {
        feature.name
        for view in views
        for source in view.source_feature_view_projections.values()
        for feature in source.features
    } | {name for _, _, name in names}
    common = [name for name in frame.columns if name not in everybodys]
    stamps = [Timestamp()] * len(frame)
    present = [FieldStatus.PRESENT] * len(frame)
    for view in views:
        own = {
            feature.name
            for source in view.source_feature_view_projections.values()
            for feature in source.features
        }
        given = frame[[*common, *(name for name in frame.columns if name in own)]]
        assert view.feature_transformation is not None
        made = view.feature_transformation.transform(given.copy(deep=False))
        dtypes = {field.name: field.dtype for field in view.schema}
        asked = {feature for name, _, feature in names if name == view.name}
        for name in made.columns:
            if name in asked:
                response.metadata.feature_names.val.append(name)
                values = python_values_to_proto_values(
                    made[name].to_numpy(), dtypes[name].to_value_type()
                )
                response.results.append(
                    GetOnlineFeaturesResponse.FeatureVector(
                        values=values, statuses=present, event_timestamps=stamps
                    )
                )
