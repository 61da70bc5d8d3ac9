from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.class_level import declared_level


def test_a_pattern_race_lies_below_the_class_1_that_it_also_is() -> None:
    levels = [
        declared_level("Class 1", pattern, None, "Flat")
        for pattern in ("Group 1", "Group 2", "Group 3", "Listed", None)
    ]
    assert levels == [-3.0, -2.0, -1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("class_", "level"),
    [
        ("Class 2", 2.0),
        ("class 7", 7.0),
        ("4", 4.0),
        ("Class 4 (Special Condition)", 4.0),
        ("Class 4 (Restricted)", 4.0),
        ("Group One", -3.0),
        ("Hong Kong Group Three", -1.0),
        ("Group 3", -1.0),
        ("Listed", 0.0),
        ("4 Year Olds", 0.0),
        ("Griffin Race", 4.0),
        ("Restricted Race", None),
        ("not found", None),
        ("Class 8", None),
        ("", None),
        (None, None),
    ],
)
def test_a_class_is_its_level(class_: str | None, level: float | None) -> None:
    assert declared_level(class_, None, None, "Flat") == level


@pytest.mark.parametrize(
    ("pattern", "level"),
    [("Grade 1", -3.0), ("G2", -2.0), ("Grade A", 1.0), ("Grade B", 2.0), ("Grade C", 3.0)],
)
def test_a_jumps_grade_is_its_level_and_lettered_grades_are_handicaps(
    pattern: str, level: float
) -> None:
    assert declared_level(None, pattern, "0-150", "Chase") == level


@pytest.mark.parametrize(
    ("band", "race_type", "level"),
    [
        # the bands that British races of that class carry
        ("0-105", "Flat", 2.0),
        ("0-95", "Flat", 3.0),
        ("0-90", "Flat", 3.0),
        ("0-85", "Flat", 4.0),
        ("0-78", "Flat", 4.0),
        ("0-75", "Flat", 5.0),
        ("0-68", "Flat", 5.0),
        ("0-65", "Flat", 6.0),
        ("47-65", "Flat", 6.0),
        ("0-50", "Flat", 7.0),
        ("60-40", "Flat", 6.0),
        ("90+", "Flat", 2.0),
        ("0-150", "Chase", 2.0),
        ("0-140", "Hurdle", 3.0),
        ("95-123", "Hurdle", 3.0),
        ("0-120", "Chase", 4.0),
        ("0-100", "NH Flat", 5.0),
        ("0-100", "Flat", 2.0),
        ("–", "Flat", None),
        (None, "Flat", None),
    ],
)
def test_a_rating_band_goes_by_its_upper_bound_and_the_code_of_racing(
    band: str | None, race_type: str, level: float | None
) -> None:
    assert declared_level(None, None, band, race_type) == level


def test_the_class_comes_before_the_rating_band() -> None:
    assert declared_level("Class 5", None, "0-100", "Flat") == 5.0


@given(st.text(max_size=15), st.text(max_size=15), st.text(max_size=15))
def test_no_text_makes_a_level_fail(class_: str, pattern: str, band: str) -> None:
    level = declared_level(class_, pattern, band, None)
    assert level is None or -3 <= level <= 7
