"""Races simulated from a known conditional logit, for the tests of this room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.statistics.races import Races
from velo.arrays import Floats


@dataclass(frozen=True)
class Simulated:
    races: Races
    features: Floats
    win_share: Floats
    strength: Floats
    race_dates: npt.NDArray[Any]


def fields(races: int, seed: int) -> Races:
    sizes = np.random.default_rng(seed).integers(4, 14, races)
    return Races.of(np.repeat(np.arange(races), sizes))


def winners(strength: Floats, races: Races, seed: int) -> Floats:
    """One winner a race, drawn with probability softmax(strength) (Gumbel's trick)."""
    run = strength + np.random.default_rng(seed).gumbel(size=races.n)
    return (run == races.broadcast(races.max(run))).astype(np.float64)


def simulate(races: int, weights: list[float], seed: int, races_a_day: int = 8) -> Simulated:
    field = fields(races, seed)
    features = np.random.default_rng(seed + 1).standard_normal((field.n, len(weights)))
    strength = features @ np.array(weights)
    dates = np.datetime64("2018-01-01", "D") + np.arange(races) // races_a_day
    return Simulated(field, features, winners(strength, field, seed + 2), strength, dates)
