"""A plain linear conditional logit, always fitted beside the boosted ranker.

Where it does better out of fold, boosting has found nothing that a straight line misses, and the
report says so (evaluation.md, Fundamental model).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from training.data.inputs import Inputs
from training.statistics.races import Races
from training.statistics.sample import Sample
from velo.arrays import Flags, Floats
from velo.errors import DataError, ModelError

PENALTY = 1.0
MISSING_SHARE = 0.005
FLAT, FLAT_SHARE = 1e-9, 1e-6
"""A number deviates by more than either, itself and of its mean, or it is one number throughout:
float32 alone makes a deviation of a ten-millionth of the mean."""
STEPS = 40
TOLERANCE = 1e-8
BLOCK_ROWS = 1 << 16


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted linear score: weights on standardised numbers, missing ones and categories.

    Attributes:
        columns: names of the matrix's columns.
        levels: of each column its number of categories, 0 for a number.
        centre, scale: [columns], mean and standard deviation over the rows that were fitted; 0 and
            1 for categories.
        flagged: [columns], features of numbers with more than 0.5% missing, which carry a missing
            flag.
        weights: [numbers + flags + categories], per standard deviation, per flag and per category.
    """

    columns: tuple[str, ...]
    levels: tuple[int, ...]
    centre: Floats
    scale: Floats
    flagged: Flags
    weights: Floats

    objective = "linear"
    rounds = 0
    text = None

    def scores(self, matrix: npt.NDArray[Any]) -> Floats:
        """Scores, [rows], of a matrix [rows, columns].

        A missing number counts as the mean, a missing category as none.
        """
        score = np.empty(len(matrix))
        for first in range(0, len(matrix), BLOCK_ROWS):
            block = slice(first, first + BLOCK_ROWS)
            score[block] = self._terms(matrix[block]) @ self.weights
        return score

    def importance(self) -> dict[str, float]:
        """Of each column the absolute weights, summed: log-strength of a standard deviation."""
        weights = np.bincount(self._owner, np.abs(self.weights), minlength=len(self.columns))
        return dict(zip(self.columns, weights.tolist(), strict=True))

    def shares(self, matrix: npt.NDArray[Any]) -> Floats:
        """Each column's share of the scores, its missing flag's included, [rows, columns]."""
        terms = self._terms(matrix) * self.weights
        shares = np.zeros((len(matrix), len(self.columns)))
        for term, column in enumerate(self._owner):
            shares[:, column] += terms[:, term]
        return shares

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "columns": list(self.columns),
            "levels": list(self.levels),
            "centre": self.centre.tolist(),
            "scale": self.scale.tolist(),
            "flagged": self.flagged.tolist(),
            "weights": self.weights.tolist(),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Linear:
        """Read what `to_dict` wrote.

        Raises:
            ModelError: the lengths do not belong together.
        """
        model = cls(
            tuple(plain["columns"]),
            tuple(plain["levels"]),
            np.array(plain["centre"], dtype=np.float64),
            np.array(plain["scale"], dtype=np.float64),
            np.array(plain["flagged"], dtype=bool),
            np.array(plain["weights"], dtype=np.float64),
        )
        k, arrays = len(model.columns), (model.levels, model.centre, model.scale, model.flagged)
        terms = model.levels.count(0) + int(model.flagged.sum()) + sum(model.levels)
        lengths = [len(array) for array in (*arrays, model.weights)]
        if lengths != [k, k, k, k, terms]:
            raise ModelError(f"the linear model has {k} columns but arrays of lengths {lengths}")
        return model

    @property
    def _numbers(self) -> Flags:
        return np.equal(self.levels, 0)

    @property
    def _owner(self) -> list[int]:
        """Of each weight, the column that it belongs to."""
        return [
            *map(int, np.flatnonzero(self._numbers)),
            *map(int, np.flatnonzero(self.flagged)),
            *map(int, np.repeat(np.arange(len(self.levels)), self.levels)),
        ]

    def _terms(self, matrix: npt.NDArray[Any]) -> Floats:
        """What the weights are of: numbers, flags and one column a category, [rows, weights]."""
        numbers = self._numbers
        standard = (matrix[:, numbers] - self.centre[numbers]) / self.scale[numbers]
        missing = np.isnan(standard)
        standard[missing] = 0.0
        known = [
            matrix[:, [place]] == np.arange(levels) for place, levels in enumerate(self.levels)
        ]
        return np.concatenate([standard, missing[:, self.flagged[numbers]], *known], axis=1)


