from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.sectionals import section_lengths


@pytest.mark.parametrize(
    ("distance", "sections", "first"),
    [
        (1000, 3, 200),
        (1200, 3, 400),
        (1400, 4, 200),
        (1600, 4, 400),
        (1650, 4, 450),
        (1800, 5, 200),
        (2000, 5, 400),
        (2200, 6, 200),
        (2400, 6, 400),
    ],
)
def test_hong_kongs_first_section_is_what_the_last_400_metres_leave(
    distance: float, sections: int, first: float
) -> None:
    assert section_lengths(distance, sections) == [first, *[400.0] * (sections - 1)]


@pytest.mark.parametrize(
    ("distance", "sections"),
    [
        (None, 3),
        (math.nan, 3),
        (math.inf, 3),
        (0, 1),
        (-1200, 3),
        (1200, 0),
        (1200, -1),
        (1200, 2),
        (1200, 4),
        (1650, 3),
        (1800, 1),
    ],
)
def test_a_distance_that_is_not_cut_so_has_no_sections(
    distance: float | None, sections: int
) -> None:
    assert section_lengths(distance, sections) == []


@given(st.floats(200, 6000), st.integers(1, 20))
def test_the_sections_make_up_the_race(distance: float, sections: int) -> None:
    lengths = section_lengths(distance, sections)
    assert lengths == [] or sum(lengths) == pytest.approx(distance)
    assert all(length >= 200 for length in lengths)


@given(st.floats(200, 6000))
def test_a_distance_is_cut_into_one_number_of_sections_at_most(distance: float) -> None:
    assert sum(bool(section_lengths(distance, sections)) for sections in range(1, 20)) <= 1
