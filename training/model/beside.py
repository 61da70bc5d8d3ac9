"""A heavily shrunk line that is fitted beside the market, not before it.

Weights of the three tasks are drawn towards nothing and towards one another: a prior
w_a, w_b, w_c ~ N(0, C / L) of each feature, so what the places and the whole order teach helps to
say who wins (evaluation.md, The line beside the market). One solve, no iteration, no tree and no
seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from training.model.tasks import Derivatives
from velo.arrays import Floats
from velo.errors import ModelError

OBJECTIVE = "beside"
AKIN = np.array([[1.0, 0.7, 0.5], [0.7, 1.0, 0.8], [0.5, 0.8, 1.0]])
"""C: how alike a feature's weights are in winning, in the places and in the whole order."""


def weights(tasks: Sequence[Derivatives], shrinkage: float, akin: Floats = AKIN) -> Floats:
    """The first task's weights under the common prior, [terms].

    Args:
        tasks: as many as `akin` has rows, over the same terms, the market's taken out.
        shrinkage: L, the prior's precision.
        akin: C, its correlations.
    """
    terms = len(tasks[0].gradient)
    precision = np.kron(shrinkage * np.linalg.inv(akin), np.eye(terms))
    for place, task in enumerate(tasks):
        own = slice(place * terms, (place + 1) * terms)
        precision[own, own] += task.information
    # One thread: the same everywhere, and no slower for a few hundred terms.
    with threadpool_limits(1, user_api="blas"):
        solved = np.linalg.solve(precision, np.concatenate([task.gradient for task in tasks]))
    first: Floats = solved[:terms]
    return first


@dataclass(frozen=True, eq=False)
class LineBeside:
    """A fitted line.

    Attributes:
        columns: names of the inputs' columns.
        owner: of each term, the place of the column that it is made of.
        weights: [terms], log-strength a standard deviation where the price scale is 1.
        shrinkage: L.
    """

    columns: tuple[str, ...]
    owner: tuple[int, ...]
    weights: Floats
    shrinkage: float

    objective = OBJECTIVE
    rounds = 0
    text = None

    def scores(self, matrix: npt.NDArray[Any]) -> Floats:
        """t = sum of w z, [rows], of z as `Standard.of` gives them, [rows, terms]."""
        score: Floats = matrix @ self.weights
        return score

    def importance(self) -> dict[str, float]:
        """Of each column the absolute weights, summed: log-strength of a standard deviation."""
        weights = np.bincount(self.owner, np.abs(self.weights), minlength=len(self.columns))
        return dict(zip(self.columns, weights.tolist(), strict=True))

    def shares(self, matrix: npt.NDArray[Any]) -> Floats:
        """Each column's part of the scores, [rows, columns]."""
        terms = matrix * self.weights
        shares = np.zeros((len(matrix), len(self.columns)))
        for term, column in enumerate(self.owner):
            shares[:, column] += terms[:, term]
        return shares

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "columns": list(self.columns),
            "owner": list(self.owner),
            "weights": self.weights.tolist(),
            "shrinkage": self.shrinkage,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> LineBeside:
        """Read what `to_dict` wrote.

        Raises:
            ModelError: the lengths do not belong together.
        """
        read = cls(
            tuple(plain["columns"]),
            tuple(int(column) for column in plain["owner"]),
            np.array(plain["weights"], dtype=np.float64),
            float(plain["shrinkage"]),
        )
        places = range(len(read.columns))
        if len(read.owner) != len(read.weights) or not set(read.owner) <= set(places):
            raise ModelError(
                f"the line beside the market has {len(read.weights)} weights for "
                f"{len(read.columns)} columns, which do not belong together; train again"
            )
        return read
