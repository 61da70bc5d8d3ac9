"""Features that look at the whole field, of whole races only."""

from __future__ import annotations

import numpy as np
import pytest

from velo.errors import DataError
from velo.racing.field_wide import FIELD_WIDE, field_wide

PURTON, MOREIRA, HO = 2**62 + 1, 2**62 + 2, 2**62 + 3
RACES = np.array([1, 1, 1, 1, 2, 2])
TODAY = np.array([MOREIRA, PURTON, HO, 0, PURTON, MOREIRA])
LAST = np.array([PURTON, PURTON, PURTON, 0, 0, HO])
NAMES = ("jockey_left", "jockey_chose")


def computed(rows: list[int] | None = None, sizes: tuple[int, ...] = (4, 4, 4, 4, 2, 2)) -> dict:
    order = np.arange(6) if rows is None else np.array(rows)
    return field_wide(
        NAMES,
        RACES[order],
        np.array(sizes)[order],
        {"rider_id": TODAY[order], "last_rider_id": LAST[order]},
    )


def test_a_jockey_left_a_horse_where_he_rides_a_rival_of_it() -> None:
    """Numbers of 63 bits: as floats Purton and Moreira would be one."""
    assert computed()["jockey_left"].tolist() == [1, 0, 1, 0, 0, 0]


def test_a_jockey_chose_among_those_that_he_rode_last() -> None:
    assert computed()["jockey_chose"].tolist() == [0, 2, 0, 0, 0, 0]


def test_the_order_of_runners_does_not_matter() -> None:
    order = [5, 2, 0, 4, 3, 1]
    for name in NAMES:
        assert computed(order)[name].tolist() == computed()[name][order].tolist()


def test_a_race_that_is_not_whole_is_refused() -> None:
    with pytest.raises(DataError, match="race 1 has 4 runners and 3 were given: jockey_left"):
        computed([0, 1, 2, 4, 5])


def test_a_feature_that_nothing_computes_is_named() -> None:
    with pytest.raises(DataError, match="nothing computes pace_of_dreams over whole races"):
        field_wide(("pace_of_dreams",), RACES, np.full(6, 6), {})
    assert set(NAMES) <= set(FIELD_WIDE)


PACE = {
    "own_early": np.array([0.1, 0.5, 0.9, 0.4, 0.2, 0.29]),
    "own_lead": np.array([0.8, 0.3, 0.08, 0.02, 0.5, 0.9]),
}


def test_a_leader_is_lone_where_no_other_lies_in_front() -> None:
    pace = field_wide(("lone_leader", "front_pressure"), RACES, np.array([4] * 4 + [2] * 2), PACE)
    assert pace["lone_leader"].tolist() == [1, 0, 0, 0, 0, 0]
    assert pace["front_pressure"] == pytest.approx([0.08, 0, -0.08, 0.02, 0.12, 0.084])


def test_a_newcomer_is_rated_as_the_mean_of_its_field() -> None:
    ratings = np.array([0.5, np.nan, 0.1, np.nan, np.nan, np.nan])
    (values,) = field_wide(
        ("rating_rank",), RACES, np.array((4, 4, 4, 4, 2, 2)), {"horse_rank_part": ratings}
    ).values()
    assert values.tolist() == [0.5, 0.3, 0.1, 0.3, 0, 0]
