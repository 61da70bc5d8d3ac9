"""What a line beside the market sees: each feature against its field, in standard deviations.

A feature less the mean of those of its race that have a value, over a standard deviation, held
within six of them; a missing value is the race's mean, 0 (evaluation.md, The line beside the
market). A constant added to a whole field changes nothing. A category is a 0 or 1 for each of its
names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.statistics.races import Races
from velo.arrays import Floats, Integers
from velo.errors import ModelError

FARTHEST = 6.0
"""Standard deviations."""
FLAT, FLAT_SHARE = 1e-9, 1e-6
"""A deviation of neither more, itself and beside the values' size, is float32's rounding."""
PIECE_ROWS = 1 << 16


@dataclass(frozen=True, eq=False)
class Standard:
    """Standard deviations within the race, learnt once and kept as priors are.

    Attributes:
        levels: of each column its number of categories, 0 for a number.
        deviation: [terms], of the numbers and then of each category; 0 of what never differs,
            which is 0 for every runner.
    """

    levels: tuple[int, ...]
    deviation: Floats

    @classmethod
    def learnt(cls, matrix: npt.NDArray[Any], levels: Sequence[int], races: Races) -> Standard:
        """Read the deviations off whole races; results are not looked at.

        Args:
            matrix: as `Inputs.matrix` makes it, [rows, columns].
            levels: of its columns.
            races: of its rows.
        """
        levels = tuple(levels)
        squares = sizes = np.zeros(levels.count(0) + sum(levels))
        for rows, piece in races.pieces(PIECE_ROWS):
            values = _terms(matrix[rows], levels)
            squares = squares + (_against_field(values, piece) ** 2).sum(axis=0)
            sizes = sizes + np.nansum(np.abs(values), axis=0)
        deviation = np.sqrt(squares / max(races.n, 1))
        flat = deviation <= np.maximum(FLAT, FLAT_SHARE * sizes / max(races.n, 1))
        return cls(levels, np.where(flat, 0.0, deviation))

    @property
    def owner(self) -> tuple[int, ...]:
        """Of each term, the column that it is made of."""
        numbers = np.flatnonzero(np.equal(self.levels, 0))
        categories = np.repeat(np.arange(len(self.levels)), self.levels)
        return tuple(int(column) for column in (*numbers, *categories))

    def only(self, columns: Sequence[int]) -> tuple[Standard, Integers]:
        """That of some columns, and their terms' places among all terms."""
        owner = np.array(self.owner, dtype=np.int64)
        levels = tuple(self.levels[column] for column in columns)
        numbers = [column for column in columns if not self.levels[column]]
        categories = [column for column in columns if self.levels[column]]
        terms = np.concatenate([np.flatnonzero(owner == each) for each in (*numbers, *categories)])
        return Standard(levels, self.deviation[terms]), terms

    def of(self, matrix: npt.NDArray[Any], races: Races) -> Floats:
        """z of whole races, [rows, terms], finite whatever is missing."""
        z = np.empty((races.n, len(self.deviation)))
        over = np.where(self.deviation > 0, self.deviation, np.inf)
        for rows, piece in races.pieces(PIECE_ROWS):
            against = _against_field(_terms(matrix[rows], self.levels), piece)
            np.clip(against / over, -FARTHEST, FARTHEST, out=z[rows])
        return z

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"levels": list(self.levels), "deviation": self.deviation.tolist()}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Standard:
        """Read what `to_dict` wrote.

        Raises:
            ModelError: the lengths do not belong together.
        """
        read = cls(tuple(plain["levels"]), np.array(plain["deviation"], dtype=np.float64))
        if read.deviation.shape != (len(read.owner),):
            raise ModelError(
                f"the model has {len(read.owner)} terms but {read.deviation.size} deviations; "
                "train again"
            )
        return read


def _terms(matrix: npt.NDArray[Any], levels: Sequence[int]) -> Floats:
    """Numbers, then 0 or 1 for each category, NaN where the feature is missing."""
    numbers = matrix[:, np.equal(levels, 0)].astype(np.float64)
    names = []
    for place, count in enumerate(levels):
        if count:
            code = matrix[:, [place]]
            names.append(np.where(np.isnan(code), np.nan, code == np.arange(count)))
    return np.concatenate([numbers, *names], axis=1)


def _against_field(values: Floats, races: Races) -> Floats:
    """Values less the mean of those known in their race, 0 where unknown."""
    known = ~np.isnan(values)
    total = races.sum(np.where(known, values, 0.0))
    mean = total / np.maximum(races.sum(known), 1.0)
    return np.where(known, values - races.broadcast(mean), 0.0)
