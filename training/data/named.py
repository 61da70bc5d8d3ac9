"""What the settings name in Feast's registry: a service, and features of it."""

from __future__ import annotations

from typing import Any

from training.data import constraints
from training.data.service_features import Declared, declared
from velo.errors import SettingsError
from velo.settings import Gate, Ranker, Settings, Training


def named_service(store: Any, settings: Settings) -> Declared:
    """The service that models are trained on; the ranker's constraints name features of it.

    Args:
        store: the `feast.FeatureStore`.
        settings: service and constraints.

    Raises:
        HomeError: the registry does not hold the service, or does not say what its features are.
        SettingsError: a constraint names no feature of the service.
    """
    service = declared(store, settings.training.service)
    service.require_described()
    constraints.check(settings.ranker, service.features, service.texts)
    return service


def require_named(store: Any, settings: Settings) -> None:
    """See that the registry holds all that the settings name, before anything long begins.

    Raises:
        HomeError: it does not hold the service, or does not say what its features are.
        SettingsError: the ranker or the gate names no feature of the service.
    """
    service = named_service(store, settings)
    strangers = sorted(set(settings.gate.waived_dead) - set(service.features))
    if strangers:
        raise SettingsError(
            f"gate.waived_dead: {service.service} has no feature {strangers[0]!r}; it has "
            f"{', '.join(service.features)}"
        )


def names_any(settings: Settings) -> bool:
    """Whether the settings name a service or features of their own choice."""
    ranker, usual = settings.ranker, (Training().service, Ranker().monotone, Ranker().interactions)
    chosen = (settings.training.service, ranker.monotone, ranker.interactions)
    return chosen != usual or settings.gate.waived_dead != Gate().waived_dead
