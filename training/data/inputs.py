"""What a model sees of its features: a declared step, the same in training and live.

A feature goes in as it is. On the settings' word each number also goes in beside its field
(`<feature>.difference`, `<feature>.rank`), and a feature that is declared as text goes in as the
code of its category. The step is part of the stored model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.data import field_relative
from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import ModelError
from velo.settings import FieldRelative

RAREST = 100
"""A category of fewer rows is no category: nothing could be learnt of it."""
MOST = 200
"""Categories of one feature, the commonest."""


@dataclass(frozen=True)
class Inputs:
    """The step from a service's features to the columns of the scorer's matrix.

    Attributes:
        features: names in the service's order.
        field_relative: what is added of each number: `difference` to the race's mean, `rank`
            within the race, `both` or `none`.
        categories: feature of text -> its categories; the code of one is its place here.
    """

    features: tuple[str, ...]
    field_relative: FieldRelative = "none"
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def learnt(
        cls,
        frame: pd.DataFrame,
        features: tuple[str, ...],
        texts: Iterable[str],
        field_relative: FieldRelative,
    ) -> Inputs:
        """Read the categories off training rows; labels are not looked at.

        Args:
            frame: rows of training days with the features.
            features: the service's.
            texts: those of them that are declared as text.
            field_relative: the settings' choice.
        """
        levels = {}
        for name in texts:
            counts = frame[name].value_counts()
            common = counts[counts >= RAREST].sort_index().nlargest(MOST, keep="first")
            levels[name] = tuple(sorted(map(str, common.index)))
        return cls(features, field_relative, levels)

    def only(self, features: Sequence[str]) -> Inputs:
        """The step of some of the features, in their order here."""
        kept = tuple(name for name in self.features if name in set(features))
        levels = {name: each for name, each in self.categories.items() if name in kept}
        return Inputs(kept, self.field_relative, levels)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The features that are no categories."""
        return tuple(name for name in self.features if name not in self.categories)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the matrix's columns: the features, then what is added of each number."""
        return self.features + tuple(
            f"{name}.{kind}" for kind in self._kinds for name in self.numbers
        )

    @property
    def levels(self) -> tuple[int, ...]:
        """Of each column, its number of categories; 0 for a number."""
        return tuple(len(self.categories.get(name, ())) for name in self.columns)

    @property
    def categorical(self) -> tuple[int, ...]:
        """Places of the columns that hold codes."""
        return tuple(k for k, name in enumerate(self.columns) if name in self.categories)

    @property
    def origin(self) -> tuple[str, ...]:
        """Of each column, the feature that it is made of."""
        return self.features + self.numbers * len(self._kinds)

    def matrix(self, frame: pd.DataFrame, races: Races) -> npt.NDArray[np.float32]:
        """The scorer's matrix, float32[rows, columns], NaN missing; an unknown category is.

        Args:
            frame: one row a runner with the features, whole races, a race's rows together.
            races: of those rows.
        """
        numbers = self.numbers
        made = np.empty((len(frame), len(self.columns)), dtype=np.float32)
        for place, name in enumerate(self.features):
            if name in self.categories:
                made[:, place] = _codes(frame[name], self.categories[name])
            else:
                made[:, place] = frame[name].to_numpy(dtype=np.float32)
        if not self._kinds:
            return made
        plain = made[:, [self.features.index(name) for name in numbers]]
        for k, kind in enumerate(self._kinds):
            beside = field_relative.difference if kind == "difference" else field_relative.rank
            first = len(self.features) + k * len(numbers)
            made[:, first : first + len(numbers)] = beside(plain, races)
        return made

    def by_feature(self, of_columns: Floats) -> Floats:
        """The columns' figures summed by the feature that they are made of, [rows, features]."""
        sums = np.zeros((len(of_columns), len(self.features)))
        for column, name in enumerate(self.origin):
            sums[:, self.features.index(name)] += of_columns[:, column]
        return sums

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "features": list(self.features),
            "field_relative": self.field_relative,
            "categories": {name: list(known) for name, known in self.categories.items()},
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Inputs:
        """Read what `to_dict` wrote.

        Raises:
            ModelError: it names a step that is not known, or categories of no feature.
        """
        inputs = cls(
            tuple(plain["features"]),
            plain["field_relative"],
            {name: tuple(known) for name, known in plain["categories"].items()},
        )
        if inputs.field_relative not in get_args(FieldRelative):
            raise ModelError(
                f"the model's inputs are {inputs.field_relative!r} to the field, which this "
                "version does not know; train again"
            )
        strangers = sorted(set(inputs.categories) - set(inputs.features))
        if strangers:
            raise ModelError(
                f"the model has categories of {strangers[0]!r}, no feature of its own; train again"
            )
        return inputs

    @property
    def _kinds(self) -> tuple[str, ...]:
        if self.field_relative == "both":
            return ("difference", "rank")
        return () if self.field_relative == "none" else (self.field_relative,)


def _codes(values: pd.Series, known: tuple[str, ...]) -> npt.NDArray[np.float32]:
    codes = pd.Categorical(values, categories=list(known)).codes.astype(np.float32)
    codes[codes < 0] = np.nan
    return codes
