"""What the registry declares of a feature service: order, families, what a missing value means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from velo.errors import HomeError, SettingsError
from velo.offline.description import Description, described
from velo.offline.discovery import Discovery, discoveries
from velo.offline.needs import FACTS, lacking, strange_need
from velo.racing.price_path import COLUMNS
from velo.store.joined_services import names_of, projections_of


@dataclass(frozen=True)
class Declared:
    """A feature service as the registry holds it, or several that are trained on together.

    Attributes:
        service: its name, or theirs joined by `+`.
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
        todays_prices: whether features read how the price of today's race came about.
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
    todays_prices: bool = False

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
    """Read a service, or several joined by `+`, from a `feast.FeatureStore`.

    Raises:
        HomeError: the registry does not hold one, or its tags cannot be read.
        SettingsError: two of them have a feature of one name.
    """
    from feast.errors import FeastObjectNotFoundException
    from feast.types import Int64, String

    try:
        registered = [store.get_feature_service(name) for name in names_of(service)]
        projections = projections_of(store, service)
        # A service may name a view that is gone.
        views = {each.name: store.get_on_demand_feature_view(each.name) for each in projections}
    except (FeastObjectNotFoundException, FileNotFoundError):
        raise HomeError(_unknown(store, service)) from None
    parts = [described(each.features, views[each.name].tags) for each in projections]
    families: dict[str, tuple[str, ...]] = {}
    for each, part in zip(projections, parts, strict=True):
        families[each.name] = (*families.get(each.name, ()), *part)
    about = {name: each for part in parts for name, each in part.items()}
    if len(names_of(service)) > 1 and len(about) < sum(map(len, parts)):
        raise SettingsError(_in_two(store, service))
    fields = [field for each in projections for field in each.features]
    own = {field.name for field in fields}
    return Declared(
        service,
        tuple(about),
        families,
        {name: each.missing_when for name, each in about.items() if each.missing_when},
        {name: each.cold_when for name, each in about.items() if each.cold_when},
        tuple(field.name for field in fields if field.dtype == String and field.name in about),
        about,
        tuple(name for name in about if name not in own),
        tuple(field.name for field in fields if field.name not in about),
        tuple(f.name for f in fields if f.name not in about and f.dtype == Int64),
        tuple(days for each in registered for days in discoveries(each.name, each.tags)),
        any(map(_reads_prices, views.values())),
    )


def _reads_prices(view: Any) -> bool:
    return not set(COLUMNS).isdisjoint(view.get_request_data_schema())


def _in_two(store: Any, service: str) -> str:
    """Which feature two services have, or one of them twice."""
    services: dict[str, str] = {}
    for name in names_of(service):
        for feature in declared(store, name).features:
            if feature in services:
                return (
                    f"training.service: {services[feature]} and {name} both have {feature}: train "
                    "on services that share no feature"
                )
            services[feature] = name
    return f"training.service: {service} has a feature twice"


def _unknown(store: Any, service: str) -> str:
    try:
        known = sorted(each.name for each in store.list_feature_services())
    except FileNotFoundError:
        known = []
    service = next((name for name in names_of(service) if name not in known), service)
    there = f"; there are {', '.join(known)}: name one of them, or" if known else ":"
    return (
        f"the registry has no feature service {service!r}{there} run `feast -c feature_repo apply`"
    )
