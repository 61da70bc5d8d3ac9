"""A runner beside its field: difference to the race's mean, and rank within the race.

A race is won against those who run in it, so a strike rate of .12 means one thing in a maiden and
another in a handicap. Benter (1994), section "Variables", builds his factors relative to the field
for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.statistics.races import Races
from velo.arrays import Integers

Values = npt.NDArray[np.float32]
BLOCK_VALUES = 1 << 20
"""Values that are looked at together: few enough to stay in the processor's cache."""


def difference(values: Values, races: Races) -> Values:
    """Value less the mean over those of the race that have one; [rows, columns], NaN stays NaN.

    A runner that is alone in having a value differs from nobody: 0.
    """
    differences = np.empty_like(values)
    for block in _blocks(values, races):
        total = np.zeros(block.values[0].shape)
        known = np.zeros(block.values[0].shape)
        # One runner after the other, in float64: a race's sum is then the same alone and among
        # two hundred thousand.
        for runner in block.values:
            has = ~np.isnan(runner)
            total += np.where(has, runner, 0.0)
            known += has
        mean = total / np.maximum(known, 1.0)
        for place, runner in enumerate(block.values):
            differences[block.first + place] = runner - mean
    return differences


def rank(values: Values, races: Races) -> Values:
    """Rank within the race from 0 (lowest) to 1 (highest); [rows, columns], NaN stays NaN.

    Of m runners with a value, one that beats b and is beaten by c has 1/2 + (b - c) / (2 (m - 1)):
    ties share the mean of their ranks, and a runner that is alone in having a value has 1/2.
    """
    ranks = np.empty_like(values)
    for block in _blocks(values, races):
        balance = np.zeros((len(block.values), *block.values[0].shape), dtype=np.int16)
        known = np.zeros(block.values[0].shape, dtype=np.float32)
        for place, runner in enumerate(block.values):
            known += ~np.isnan(runner)
            for other in range(place):
                # A missing value is neither above nor below another: both comparisons fail.
                above = (runner > block.values[other]).view(np.int8)
                ahead = above - (runner < block.values[other]).view(np.int8)
                balance[place] += ahead
                balance[other] -= ahead
        scale = 0.5 / np.maximum(known - 1, 1)
        for place, runner in enumerate(block.values):
            ranked = 0.5 + balance[place] * scale
            ranked[np.isnan(runner)] = np.nan
            ranks[block.first + place] = ranked
    return ranks


@dataclass(frozen=True, eq=False)
class _EqualFields:
    """Races of one field size: `values` [runners of a race, races, columns]."""

    first: Integers
    values: Values


def _blocks(values: Values, races: Races) -> Iterator[_EqualFields]:
    for size in np.unique(races.sizes):
        offsets = races.offsets[races.sizes == size]
        most = max(1, BLOCK_VALUES // max(1, int(size) * values.shape[1]))
        for start in range(0, len(offsets), most):
            first = offsets[start : start + most]
            yield _EqualFields(
                first, np.stack([values[first + place] for place in range(int(size))])
            )
