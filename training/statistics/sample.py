"""A sample that a model can be fitted on: whole races, each with a winner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import DataError


@dataclass(frozen=True, eq=False)
class Sample:
    """Features and results of whole races, checked when made.

    A null in the label would make every gradient NaN and the fit would learn nothing in silence,
    so it is refused here, before any model sees it.

    Attributes:
        features: float32 or float64 [rows, features]; NaN is missing.
        win_share: [rows], 1/k for each of k dead-heaters for first, else 0.
        races: which rows make a race.
        start: [rows], a score that fitting starts from (residual mode), or None for 0.

    Raises:
        DataError: a label is NaN, a race has no winner, a feature is infinite, or the lengths
            differ.
    """

    features: npt.NDArray[Any]
    win_share: Floats
    races: Races
    start: Floats | None = None

    def __post_init__(self) -> None:
        rows = self.races.n
        if self.features.ndim != 2 or len(self.features) != rows or len(self.win_share) != rows:
            raise DataError(
                f"features {self.features.shape} and win_share {self.win_share.shape} must have "
                f"the {rows} rows of the races"
            )
        if not rows:
            raise DataError("no race to fit on; widen the period")
        check_results(self.win_share, self.races)
        infinite = np.flatnonzero(np.isinf(self.features).any(axis=0))
        if len(infinite):
            raise DataError(f"feature column {infinite[0]} is infinite somewhere; mend its formula")
        if self.start is not None and not np.isfinite(self.start).all():
            raise DataError("a starting score is missing; fit on races with a complete book only")


def check_results(win_share: Floats, races: Races) -> None:
    """Refuse labels that a likelihood cannot use.

    Raises:
        DataError: a share is NaN or negative, or a race's shares do not sum to 1.
    """
    if not np.isfinite(win_share).all():
        missing = int((~np.isfinite(win_share)).sum())
        raise DataError(
            f"win_share is missing on {missing} of {races.n} rows; leave those races out"
        )
    if (win_share < 0).any():
        raise DataError("win_share is negative somewhere; it must be 1/k for the winners, else 0")
    wrong = int((np.abs(races.sum(win_share) - 1) > 1e-6).sum())
    if wrong:
        raise DataError(
            f"{wrong} races do not have one win in all; leave races without a winner out"
        )
