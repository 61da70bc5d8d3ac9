from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.judging import selection
from training.judging.selection import SHARES
from velo.errors import DataError
from velo.settings import OddsBand

BAND = OddsBand(low=5.0, high=21.0)
values = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=80)


def test_expected_value_of_an_even_chance_at_six_is_two_points() -> None:
    assert selection.expected_value(np.array([0.5]), np.array([6.0])).tolist() == [2.0]


def test_both_ends_of_the_band_belong_and_a_missing_price_does_not() -> None:
    odds = np.array([4.99, 5.0, 21.0, 21.01, np.nan])
    assert selection.in_band(odds, BAND).tolist() == [False, True, True, False, False]


def test_the_cut_offs_of_a_hundred_values_let_in_ten_twenty_and_thirty() -> None:
    value = np.random.default_rng(1).permutation(100) / 100
    cut = selection.cutoffs(value)
    assert cut.to_dict() == {"top10": 0.89, "top20": 0.79, "top30": 0.69}
    assert [(value > c).sum() for c in cut.to_dict().values()] == [10, 20, 30]


@given(values)
def test_ties_never_inflate_a_bucket(given_values: list[float]) -> None:
    value = np.array(given_values)
    odds = np.full(len(value), 10.0)
    for name, cutoff in selection.cutoffs(value).to_dict().items():
        chosen = selection.select(value, odds, BAND, cutoff)
        assert chosen.sum() <= SHARES[name] * len(value) + 1e-9


@given(values)
def test_a_wider_bucket_holds_the_narrower_ones(given_values: list[float]) -> None:
    cut = selection.cutoffs(np.array(given_values))
    assert cut.top10 >= cut.top20 >= cut.top30


@given(st.sets(st.floats(-1, 20), min_size=1, max_size=80))
def test_without_ties_a_bucket_holds_its_whole_share(distinct: set[float]) -> None:
    value = np.array(sorted(distinct))
    for name, cutoff in selection.cutoffs(value).to_dict().items():
        assert (value > cutoff).sum() == int(SHARES[name] * len(value) + 1e-9)


def test_no_prediction_in_the_band_gives_no_cut_offs() -> None:
    with pytest.raises(DataError, match="no out-of-fold prediction"):
        selection.cutoffs(np.array([np.nan]))


def test_a_runner_outside_the_band_is_never_selected_whatever_its_value() -> None:
    value, odds = np.array([9.0, 9.0, np.nan]), np.array([4.0, 8.0, 8.0])
    assert selection.select(value, odds, BAND, 0.1).tolist() == [False, True, False]


def test_all_takes_positive_expected_value_in_the_band() -> None:
    p, odds = np.array([0.2, 0.15, 0.1, 0.9]), np.array([5.5, 6.0, 10.0, 2.0])
    assert selection.select_all(p, odds, BAND).tolist() == [True, False, False, False]
