from __future__ import annotations

import numpy as np
import pytest

from training.statistics.races import Races
from training.statistics.sample import Sample
from velo.errors import DataError

RACES = Races.of(np.array([1, 1]))
WON = np.array([1.0, 0.0])


def test_a_missing_feature_is_welcome() -> None:
    assert Sample(np.array([[np.nan], [1.0]]), WON, RACES).start is None


def test_an_infinite_feature_is_refused() -> None:
    with pytest.raises(DataError, match="column 1 is infinite"):
        Sample(np.array([[0.0, 1.0], [0.0, np.inf]]), WON, RACES)


def test_a_missing_starting_score_is_refused() -> None:
    with pytest.raises(DataError, match="complete book"):
        Sample(np.zeros((2, 1)), WON, RACES, np.array([0.0, np.nan]))


def test_rows_that_are_not_the_races_rows_are_refused() -> None:
    with pytest.raises(DataError, match="must have the 2 rows"):
        Sample(np.zeros((3, 1)), WON, RACES)


def test_no_races_are_refused() -> None:
    empty = Races.of(np.array([], dtype=np.int64))
    with pytest.raises(DataError, match="no race to fit on"):
        Sample(np.zeros((0, 1)), np.zeros(0), empty)
