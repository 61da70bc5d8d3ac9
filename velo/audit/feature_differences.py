"""Two tellings of the declared features held against each other, family by family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from velo.arrays import Floats
from velo.audit.differences import SHOWN, Compared, Difference


def compare_features(
    expected: pd.DataFrame,
    actual: pd.DataFrame,
    runners: pd.DataFrame,
    families: Mapping[str, tuple[str, ...]],
    proof: str,
    world: str,
    tolerance: float,
) -> list[Compared]:
    """Compare feature by feature; a null equals a null only.

    Args:
        expected, actual: one row a runner, one column a feature; both have the runners' index.
        runners: `race_id`, `date`, `course`, `horse` of each row.
        families: on-demand view -> its features; those that `expected` lacks are left out, and
            so is a family without any.
        proof, world: what the differences are called.
        tolerance: of numbers, taken as a share of numbers above 1.
    """
    compared = []
    for family, features in families.items():
        names = [name for name in features if name in expected.columns]
        if not names:
            continue
        pairs = [_figures(expected[name], actual[name]) for name in names]
        should, does = (np.column_stack(side) for side in zip(*pairs, strict=True))
        nulls = np.isnan(should) != np.isnan(does)
        with np.errstate(invalid="ignore"):
            apart = np.abs(should - does) > tolerance * np.maximum(1.0, np.abs(should))
        differs = nulls | apart
        differences = []
        for row, column in np.argwhere(differs)[:SHOWN]:
            runner = runners.iloc[row]
            differences.append(
                Difference(
                    family,
                    proof,
                    world,
                    int(runner["race_id"]),
                    str(runner["date"].date()),
                    runner["course"],
                    runner["horse"],
                    names[column],
                    _plain(expected[names[column]].iloc[row]),
                    _plain(actual[names[column]].iloc[row]),
                )
            )
        compared.append(
            Compared(family, proof, len(runners), int(differs.any(axis=1).sum()), differences)
        )
    return compared


def _figures(expected: pd.Series, actual: pd.Series) -> tuple[Floats, Floats]:
    """Both columns as numbers, NaN missing; the same text has the same number in both."""
    if pd.api.types.is_numeric_dtype(expected) and pd.api.types.is_numeric_dtype(actual):
        return expected.to_numpy(np.float64), actual.to_numpy(np.float64)
    codes, _ = pd.factorize(pd.concat([expected.astype(object), actual.astype(object)]))
    both = np.where(codes < 0, np.nan, codes)
    return both[: len(expected)], both[len(expected) :]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value if isinstance(value, str) else float(value)
