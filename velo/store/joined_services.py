"""Feature services that a model is trained on together: their names with a `+` between them.

Feast retrieves one service, or features by their references. What is asked for as
`velo_v1_1_1+velo_market` are the features of both, in the order of the names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

AND = "+"


def together(names: Sequence[str]) -> str:
    """The one name of several services."""
    return AND.join(names)


def names_of(service: str) -> tuple[str, ...]:
    """The services that a name stands for, in its order."""
    return tuple(name.strip() for name in service.split(AND))


def projections_of(store: Any, service: str) -> list[Any]:
    """Feast's parts of views, those of all the services, in their order.

    Raises:
        FeastObjectNotFoundException: the registry holds no such service.
    """
    return [
        projection
        for name in names_of(service)
        for projection in store.get_feature_service(name).feature_view_projections
    ]


def features_of(store: Any, service: str) -> Any:
    """What Feast's retrievals take as `features`: the service, or the references of several.

    Raises:
        FeastObjectNotFoundException: the registry holds no such service.
    """
    if len(names_of(service)) == 1:
        return store.get_feature_service(service)
    return [
        f"{projection.name_to_use()}:{feature.name}"
        for projection in projections_of(store, service)
        for feature in projection.features
    ]
