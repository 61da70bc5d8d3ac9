"""Constraints on the trees where racing sense asks for them: LightGBM's parameters for them.

A better strike rate should not make a horse less likely, all else equal: a monotone constraint
holds that, on the feature and on its place in the field. Interaction groups say which features may
stand on one branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from training.data.inputs import Inputs
from velo import settings
from velo.errors import SettingsError


def parameters(inputs: Inputs, ranker: settings.Ranker) -> dict[str, Any]:
    """`monotone_constraints` and `interaction_constraints`, each only where it is set.

    A column made of a feature (difference, rank) is held as the feature is. Features in no group
    form one more, so that naming one pair does not silence the rest.

    Raises:
        SettingsError: a name is no feature of the model, or a category is to be monotone.
    """
    check(ranker, inputs.features, inputs.categories)
    params: dict[str, Any] = {}
    if ranker.monotone:
        params["monotone_constraints"] = [ranker.monotone.get(name, 0) for name in inputs.origin]
        # Basic bounds every leaf below a split by the split's middle, and loses likelihood by it.
        params["monotone_constraints_method"] = "intermediate"
    if ranker.interactions:
        named = {name for group in ranker.interactions for name in group}
        rest = tuple(name for name in inputs.features if name not in named)
        groups = [*ranker.interactions, *([rest] if rest else [])]
        params["interaction_constraints"] = [
            [place for place, name in enumerate(inputs.origin) if name in group] for group in groups
        ]
    return params


def among(ranker: settings.Ranker, features: Sequence[str]) -> settings.Ranker:
    """The ranker's settings with constraints on these features alone.

    A feature of the service that a model does without has nothing to hold.
    """
    groups = (tuple(name for name in each if name in features) for each in ranker.interactions)
    return ranker.model_copy(
        update={
            "monotone": {k: each for k, each in ranker.monotone.items() if k in features},
            "interactions": tuple(each for each in groups if each),
        }
    )


def check(ranker: settings.Ranker, features: Sequence[str], texts: Iterable[str]) -> None:
    """Refuse constraints that a model of these features, of which some are text, cannot hold.

    Raises:
        SettingsError: a name is no feature of the model, or a category is to be monotone.
    """
    grouped = [name for group in ranker.interactions for name in group]
    for setting, names in (("monotone", ranker.monotone), ("interactions", grouped)):
        strangers = sorted(set(names) - set(features))
        if strangers:
            raise SettingsError(
                f"ranker.{setting}: the model has no feature {strangers[0]!r}; it has "
                f"{', '.join(features)}"
            )
    unordered = sorted(set(ranker.monotone) & set(texts))
    if unordered:
        raise SettingsError(
            f"ranker.monotone: {unordered[0]!r} is a category and has no order; take it out"
        )