def fit(sample: Sample, inputs: Inputs) -> Linear:
    """Fit by Newton's method with a small L2 penalty (half a unit of weight squared).

    Raises:
        DataError: the search does not settle, as when a feature names every winner.
    """
    # The blocks are small: one thread is as fast, the same everywhere, and does not stall when
    # other work holds the second core.
    with threadpool_limits(1, user_api="blas"):
        return _fit(sample, inputs)


def _fit(sample: Sample, inputs: Inputs) -> Linear:
    model, flat = _untrained(sample.features, inputs)
    blocks = list(_blocks(sample, model, flat))
    weights = model.weights
    reached, gradient, information = _derivatives(blocks, weights)
    for _ in range(STEPS):
        step = np.linalg.solve(information, gradient)
        if step @ gradient <= TOLERANCE * max(1.0, abs(reached)):
            return replace(model, weights=weights + step)
        scale = 1.0
        while True:
            tried = weights + scale * step
            value, next_gradient, next_information = _derivatives(blocks, tried)
            if value >= reached:
                break
            scale /= 2
            if scale < 1e-6:
                raise DataError(
                    "the linear model does not settle; look for a feature of huge values"
                )
        weights, reached, gradient, information = tried, value, next_gradient, next_information
    raise DataError("the linear model has no maximum; a feature seems to know the result")


@dataclass(frozen=True, eq=False)
class _RaceBlock:
    """Some whole races, with their inputs standardised."""

    inputs: npt.NDArray[np.float32]
    win_share: Floats
    start: Floats
    races: Races


def _untrained(x: npt.NDArray[Any], inputs: Inputs) -> tuple[Linear, Flags]:
    """A model without weights, and which of its terms are flat numbers, bool[terms]."""
    known = np.maximum((~np.isnan(x)).sum(axis=0), 1)
    centre = np.nansum(x, axis=0, dtype=np.float64) / known
    square = np.zeros(x.shape[1])
    for first in range(0, len(x), BLOCK_ROWS):
        square += np.nansum((x[first : first + BLOCK_ROWS] - centre) ** 2, axis=0)
    deviation = np.sqrt(square / known)
    numbers = np.array(inputs.levels) == 0
    varies = numbers & (deviation > np.maximum(FLAT, FLAT_SHARE * np.abs(centre)))
    # A difference or a rank is missing where its feature is, whose flag says it already.
    own = np.arange(len(numbers)) < len(inputs.features)
    flagged = numbers & own & (1 - (~np.isnan(x)).mean(axis=0) > MISSING_SHARE)
    terms = int(numbers.sum() + flagged.sum()) + sum(inputs.levels)
    flat = np.zeros(terms, dtype=np.bool_)
    flat[: numbers.sum()] = ~varies[numbers]
    model = Linear(
        inputs.columns,
        inputs.levels,
        np.where(numbers, centre, 0.0),
        np.where(varies, deviation, 1.0),
        flagged,
        np.zeros(terms),
    )
    return model, flat


def _blocks(sample: Sample, model: Linear, flat: Flags) -> Iterator[_RaceBlock]:
    for rows, races in sample.races.pieces(BLOCK_ROWS):
        terms = model._terms(sample.features[rows]).astype(np.float32)
        terms[:, flat] = 0.0
        start = np.zeros(races.n) if sample.start is None else sample.start[rows]
        yield _RaceBlock(terms, sample.win_share[rows], start, races)


def _derivatives(blocks: Sequence[_RaceBlock], weights: Floats) -> tuple[float, Floats, Floats]:
    """Penalised log-likelihood, its gradient, and minus its Hessian."""
    value = -0.5 * PENALTY * float(weights @ weights)
    gradient = -PENALTY * weights
    information = PENALTY * np.eye(len(weights))
    for block in blocks:
        inputs = block.inputs.astype(np.float64)
        log_q = block.races.log_softmax(inputs @ weights + block.start)
        q = np.exp(log_q)
        value += float(block.win_share @ log_q)
        gradient = gradient + inputs.T @ (block.win_share - q)
        weighted = inputs * q[:, None]
        means = block.races.sum(weighted)
        information = information + weighted.T @ inputs - means.T @ means
    return value, gradient, information
