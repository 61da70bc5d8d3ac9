"""A plain linear conditional logit, always fitted beside the boosted ranker.

Where it does better out of fold, boosting has found nothing that a straight line misses, and the
report says so (evaluation.md, Fundamental model).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from training.races import Flags, Floats, Races
from training.sample import Sample
from velo.errors import DataError, ModelError

PENALTY = 1.0
MISSING_SHARE = 0.005
STEPS = 40
TOLERANCE = 1e-8
BLOCK_ROWS = 1 << 16


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted linear score: weights on standardised features and on flags of missing ones.

    Attributes:
        features: names, in the order of the columns.
        centre, scale: [features], mean and standard deviation over the rows that were fitted.
        flagged: [features], columns with more than 0.5% missing, which carry a missing flag.
        weights: [features + flags], per standard deviation and per flag.
    """

    features: tuple[str, ...]
    centre: Floats
    scale: Floats
    flagged: Flags
    weights: Floats

    def scores(self, features: npt.NDArray[Any]) -> Floats:
        """Scores, [rows], of features [rows, features]; a missing value counts as the mean."""
        score = np.empty(len(features))
        for first in range(0, len(features), BLOCK_ROWS):
            block = slice(first, first + BLOCK_ROWS)
            score[block] = self._inputs(features[block]) @ self.weights
        return score

    def contributions(self, features: npt.NDArray[Any]) -> Floats:
        """Each feature's part of the score, its missing flag's included, [rows, features]."""
        terms = self._inputs(features) * self.weights
        parts: Floats = terms[:, : len(self.features)]
        parts[:, self.flagged] += terms[:, len(self.features) :]
        return parts

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "features": list(self.features),
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
            tuple(plain["features"]),
            np.array(plain["centre"], dtype=np.float64),
            np.array(plain["scale"], dtype=np.float64),
            np.array(plain["flagged"], dtype=bool),
            np.array(plain["weights"], dtype=np.float64),
        )
        k = len(model.features)
        lengths = (len(model.centre), len(model.scale), len(model.flagged), len(model.weights))
        if lengths != (k, k, k, k + int(model.flagged.sum())):
            raise ModelError(f"the linear model has {k} features but arrays of lengths {lengths}")
        return model

    def _inputs(self, features: npt.NDArray[Any]) -> Floats:
        standard = (features - self.centre) / self.scale
        missing = np.isnan(standard)
        standard[missing] = 0.0
        return np.concatenate([standard, missing[:, self.flagged]], axis=1)


def fit(sample: Sample, feature_names: Sequence[str]) -> Linear:
    """Fit by Newton's method with a small L2 penalty (half a unit of weight squared).

    Raises:
        DataError: the search does not settle, as when a feature names every winner.
    """
    # The blocks are small: one thread is as fast, the same everywhere, and does not stall when
    # other work holds the second core.
    with threadpool_limits(1, user_api="blas"):
        return _fit(sample, feature_names)


def _fit(sample: Sample, feature_names: Sequence[str]) -> Linear:
    model = _untrained(sample.features, feature_names)
    blocks = list(_blocks(sample, model))
    weights = model.weights
    reached, gradient, information = _derivatives(blocks, weights)
    for _ in range(STEPS):
        step = np.linalg.solve(information, gradient)
        if step @ gradient <= TOLERANCE * max(1.0, abs(reached)):
            return Linear(model.features, model.centre, model.scale, model.flagged, weights + step)
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
class _Block:
    """Some whole races, with their inputs standardised."""

    inputs: npt.NDArray[np.float32]
    win_share: Floats
    start: Floats
    races: Races


def _untrained(x: npt.NDArray[Any], feature_names: Sequence[str]) -> Linear:
    known = np.maximum((~np.isnan(x)).sum(axis=0), 1)
    centre = np.nansum(x, axis=0, dtype=np.float64) / known
    square = np.zeros(x.shape[1])
    for first in range(0, len(x), BLOCK_ROWS):
        square += np.nansum((x[first : first + BLOCK_ROWS] - centre) ** 2, axis=0)
    deviation = np.sqrt(square / known)
    scale = np.where(deviation > 1e-9 * np.maximum(1.0, np.abs(centre)), deviation, 1.0)
    flagged = 1 - (~np.isnan(x)).mean(axis=0) > MISSING_SHARE
    weights = np.zeros(x.shape[1] + int(flagged.sum()))
    return Linear(tuple(feature_names), centre, scale, flagged, weights)


def _blocks(sample: Sample, model: Linear) -> Iterator[_Block]:
    offsets = np.append(sample.races.offsets, sample.races.n)
    first = 0
    while first < len(sample.races):
        last = int(np.searchsorted(offsets, offsets[first] + BLOCK_ROWS, side="right")) - 1
        last = max(last, first + 1)
        rows = slice(int(offsets[first]), int(offsets[last]))
        yield _Block(
            model._inputs(sample.features[rows]).astype(np.float32),
            sample.win_share[rows],
            np.zeros(rows.stop - rows.start) if sample.start is None else sample.start[rows],
            Races(offsets[first:last] - offsets[first], rows.stop - rows.start),
        )
        first = last


def _derivatives(blocks: Sequence[_Block], weights: Floats) -> tuple[float, Floats, Floats]:
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
