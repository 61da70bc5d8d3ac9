from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.model import objective
from training.model.objective import ConditionalLogit, mean_log_likelihood
from training.statistics.races import Races
from velo.errors import DataError

RACES = Races.of(np.array([1, 1, 1, 2, 2, 3, 3, 3, 3]))
WON = np.array([1.0, 0, 0, 0, 1, 0.5, 0, 0.5, 0])


def loss(score: np.ndarray) -> float:
    return -float((WON * RACES.log_softmax(score)).sum())


@given(st.lists(st.floats(-8, 8), min_size=RACES.n, max_size=RACES.n))
def test_the_gradient_is_the_slope_of_the_loss(given_score: list[float]) -> None:
    score = np.array(given_score)
    gradient, hessian = ConditionalLogit(WON, RACES)(score)
    step = 1e-4
    for row in range(RACES.n):
        nudge = np.zeros(RACES.n)
        nudge[row] = step
        up, here, down = loss(score + nudge), loss(score), loss(score - nudge)
        assert gradient[row] == pytest.approx((up - down) / (2 * step), abs=1e-5)
        assert hessian[row] == pytest.approx((up - 2 * here + down) / step**2, abs=1e-4)


def test_gradients_of_a_race_cancel() -> None:
    gradient, _ = ConditionalLogit(WON, RACES)(np.linspace(-3, 3, RACES.n))
    np.testing.assert_allclose(RACES.sum(gradient), 0, atol=1e-6)


def test_before_the_first_tree_every_runner_has_the_same_chance() -> None:
    gradient, hessian = ConditionalLogit(WON, RACES)(np.zeros(RACES.n))
    assert gradient[:3].tolist() == pytest.approx([1 / 3 - 1, 1 / 3, 1 / 3])
    assert hessian[3] == pytest.approx(0.25)


def test_scores_in_the_hundreds_leave_all_the_chance_to_the_highest() -> None:
    """No overflow, and no clipping: each race's last runner is 225 ahead of the others, and to no
    runner less than a floor of 1e-12 is left."""
    gradient, hessian = ConditionalLogit(WON, RACES)(np.linspace(-900, 900, RACES.n))
    surely = np.array([0, 0, 1, 0, 1, 0, 0, 0, 1.0])
    np.testing.assert_allclose(gradient, surely - WON, rtol=0, atol=1e-11)
    np.testing.assert_allclose(hessian, 0.0, rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ([np.nan, 0, 0, 0, 1, 1, 0, 0, 0], "win_share is missing on 1 of 9 rows"),
        ([0, 0, 0, 0, 1, 1, 0, 0, 0], "1 races do not have one win"),
        ([1, 0, 0, 0, 1, 1, 1, 0, 0], "1 races do not have one win"),
        ([2, -1, 0, 0, 1, 1, 0, 0, 0], "negative"),
    ],
)
def test_a_label_that_would_teach_nothing_is_refused(broken: list[float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        ConditionalLogit(np.array(broken), RACES)


def test_early_stopping_sees_the_mean_race_likelihood_higher_is_better() -> None:
    score = np.linspace(-1, 1, RACES.n)
    name, value, higher_is_better = ConditionalLogit(WON, RACES).evaluate(score)
    by_race = RACES.log_likelihood(RACES.softmax(score), WON)
    assert name == "race_log_likelihood"
    assert value == pytest.approx(by_race.mean())
    assert mean_log_likelihood(score, WON, RACES) == value
    assert higher_is_better


@pytest.mark.parametrize(("threads", "rows"), [(1, 1), (3, 1), (2, 7)])
def test_how_the_races_are_shared_out_changes_no_bit(
    monkeypatch: pytest.MonkeyPatch, threads: int, rows: int
) -> None:
    score = np.random.default_rng(8).normal(0, 2, RACES.n)
    alone = [each.copy() for each in ConditionalLogit(WON, RACES)(score)]
    monkeypatch.setattr(objective, "BLOCK_ROWS", rows)
    shared = ConditionalLogit(WON, RACES, threads)(score)
    assert all(np.array_equal(a, b) for a, b in zip(alone, shared, strict=True))
