"""The softmax temperature that turns raw scores into probabilities."""

from __future__ import annotations

import numpy as np

from training.statistics import pool
from training.statistics.races import Races
from velo.arrays import Floats

HOTTEST = 1e6


def fit(score: Floats, win_share: Floats, races: Races) -> float:
    """The temperature T of softmax(score / T) by maximum likelihood.

    The likelihood is concave in 1/T. Scores that say nothing, or the wrong way round, get the
    hottest temperature, under which every runner is equal.

    Raises:
        DataError: a label is missing, or the scores name every winner.
    """
    spread = float(np.std(score)) or 1.0
    inverse = float(pool.fit([score / spread], win_share, races, start=[1.0])[0]) / spread
    return 1.0 / max(inverse, 1.0 / HOTTEST)


def log_probabilities(score: Floats, temperature: float, races: Races) -> Floats:
    """ln of softmax(score / temperature) within the race, [rows]."""
    return races.log_softmax(score / temperature)
