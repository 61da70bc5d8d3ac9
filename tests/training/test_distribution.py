"""How far a column is from a distribution, and how far chance takes it."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.monitoring.worlds import days_of, runners
from training.judging.distribution import Distribution, share_variance
from training.statistics.bootstrap import Days

COLUMNS = st.lists(
    st.one_of(st.none(), st.sampled_from([0.0, 0.105, 1.0]), st.floats(-1e6, 1e6)),
    min_size=1,
    max_size=60,
)


def column(values: list[float | None]) -> tuple[pd.Series, Days]:
    """The values over three days."""
    return pd.Series(values, dtype="float64"), Days.of(np.arange(len(values)) % 3)


@given(COLUMNS)
def test_a_column_is_not_away_from_itself(values: list[float | None]) -> None:
    x, days = column(values)
    distribution = Distribution.of(x, days)
    assert sum(distribution.shares) == pytest.approx(1.0 if x.notna().any() else 0.0)
    shift = distribution.shift(x, days)
    if x.notna().any():
        assert shift is not None
        assert shift.psi == pytest.approx(0, abs=1e-12)
        assert shift.distance == pytest.approx(0, abs=1e-12)
    else:
        assert shift is None


@given(COLUMNS, COLUMNS, st.randoms())
def test_the_distances_are_bounded_and_know_no_order_of_rows(
    one: list[float | None], other: list[float | None], random: object
) -> None:
    distribution = Distribution.of(*column(one))
    x, days = column(other)
    shift = distribution.shift(x, days)
    if shift is None:
        return
    assert shift.psi >= -1e-12
    assert -1e-12 <= shift.distance <= 1 + 1e-12
    assert np.isfinite([shift.psi, shift.psi_noise, shift.distance_noise]).all()
    order = np.random.default_rng(len(one)).permutation(len(x))
    mixed = distribution.shift(
        x.iloc[order].reset_index(drop=True), Days(days.index[order], days.count)
    )
    assert mixed is not None
    assert mixed.psi == pytest.approx(shift.psi)
    assert mixed.psi_noise == pytest.approx(shift.psi_noise)


@given(COLUMNS)
def test_a_distribution_is_read_as_it_was_written(values: list[float | None]) -> None:
    distribution = Distribution.of(*column(values))
    assert Distribution.from_dict(json.loads(json.dumps(distribution.to_dict()))) == distribution


def test_values_that_took_another_way_to_the_same_number_are_the_same() -> None:
    x, days = column([0.1, 0.105, 0.105, 0.2, 0.7] * 8)
    shift = Distribution.of(x, days).shift(x * (1 + 1e-12) + 1e-13, days)
    assert shift is not None
    assert shift.distance == 0


@cache
def undrifted() -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Two spans of one world, many times over."""
    return [
        (runners(60, 100, seed=1000 + seed), runners(30, 100, seed=seed)) for seed in range(150)
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["form", "rate", "draw", "going", "flag", "sex"])
def test_the_noise_is_what_columns_without_drift_show_on_average(name: str) -> None:
    """`going` is of a course and a day: its noise is fifty times that of as many single runners."""
    shifts = []
    for held, now in undrifted():
        then = Distribution.of(held[name], days_of(held))
        shift = then.shift(now[name], days_of(now))
        assert shift is not None
        shifts.append(shift)
    psi = np.mean([each.psi for each in shifts])
    assert psi == pytest.approx(np.mean([each.psi_noise for each in shifts]), rel=0.25, abs=1e-5)
    # Kolmogorov's mean is that of a fine column: where few values are, it takes off too much.
    distance = np.mean([each.distance for each in shifts])
    noise = np.mean([each.distance_noise for each in shifts])
    assert 0.4 * noise <= distance <= 1.25 * noise or noise < 1e-9


def test_without_clusters_the_noise_is_bins_less_one_over_the_rows_of_both() -> None:
    draw = np.random.default_rng(3)
    x = pd.Series(draw.normal(size=20_000))
    then = Distribution.of(x, Days.of(draw.integers(0, 200, 20_000)))
    y = pd.Series(draw.normal(size=3_000))
    shift = then.shift(y, Days.of(draw.integers(0, 30, 3_000)))
    assert shift is not None
    assert shift.psi_noise == pytest.approx(9 * (1 / 20_000 + 1 / 3_000), rel=0.2)


def test_a_text_that_training_never_saw_is_a_shift() -> None:
    days = Days.of(np.arange(400) % 10)
    then = Distribution.of(pd.Series(["colt", "filly"] * 200), days)
    shift = then.shift(pd.Series(["colt", "mare"] * 200), days)
    assert shift is not None
    assert shift.distance == pytest.approx(0.5)
    assert shift.psi > 1


def test_from_one_day_there_is_no_variance_by_day() -> None:
    assert share_variance(np.array([[3.0, 4.0]])).tolist() == [0, 0]
