"""What the best of n tries without merit shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.search.luck import by_luck, expected_maximum
from training.statistics.bootstrap import Estimate


@pytest.mark.parametrize(
    ("n", "known"),
    [(1, 0.0), (2, 1 / np.sqrt(np.pi)), (3, 1.5 / np.sqrt(np.pi)), (10, 1.53875), (100, 2.50759)],
)
def test_the_expected_maximum_is_that_of_the_tables(n, known):
    assert expected_maximum(n) == pytest.approx(known, abs=1e-5)


def test_luck_of_noise_is_what_noise_shows():
    best = np.random.default_rng(1).normal(0, 0.002, (20_000, 25)).max(axis=1).mean()
    gain = Estimate(0.01, 0.01 - 1.96 * 0.002, 0.01 + 1.96 * 0.002)
    assert by_luck(gain, 25) == pytest.approx(best, rel=0.02)


@given(st.integers(1, 500))
def test_more_tries_show_more_by_luck(n):
    gain = Estimate(0.0, -0.001, 0.001)
    assert by_luck(gain, n + 1) > by_luck(gain, n) >= 0
