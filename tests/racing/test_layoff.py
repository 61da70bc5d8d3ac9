from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.errors import SettingsError
from velo.racing.layoff import (
    days_away,
    flag,
    knots_of,
    knots_text,
    layoff_penalty,
    penalty_on,
)

KNOTS = [(0, 0.15), (15, 0.10), (30, 0.0), (60, 0.0), (120, 0.15), (240, 0.30)]


@pytest.mark.parametrize(
    ("days", "penalty"),
    [
        (0, 0.15),
        (7.5, 0.125),
        (15, 0.10),
        (21, 0.06),
        (30, 0.0),
        (45, 0.0),
        (60, 0.0),
        (90, 0.075),
        (180, 0.225),
        (240, 0.30),
        (900, 0.30),
    ],
)
def test_the_penalty_is_nothing_in_the_sweet_spot_and_capped_after_it(
    days: float, penalty: float
) -> None:
    assert layoff_penalty([days], KNOTS)[0] == pytest.approx(penalty)


def test_three_weeks_off_do_not_cost_what_half_a_year_does() -> None:
    three_weeks, half_a_year = layoff_penalty([21, 200], KNOTS)
    assert three_weeks < half_a_year / 3


def test_a_debutant_has_no_penalty_rather_than_a_large_one() -> None:
    assert np.isnan(layoff_penalty([np.nan], KNOTS)[0])


@given(st.floats(0, 400), st.floats(0, 1))
def test_the_penalty_is_continuous(days: float, step: float) -> None:
    here, there = layoff_penalty([days, days + step], KNOTS)
    assert abs(here - there) <= step * 0.01 + 1e-12


@pytest.mark.parametrize("knots", [[(30, 0.0), (15, 0.1)], [(15, 0.0), (15, 0.1)]])
def test_knots_need_rising_days(knots: list[tuple[float, float]]) -> None:
    with pytest.raises(SettingsError, match="rising days"):
        layoff_penalty([1.0], knots)


def test_a_text_that_is_no_curve_gives_no_knots_and_no_penalty() -> None:
    assert knots_of("hello world") == []
    assert np.isnan(layoff_penalty([1.0, 40.0], [])).all()


@given(
    st.lists(
        st.tuples(st.integers(0, 999), st.integers(0, 100)), min_size=1, unique_by=lambda k: k[0]
    )
)
def test_knots_come_back_from_the_text_that_a_row_carries(knots: list[tuple[int, int]]) -> None:
    curve = [(float(day), cost / 100) for day, cost in sorted(knots)]
    assert knots_of(knots_text(curve)) == curve


def test_days_are_whole_and_missing_where_a_moment_is() -> None:
    raced = pd.Series(pd.to_datetime(["2024-03-02", "2024-03-02", None], utc=True))
    seen = pd.Series([pd.Timestamp("2024-02-01"), None, pd.Timestamp("2024-02-01")])
    assert np.array_equal(days_away(raced, seen), [30.0, np.nan, np.nan], equal_nan=True)


def test_each_layoff_is_on_its_own_curve() -> None:
    days, curves = (
        np.array([10.0, 10.0, 10.0]),
        np.array(["0:0 20:1", "0:1 20:0", "?"], dtype=object),
    )
    penalties = penalty_on(days, curves)
    assert np.array_equal(penalties, [0.5, 0.5, np.nan], equal_nan=True)
    assert penalty_on(np.array([20.0]), curves[:1])[0] == 1.0


def test_a_flag_of_what_is_missing_is_missing() -> None:
    assert np.array_equal(
        flag(np.array([True, False, False]), np.array([1.0, 0.0, np.nan])),
        [1.0, 0.0, np.nan],
        equal_nan=True,
    )
