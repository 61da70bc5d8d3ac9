from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from velo.racing.form import ewma, first_known, ols_slope, sample_variance, shrunk_variance

NAN = np.nan


def test_the_newest_run_weighs_most() -> None:
    # won last time, last of the field before that: (1 * 1 + .6 * 0) / (1 + .6)
    assert ewma([[1.0, 0.0, NAN, NAN, NAN]], 0.6)[0] == pytest.approx(0.625)


def test_five_equal_runs_average_to_themselves() -> None:
    assert ewma([[0.4] * 5], 0.6)[0] == pytest.approx(0.4)


def test_a_horse_without_runs_has_no_average() -> None:
    assert np.isnan(ewma([[NAN] * 5], 0.6)[0])


def test_a_horse_that_gets_better_has_a_positive_slope() -> None:
    # oldest .1, then .3, newest .5: .2 a run
    assert ols_slope([[0.5, 0.3, 0.1, NAN, NAN]])[0] == pytest.approx(0.2)


def test_an_unrated_run_keeps_its_place() -> None:
    # ratings 60, unrated, 70, 75 oldest to newest: x = 0, 2, 3
    expected = np.polyfit([0, 2, 3], [60, 70, 75], 1)[0]
    assert ols_slope([[75, 70, NAN, 60, NAN]])[0] == pytest.approx(expected)


def test_two_runs_make_no_slope() -> None:
    assert np.isnan(ols_slope([[0.9, 0.1, NAN, NAN, NAN]])[0])


runs = arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.just(5)),
    elements=st.one_of(st.just(NAN), st.floats(0, 1)),
)


@given(runs)
def test_the_slope_is_the_least_squares_line_of_the_rated_runs(newest_first: np.ndarray) -> None:
    for row, slope in zip(newest_first, ols_slope(newest_first), strict=True):
        oldest_first = row[::-1]
        known = ~np.isnan(oldest_first)
        if known.sum() < 3:
            assert np.isnan(slope)
        else:
            line = np.polyfit(np.arange(5)[known], oldest_first[known], 1)
            assert slope == pytest.approx(line[0], abs=1e-9)


@given(runs)
def test_the_variance_is_the_samples(newest_first: np.ndarray) -> None:
    for row, variance in zip(newest_first, sample_variance(newest_first), strict=True):
        known = row[~np.isnan(row)]
        if known.size < 2:
            assert np.isnan(variance)
        else:
            assert variance == pytest.approx(known.var(ddof=1), abs=1e-12)


@given(runs)
def test_an_average_lies_between_the_worst_and_the_best_run(newest_first: np.ndarray) -> None:
    for row, average in zip(newest_first, ewma(newest_first, 0.6), strict=True):
        known = row[~np.isnan(row)]
        if known.size:
            assert known.min() - 1e-12 <= average <= known.max() + 1e-12


def test_variance_is_drawn_to_the_populations_by_its_strength() -> None:
    # 3 runs, s2 .04; population .10 worth 4: (2 * .04 + 4 * .10) / (2 + 4)
    assert shrunk_variance([0.04], [3], 4.0, 0.10)[0] == pytest.approx(0.08)


@pytest.mark.parametrize("starts", [0, 1])
def test_under_two_starts_there_is_no_variance(starts: int) -> None:
    assert np.isnan(shrunk_variance([NAN], [starts], 4.0, 0.10)[0])


def test_the_first_source_with_a_slope_is_taken_row_by_row() -> None:
    none = np.full(3, np.nan)
    first, second = np.array([1.0, np.nan, np.nan]), np.array([5.0, 2.0, np.nan])
    assert np.array_equal(first_known(first, second, none), [1.0, 2.0, np.nan], equal_nan=True)
