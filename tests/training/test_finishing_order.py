from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from training.statistics import finishing_order
from training.statistics.races import Races

chances = st.sampled_from([0.05, 0.1, 0.2, 0.3])


@settings(deadline=None)
@given(st.lists(chances, min_size=2, max_size=12), st.data())
def test_ndcg_of_a_race_is_the_library_s_ties_and_dead_heats_included(
    field: list[float], data: st.DataObject
) -> None:
    races = Races.of(np.zeros(len(field), dtype=np.int64))
    winners = data.draw(st.sets(st.integers(0, len(field) - 1), min_size=1, max_size=2))
    won = np.zeros(len(field))
    won[list(winners)] = 1 / len(winners)
    ndcg = finishing_order.ndcg_at_3(np.array(field), won, races)
    assert ndcg == pytest.approx(ndcg_score([won], [field], k=3))


def test_ndcg_is_the_mean_over_races() -> None:
    races = Races.of(np.array([1, 1, 1, 1, 2, 2, 2, 2]))
    p = np.array([0.4, 0.3, 0.2, 0.1] * 2)
    won = np.array([0, 1.0, 0, 0, 0, 0, 0, 1.0])
    assert finishing_order.ndcg_at_3(p, won, races) == pytest.approx((1 / np.log2(3) + 0) / 2)


def test_the_hit_rate_counts_the_races_that_the_first_choice_won() -> None:
    races = Races.of(np.array([1, 1, 2, 2]))
    won = np.array([1.0, 0, 0, 1.0])
    assert finishing_order.top1_hit(np.array([0.6, 0.4, 0.6, 0.4]), won, races) == 0.5


def test_joint_favourites_split_the_pick() -> None:
    races = Races.of(np.array([1, 1, 1]))
    odds = np.array([3.0, 3.0, 5.0])
    assert finishing_order.favourite_hit(odds, np.array([1.0, 0, 0]), races) == 0.5
    assert finishing_order.favourite_hit(odds, np.array([0, 0, 1.0]), races) == 0


def test_a_first_choice_that_dead_heats_has_half_a_win() -> None:
    races = Races.of(np.array([1, 1]))
    assert finishing_order.top1_hit(np.array([0.6, 0.4]), np.array([0.5, 0.5]), races) == 0.5


def test_auc_is_the_chance_that_a_winner_was_rated_above_a_loser() -> None:
    p, won = np.array([0.5, 0.3, 0.3, 0.1]), np.array([1.0, 1.0, 0, 0])
    assert finishing_order.auc(p, won) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert np.isnan(finishing_order.auc(p, np.zeros(4)))
