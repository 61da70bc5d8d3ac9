"""A feature service as it was declared when a run was made: views, columns and formulas."""

from __future__ import annotations

from typing import Any

from velo.store.joined_services import names_of, projections_of

FORGOTTEN = ("meta", "body")
"""When the registry last saw a view, and Feast's pickled copy of a function: no declarations."""


def definition(store: Any, service: str) -> dict[str, Any]:
    """Plain JSON of a service, its on-demand views with their code, and the views they stand on.

    Of several services joined by `+`, a list of them is under `services`, and none under `service`.

    Args:
        store: a `feast.FeatureStore`.
        service: names that the registry holds.
    """
    declarations = [_plain(store.get_feature_service(name)) for name in names_of(service)]
    views = dict.fromkeys(each.name for each in projections_of(store, service))
    on_demand = [store.get_on_demand_feature_view(name) for name in views]
    below = {
        projection.name
        for view in on_demand
        for projection in view.source_feature_view_projections.values()
    }
    return {
        **({"service": declarations[0]} if len(declarations) == 1 else {"services": declarations}),
        "on_demand_views": [_plain(view) for view in on_demand],
        "views": [_plain(store.get_feature_view(name)) for name in sorted(below)],
    }


def _plain(declared: Any) -> Any:
    from google.protobuf.json_format import MessageToDict

    return _without(MessageToDict(declared.to_proto(), preserving_proto_field_name=True))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(item) for name, item in value.items() if name not in FORGOTTEN}
    if isinstance(value, list):
        return [_without(item) for item in value]
    return value
