"""What the registry declares of a feature service: order, families, what a missing value means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from velo.errors import HomeError
from velo.offline.description import Description, described
from velo.offline.discovery import Discovery, discoveries
from velo.offline.needs import FACTS, lacking, strange_need


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
        descriptions: feature -> what it is, in words.
        field_wide: features that are computed over whole races.
        ingredients: what the views hand on for those; no features.
        whole_numbers: the ingredients that name somebody, and would name another as floats.
        discovered: days on which the features were chosen by results.
    """

    service: str
    features: tuple[str, ...]
    families: dict[str, tuple[str, ...]]
    missing_when: dict[str, str]
    cold_when: dict[str, str]
    texts: tuple[str, ...] = ()
    descriptions: Mapping[str, Description] = field(default_factory=dict)
    field_wide: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    whole_numbers: tuple[str, ...] = ()
    discovered: tuple[Discovery, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The features that are no text, in the service's order."""
        return tuple(name for name in self.features if name not in self.texts)

    @property
    def needs(self) -> dict[str, str]:
        """Feature -> what it needs of the data; features that need nothing are not in it."""
        needs = {name: each.needs for name, each in self.descriptions.items()}
        return {name: need for name, need in needs.items() if need}

    def lacking(self, facts: Iterable[str]) -> dict[str, str]:
        """Feature -> what it needs and the data do not have; the others are not in it.

        Args:
            facts: that the data have (`velo.offline.needs`).
        """
        there = frozenset(facts)
        missing = {name: lacking(need, there) for name, need in self.needs.items()}
        return {name: need for name, need in missing.items() if need}

    def without(self, features: Iterable[str]) -> Declared:
        """The service as it is without some of its features; a family of none is gone."""
        gone = frozenset(features)
        parts = {
            view: tuple(name for name in names if name not in gone)
            for view, names in self.families.items()
        }
        return replace(
            self,
            features=tuple(name for name in self.features if name not in gone),
            families={view: names for view, names in parts.items() if names},
            missing_when={k: each for k, each in self.missing_when.items() if k not in gone},
            cold_when={k: each for k, each in self.cold_when.items() if k not in gone},
            texts=tuple(name for name in self.texts if name not in gone),
            descriptions={k: each for k, each in self.descriptions.items() if k not in gone},
            field_wide=tuple(name for name in self.field_wide if name not in gone),
        )

    def require_described(self) -> None:
        """See that the registry says of every feature what it is, and names its needs as they are.

        One that was applied before descriptions stood in the fields says nothing of when a value
        is missing either: every null would count as unexplained.

        Raises:
            HomeError: a feature has no description or no unit, or needs what is no fact.
        """
        for family, features in self.families.items():
            for name in features:
                about = self.descriptions.get(name, Description("", ""))
                if about.lacking:
                    raise HomeError(
                        f"the registry does not say what {name} of {family} is: run "
                        f"`feast -c feature_repo apply`; its declaration needs {about.lacking}"
                    )
                strange = strange_need(about.needs or "")
                if strange is not None:
                    raise HomeError(
                        f"{name} of {family} needs {strange!r}, which is none of "
                        f"{', '.join(FACTS)}: mend its tag and run `feast -c feature_repo apply`"
                    )


def declared(store: Any, service: str) -> Declared:
    """Read a service from a `feast.FeatureStore`.

    Raises:
        HomeError: the registry does not hold it, or its tags cannot be read.
    """
    from feast.errors import FeastObjectNotFoundException
    from feast.types import Int64, String

    try:
        registered = store.get_feature_service(service)
        projections = registered.feature_view_projections
        # A service may name a view that is gone.
        views = {each.name: store.get_on_demand_feature_view(each.name) for each in projections}
    except (FeastObjectNotFoundException, FileNotFoundError):
        raise HomeError(_unknown(store, service)) from None
    parts = {each.name: described(each.features, views[each.name].tags) for each in projections}
    about = {name: each for part in parts.values() for name, each in part.items()}
    fields = [field for each in projections for field in each.features]
    own = {field.name for field in fields}
    return Declared(
        service,
        tuple(about),
        {view: tuple(part) for view, part in parts.items()},
        {name: each.missing_when for name, each in about.items() if each.missing_when},
        {name: each.cold_when for name, each in about.items() if each.cold_when},
        tuple(field.name for field in fields if field.dtype == String and field.name in about),
        about,
        tuple(name for name in about if name not in own),
        tuple(field.name for field in fields if field.name not in about),
        tuple(f.name for f in fields if f.name not in about and f.dtype == Int64),
        discoveries(service, registered.tags),
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
