"""On-demand features with a description and tags, which Feast 0.67 neither applies nor reads back.

At `feast apply` it runs a view over a sample and looks for each declared field among those that it
inferred. It compares whole fields, and an inferred one has neither description nor tags; what can
be inferred is the name and the type, and these are compared here. When it reads a view back from
the registry it drops both; here they stay.
"""

from __future__ import annotations

from typing import Any

from feast import Field
from feast.on_demand_feature_view import OnDemandFeatureView

_as_feast_does = OnDemandFeatureView._feature_exists_in_inferred


def _is_inferred(view: OnDemandFeatureView, declared: Field, inferred: list[Field]) -> bool:
    return _as_feast_does(view, Field(name=declared.name, dtype=declared.dtype), inferred)


def _read_back(proto: Any) -> list[Field]:
    return [Field.from_proto(feature) for feature in proto.spec.features]


def allow_described_features() -> None:
    """Have this process apply on-demand features that say what they are, and read them back."""
    views: Any = OnDemandFeatureView
    views._feature_exists_in_inferred = _is_inferred
    views._parse_features_from_proto = staticmethod(_read_back)
