"""Counting what is missing, and why: by nature, for want of a past, or without a reason."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.data.service_features import Declared
from velo.arrays import Flags

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class NullCount:
    """One feature's missing values (feature-rules.md, Missing values).

    Attributes:
        rows: runners looked at.
        unexplained: null without a reason: what the gate counts.
        structural: null by nature, such as a debutant's layoff.
        cold_start: not null, but the prior was served because nothing was known.
        constant: one value throughout.
    """

    rows: int
    unexplained: int
    structural: int
    cold_start: int
    constant: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


class NullTally:
    """Missing values of rows that come a batch at a time.

    Args:
        declared: the service.
    """

    def __init__(self, declared: Declared) -> None:
        """Nothing is counted yet."""
        self._declared = declared
        self._rows = 0
        self._counts = {name: np.zeros(3, dtype=np.int64) for name in declared.features}
        self._values: dict[str, list[Any]] = {name: [] for name in declared.features}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names that a batch must have where it has such columns: features, and what they need."""
        expressions = (*self._declared.missing_when.values(), *self._declared.cold_when.values())
        words = {word for text in expressions for word in _WORD.findall(text)}
        return (*self._declared.features, *sorted(words - set(self._declared.features)))

    def add(self, frame: pd.DataFrame) -> None:
        """Count a batch.

        Args:
            frame: features and the views' own columns that the declared expressions read.
        """
        flags: dict[str, Flags] = {}

        def holds(expression: str | None) -> Flags:
            if expression is None:
                return np.zeros(len(frame), dtype=np.bool_)
            if expression not in flags:
                flags[expression] = np.asarray(frame.eval(expression), dtype=np.bool_)
            return flags[expression]

        self._rows += len(frame)
        for feature in self._declared.features:
            values = frame[feature]
            null = values.isna().to_numpy(dtype=np.bool_)
            explained = null & holds(self._declared.missing_when.get(feature))
            cold = ~null & holds(self._declared.cold_when.get(feature))
            self._counts[feature] += [(null & ~explained).sum(), explained.sum(), cold.sum()]
            self._remember(feature, values[~null])

    def _remember(self, feature: str, known: pd.Series) -> None:
        """Keep the feature's values as long as there is but one, and then no more than two."""
        values = self._values[feature]
        if len(values) < 2 and len(known):
            values += [known.iloc[0]] if not values else []
            values += list(known[known != values[0]].iloc[:1])

    def counts(self) -> dict[str, NullCount]:
        """Feature -> counts, in the service's order."""
        counted = {}
        for feature, counts in self._counts.items():
            unexplained, structural, cold = counts.tolist()
            constant = len(self._values[feature]) == 1
            counted[feature] = NullCount(self._rows, unexplained, structural, cold, constant)
        return counted
