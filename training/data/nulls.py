"""Counting what is missing, and why: by nature, for want of a past, or without a reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.data.service_features import Declared


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


def count_nulls(frame: pd.DataFrame, declared: Declared) -> dict[str, NullCount]:
    """Count each feature's missing values.

    Args:
        frame: features and the views' own columns that the declared expressions read.
        declared: the service.

    Returns:
        Feature -> counts, in the service's order.
    """
    flags: dict[str, np.ndarray[Any, np.dtype[np.bool_]]] = {}

    def holds(expression: str | None) -> np.ndarray[Any, np.dtype[np.bool_]]:
        if expression is None:
            return np.zeros(len(frame), dtype=np.bool_)
        if expression not in flags:
            flags[expression] = np.asarray(frame.eval(expression), dtype=np.bool_)
        return flags[expression]

    counts = {}
    for feature in declared.features:
        values = frame[feature]
        null = values.isna().to_numpy(dtype=np.bool_)
        explained = null & holds(declared.missing_when.get(feature))
        cold = ~null & holds(declared.cold_when.get(feature))
        known = values[~null]
        counts[feature] = NullCount(
            rows=len(frame),
            unexplained=int((null & ~explained).sum()),
            structural=int(explained.sum()),
            cold_start=int(cold.sum()),
            constant=bool(len(known) and (known == known.iloc[0]).all()),
        )
    return counts
