"""The conditional logit as a LightGBM objective (evaluation.md, Fundamental model).

Within a race P(i wins) = softmax(score); the loss of a race is -sum share_i ln P_i. McFadden
(1974) for the model; Bolton and Chapman (1986) brought it to horse racing.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from training.statistics.races import Races
from training.statistics.sample import check_results
from velo.arrays import Floats

METRIC = "race_log_likelihood"
BLOCK_ROWS = 1 << 15
"""Rows whose arrays stay in the processor's cache together."""


class ConditionalLogit:
    """Gradient and diagonal Hessian of the loss, in buffers made once.

    With q the softmax within the race and y the win share, the gradient of a race's loss by score
    is q - y and the diagonal of its Hessian q(1 - q). Races are taken some at a time, which stay in
    the processor's cache, by several threads; no race depends on another, so neither does the
    result on how they are shared out.

    Args:
        win_share: [rows], summing to 1 in every race.
        races: which rows make a race.
        threads: that share the races.

    Raises:
        DataError: a label is missing or a race has no winner.
    """

    def __init__(self, win_share: Floats, races: Races, threads: int = 1) -> None:
        check_results(win_share, races)
        self._win_share = np.ascontiguousarray(win_share, dtype=np.float64)
        self._races = races
        self._gradient = np.empty(races.n, dtype=np.float32)
        self._hessian = np.empty(races.n, dtype=np.float32)
        self._blocks = list(_blocks(races))
        self._threads = ThreadPoolExecutor(threads) if threads > 1 else None

    def __deepcopy__(self, memo: dict[int, Any]) -> ConditionalLogit:
        """Itself: LightGBM copies its parameters, of which this is one, and threads cannot be."""
        return self

    def __call__(
        self, score: Floats, dataset: Any = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Gradient and Hessian by score, float32[rows]; the next call writes over them."""
        share_out = self._threads.map if self._threads else map
        for _ in share_out(lambda block: self._differentiate(score, *block), self._blocks):
            pass
        return self._gradient, self._hessian

    def evaluate(self, score: Floats, dataset: Any = None) -> tuple[str, float, bool]:
        """LightGBM's custom metric: the mean race log-likelihood, higher is better."""
        return METRIC, mean_log_likelihood(score, self._win_share, self._races), True

    def _differentiate(self, score: Floats, rows: slice, races: Races) -> None:
        q = races.softmax(score[rows])
        np.subtract(q, self._win_share[rows], out=self._gradient[rows], casting="same_kind")
        np.multiply(q, 1.0 - q, out=self._hessian[rows], casting="same_kind")


def _blocks(races: Races) -> Iterator[tuple[slice, Races]]:
    """Races of some rows each: where they stand, and their own structure."""
    ends = np.append(races.offsets[1:], races.n)
    first = 0
    while first < len(races):
        start = races.offsets[first]
        after = max(first + 1, int(np.searchsorted(ends, start + BLOCK_ROWS, side="right")))
        stop = int(ends[after - 1])
        block = Races(races.offsets[first:after] - start, stop - int(start))
        yield slice(int(start), stop), block
        first = after


def mean_log_likelihood(score: Floats, win_share: Floats, races: Races) -> float:
    """Mean over races of the log-likelihood under the softmax of a score."""
    log_likelihood = races.sum(win_share * score) - races.log_sum_exp(score)
    return float(log_likelihood.mean())
