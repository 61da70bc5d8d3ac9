"""The conditional logit as a LightGBM objective (evaluation.md, Fundamental model).

Within a race P(i wins) = softmax(score); the loss of a race is -sum share_i ln P_i. McFadden
(1974) for the model; Bolton and Chapman (1986) brought it to horse racing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from training.races import Floats, Races
from training.sample import check_results

METRIC = "race_log_likelihood"


class ConditionalLogit:
    """Gradient and diagonal Hessian of the loss, in buffers made once.

    With q the softmax within the race and y the win share, the gradient of a race's loss by score
    is q - y and the diagonal of its Hessian q(1 - q).

    Args:
        win_share: [rows], summing to 1 in every race.
        races: which rows make a race.

    Raises:
        DataError: a label is missing or a race has no winner.
    """

    def __init__(self, win_share: Floats, races: Races) -> None:
        check_results(win_share, races)
        self._win_share = np.ascontiguousarray(win_share, dtype=np.float64)
        self._races = races
        self._row = np.empty(races.n)
        self._q = np.empty(races.n)
        self._gradient = np.empty(races.n, dtype=np.float32)
        self._hessian = np.empty(races.n, dtype=np.float32)

    def __call__(
        self, score: Floats, dataset: Any = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Gradient and Hessian by score, float32[rows]; the next call writes over them."""
        q = self._softmax(score)
        np.subtract(q, self._win_share, out=self._gradient, casting="same_kind")
        np.subtract(1.0, q, out=self._row)
        np.multiply(q, self._row, out=self._hessian, casting="same_kind")
        return self._gradient, self._hessian

    def evaluate(self, score: Floats, dataset: Any = None) -> tuple[str, float, bool]:
        """LightGBM's custom metric: the mean race log-likelihood, higher is better."""
        return METRIC, mean_log_likelihood(score, self._win_share, self._races), True

    def _softmax(self, score: Floats) -> Floats:
        offsets, index = self._races.offsets, self._races.index
        np.take(np.maximum.reduceat(score, offsets), index, out=self._row, mode="clip")
        np.subtract(score, self._row, out=self._q)
        np.exp(self._q, out=self._q)
        np.take(1.0 / np.add.reduceat(self._q, offsets), index, out=self._row, mode="clip")
        np.multiply(self._q, self._row, out=self._q)
        return self._q


def mean_log_likelihood(score: Floats, win_share: Floats, races: Races) -> float:
    """Mean over races of the log-likelihood under the softmax of a score."""
    log_likelihood = races.sum(win_share * score) - races.log_sum_exp(score)
    return float(log_likelihood.mean())
