"""The parts of a runner's strength, each by its own rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.synth import truth
from velo.synth.horses import NEVER


def test_a_layoff_inside_the_sweet_spot_costs_nothing() -> None:
    effect, days = truth.layoff_effect(100, np.array([70, 40, 55], dtype=np.int32))
    assert effect.tolist() == [0.0, 0.0, 0.0]
    assert days.tolist() == [30.0, 60.0, 45.0]


def test_a_quick_return_and_a_long_absence_both_cost_and_a_debutant_pays_neither() -> None:
    last_day = np.array([93, -140, NEVER], dtype=np.int32)
    effect, days = truth.layoff_effect(100, last_day)
    assert effect[0] < 0
    assert effect[1] == pytest.approx(-truth.LAYOFF_STRENGTH * 0.30)
    assert effect[2] == 0
    assert days[2] == 0


def test_class_three_to_class_five_is_a_drop_of_two() -> None:
    effect, drop = truth.class_effect(np.array([5.0]), np.array([3.0]), np.array([False]))
    assert drop.tolist() == [2.0]
    assert effect[0] > 0


def test_a_drop_in_class_helps_most_when_it_was_planned() -> None:
    drop, yard, rider = np.ones(3), np.zeros(3), np.zeros(3)
    planned = truth.interactions(drop, np.array([10.0, 45.0, 90.0]), yard, rider, np.full(3, 9))
    assert planned[1] > planned[2] == 0 > planned[0]


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=20))
def test_chances_are_the_softmax_of_strength(strength: list[float]) -> None:
    s = np.array(strength)
    chance = truth.win_probability(s, np.array([0]), np.zeros(len(s), dtype=np.int64))
    assert chance.sum() == pytest.approx(1.0)
    assert np.log(chance) - np.log(chance[0]) == pytest.approx(s - s[0], abs=1e-9)
