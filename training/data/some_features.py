"""A data set with some of its features alone, for a model that is to have no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from training.data.dataset import Dataset


def with_features(data: Dataset, features: Sequence[str]) -> Dataset:
    """The same rows with some of the features, in the service's order.

    Args:
        data: it is not changed.
        features: of its own.
    """
    inputs = data.inputs.only(features)
    columns = [data.inputs.columns.index(name) for name in inputs.columns]
    return replace(
        data,
        matrix=data.matrix[:, columns],
        declared=data.declared.without(set(data.features) - set(features)),
        nulls={name: each for name, each in data.nulls.items() if name in inputs.features},
        inputs=inputs,
    )
