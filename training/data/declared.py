"""What the registry declares of a feature service: order, families, what a missing value means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from velo.errors import HomeError


@dataclass(frozen=True)
class Declared:
    """A feature service as the registry holds it.

    Attributes:
        service: its name.
        features: names in the service's order.
        families: on-demand view -> its features.
        missing_when: feature -> pandas expression, true where the feature has no value by nature.
        cold_when: feature -> pandas expression, true where nothing is known of the entity yet.
        texts: features that are declared as text: categories, not numbers.
    """

    service: str
    features: tuple[str, ...]
    families: dict[str, tuple[str, ...]]
    missing_when: dict[str, str]
    cold_when: dict[str, str]
    texts: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The features that are no text, in the service's order."""
        return tuple(name for name in self.features if name not in self.texts)


def declared(store: Any, service: str) -> Declared:
    """Read a service from a `feast.FeatureStore`.

    Raises:
        HomeError: the registry does not hold it.
    """
    from feast.errors import FeastObjectNotFoundException
    from feast.types import String

    try:
        projections = store.get_feature_service(service).feature_view_projections
        views = [store.get_on_demand_feature_view(each.name) for each in projections]
    except (FeastObjectNotFoundException, FileNotFoundError):
        raise HomeError(_unknown(store, service)) from None
    families = {
        view.name: tuple(feature.name for feature in each.features)
        for view, each in zip(views, projections, strict=True)
    }
    expressions_by_kind: dict[str, dict[str, str]] = {"missing_when": {}, "cold_when": {}}
    for view in views:
        for feature in families[view.name]:
            for kind, expressions in expressions_by_kind.items():
                expression = view.tags.get(f"{kind}:{feature}", view.tags.get(kind))
                if expression:
                    expressions[feature] = expression
    return Declared(
        service,
        tuple(feature for family in families.values() for feature in family),
        families,
        expressions_by_kind["missing_when"],
        expressions_by_kind["cold_when"],
        tuple(
            feature.name
            for each in projections
            for feature in each.features
            if feature.dtype == String
        ),
    )


def _unknown(store: Any, service: str) -> str:
    try:
        known = sorted(each.name for each in store.list_feature_services())
    except FileNotFoundError:
        known = []
    there = f"; there are {', '.join(known)}: name one of them, or" if known else ":"
    return (
        f"the registry has no feature service {service!r}{there} run `feast -c feature_repo apply`"
    )
