"""Races as runs of consecutive rows: sums, softmax and likelihood within the race.

Everything numeric in this room works on flat arrays, one row a starter, in which a race's runners
stand together. `Races` knows where each race begins and does the arithmetic within it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from velo.arrays import Flags, Floats, Integers

LEAST_STRENGTH = 1e-12
"""Of a runner beside the strongest of its race: no chance is 0, and none but a lone runner's 1."""
_LEAST_SCORE = float(np.log(LEAST_STRENGTH))


@dataclass(frozen=True, eq=False)
class Races:
    """Where each race begins in an array of runners.

    Attributes:
        offsets: int64[races], the row of each race's first runner, increasing, the first 0.
        n: rows in all.
    """

    offsets: Integers
    n: int

    @classmethod
    def of(cls, race_id: npt.NDArray[Any]) -> Races:
        """Read the races off a column of race identities, shape [rows].

        Raises:
            AssertionError: a race's rows do not stand together.
        """
        race_id = np.asarray(race_id)
        first = np.ones(len(race_id), dtype=bool)
        first[1:] = race_id[1:] != race_id[:-1]
        offsets = np.flatnonzero(first).astype(np.int64)
        identities = np.sort(race_id[offsets])
        assert not (identities[1:] == identities[:-1]).any(), "a race's rows must stand together"
        return cls(offsets, len(race_id))

    def __len__(self) -> int:
        return len(self.offsets)

    @cached_property
    def sizes(self) -> Integers:
        """Runners of each race, int64[races]."""
        return np.diff(self.offsets, append=self.n)

    @cached_property
    def index(self) -> Integers:
        """The number of each row's race, int64[rows]."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.sizes)

    def sum(self, x: npt.NDArray[Any]) -> Floats:
        """Sum over each race's rows; `x` is [rows] or [rows, columns]."""
        if not len(self):
            return np.zeros((0, *np.shape(x)[1:]))
        total: Floats = np.add.reduceat(x, self.offsets, axis=0, dtype=np.float64)
        return total

    def max(self, x: Floats) -> Floats:
        """Largest value of each race."""
        if not len(self):
            return np.zeros(0)
        largest: Floats = np.maximum.reduceat(x, self.offsets)
        return largest

    def broadcast(self, per_race: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give each row its race's value: [races, ...] to [rows, ...]."""
        # The index is right by construction; `clip` spares numpy's check, half the time.
        return np.take(per_race, self.index, axis=0, mode="clip")

    def first(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The value on each race's first row, for what is the same throughout a race."""
        return np.asarray(x)[self.offsets]

    def all(self, flags: Flags) -> Flags:
        """Whether every row of a race is true, bool[races]."""
        return np.asarray(self.sum(~flags) == 0)

    def log_sum_exp(self, score: Floats) -> Floats:
        """ln sum exp(score) of each race, without overflow."""
        highest = self.max(score)
        return highest + np.log(self.sum(np.exp(score - self.broadcast(highest))))

    def log_softmax(self, score: Floats) -> Floats:
        """ln of the softmax within the race, [rows]."""
        log_probability: Floats = score - self.broadcast(self.log_sum_exp(score))
        return log_probability

    def softmax(self, score: Floats) -> Floats:
        """exp(score) scaled to sum to 1 within the race, [rows]; none is 0.

        A runner has at least `LEAST_STRENGTH` of the strongest in its race.
        """
        strength = np.exp(np.maximum(score - self.broadcast(self.max(score)), _LEAST_SCORE))
        probability: Floats = strength / self.broadcast(self.sum(strength))
        return probability

    def uniform(self) -> Floats:
        """1 / starters for every row."""
        return np.asarray(self.broadcast(1.0 / self.sizes), dtype=np.float64)

    def log_likelihood(self, p: Floats, win_share: Floats) -> Floats:
        """ln P of each race's result: the sum of win_share * ln p, so dead heats share.

        A winner that was given probability 0 makes its race -inf.
        """
        with np.errstate(divide="ignore"):
            won = win_share > 0
            terms = np.zeros(self.n)
            terms[won] = win_share[won] * np.log(p[won])
        return self.sum(terms)

    def keep(self, chosen: Flags) -> tuple[Flags, Races]:
        """Some of the races, bool[races]: the mask of their rows, and their own structure."""
        rows = np.asarray(self.broadcast(chosen), dtype=bool)
        sizes = self.sizes[chosen]
        offsets = np.cumsum(sizes) - sizes
        return rows, Races(offsets, int(sizes.sum()))

    def pieces(self, rows: int) -> Iterator[tuple[slice, Races]]:
        """The races in their order, some at a time: the slice of their rows, and their structure.

        Args:
            rows: at most so many in a piece, unless one race alone has more.
        """
        offsets = np.append(self.offsets, self.n)
        first = 0
        while first < len(self):
            last = int(np.searchsorted(offsets, offsets[first] + rows, side="right")) - 1
            last = max(last, first + 1)
            piece = slice(int(offsets[first]), int(offsets[last]))
            yield piece, Races(offsets[first:last] - offsets[first], piece.stop - piece.start)
            first = last
