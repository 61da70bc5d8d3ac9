"""Features that are not in the data that a model is trained on, for want of what they need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from training.data.service_features import Declared
from velo.errors import DataError
from velo.offline.needs import facts_of
from velo.offline.spine import Spine


def features_unmet(
    spine: Spine, service: Declared, first: date, end: date, earlier: Sequence[str] = ()
) -> dict[str, str]:
    """Features of a service that are not in the data of the days [first, end), with what they need.

    Args:
        spine: of the build.
        service: whose features.
        first, end: the days.
        earlier: kinds of price that stand at an hour before the decision.

    Raises:
        DataError: all of them are.
        NothingBuilt: the build is from before it had a table that is looked into.
    """
    unmet_needs = service.lacking(facts_of(spine, service.needs.values(), first, end, earlier))
    if len(unmet_needs) == len(service.features):
        needs = ", ".join(sorted(set(unmet_needs.values())))
        raise DataError(
            f"the days from {first} to {end} have none of what the features of {service.service} "
            f"need ({needs}): import them, or train on another service"
        )
    return unmet_needs
