from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from training.statistics.races import LEAST_STRENGTH, Races

fields = st.lists(st.integers(1, 14), min_size=1, max_size=30)
scores = st.floats(-700, 700)


def of_sizes(sizes: list[int]) -> Races:
    return Races.of(np.repeat(np.arange(len(sizes)), sizes))


def test_a_race_is_a_run_of_rows_with_one_identity() -> None:
    races = Races.of(np.array([7, 7, 3, 3, 3, 9]))
    assert races.offsets.tolist() == [0, 2, 5]
    assert races.sizes.tolist() == [2, 3, 1]
    assert races.index.tolist() == [0, 0, 1, 1, 1, 2]


def test_a_race_whose_rows_do_not_stand_together_is_refused() -> None:
    with pytest.raises(AssertionError, match="stand together"):
        Races.of(np.array([1, 1, 2, 1]))


def test_no_rows_are_no_races() -> None:
    races = Races.of(np.array([], dtype=np.int64))
    assert len(races) == 0
    assert races.sum(np.array([])).tolist() == []


@given(fields, st.data())
def test_softmax_within_the_race_is_the_softmax_of_each_race(
    sizes: list[int], data: st.DataObject
) -> None:
    races = of_sizes(sizes)
    score = np.array(data.draw(st.lists(scores, min_size=races.n, max_size=races.n)))
    pieces = np.split(score, races.offsets[1:])
    plain = np.concatenate([softmax(x) for x in pieces])
    np.testing.assert_allclose(races.softmax(score), plain, atol=20 * LEAST_STRENGTH)
    np.testing.assert_allclose(
        races.log_softmax(score), np.concatenate([log_softmax(x) for x in pieces]), atol=1e-9
    )
    np.testing.assert_allclose(races.sum(races.softmax(score)), 1.0)


@given(fields, st.floats(-1e3, 1e3))
def test_what_is_added_to_every_runner_of_a_race_changes_nothing(
    sizes: list[int], constant: float
) -> None:
    races = of_sizes(sizes)
    score = np.linspace(-2, 2, races.n)
    np.testing.assert_allclose(races.softmax(score + constant), races.softmax(score), rtol=1e-9)


def test_the_likelihood_of_a_race_is_the_winner_s_log_probability() -> None:
    races = of_sizes([2, 3])
    p = np.array([0.25, 0.75, 0.5, 0.3, 0.2])
    won = np.array([1.0, 0, 0, 1, 0])
    np.testing.assert_allclose(races.log_likelihood(p, won), np.log([0.25, 0.3]))


def test_dead_heaters_share_the_likelihood() -> None:
    races = of_sizes([3])
    p = np.array([0.5, 0.3, 0.2])
    shared = races.log_likelihood(p, np.array([0.5, 0, 0.5]))
    np.testing.assert_allclose(shared, [(np.log(0.5) + np.log(0.2)) / 2])


def test_a_winner_given_no_chance_is_infinitely_unlikely_and_a_loser_is_not() -> None:
    races = of_sizes([2, 2])
    p = np.array([0.0, 1.0, 0.0, 1.0])
    assert races.log_likelihood(p, np.array([1.0, 0, 0, 1])).tolist() == [-np.inf, 0.0]


def test_keeping_some_races_keeps_their_rows_whole() -> None:
    races = of_sizes([2, 3, 1])
    rows, kept = races.keep(np.array([True, False, True]))
    assert rows.tolist() == [True, True, False, False, False, True]
    assert kept.offsets.tolist() == [0, 2]
    assert kept.n == 3


def test_rows_are_taken_some_at_a_time_and_no_race_is_cut() -> None:
    races = of_sizes([2, 3, 1, 7, 2])
    assert list(races.spans(5)) == [slice(0, 5), slice(5, 6), slice(6, 13), slice(13, 15)]
    assert list(Races(np.zeros(0, dtype=np.int64), 0).spans(5)) == []


def test_a_race_is_all_true_only_if_every_row_is() -> None:
    assert of_sizes([2, 2]).all(np.array([True, True, True, False])).tolist() == [True, False]
