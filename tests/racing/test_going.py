from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.going import going_group


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Firm", "firm"),
        ("Hard", "firm"),
        ("Good To Firm", "good to firm"),
        ("GOOD TO FIRM", "good to firm"),
        ("good-firm", "good to firm"),
        ("Good", "good"),
        ("Good4", "good"),
        ("Good To Soft", "good to soft"),
        ("Good To Yielding", "good to soft"),
        ("YIELDING", "good to soft"),
        ("Dead5", "good to soft"),
        ("Soft", "soft"),
        ("YIELDING TO SOFT", "soft"),
        ("Very Soft", "soft"),
        ("Slow6", "soft"),
        ("Soft To Heavy", "heavy"),
        ("Holding", "heavy"),
        ("Heavy 10", "heavy"),
        ("FAST", "fast"),
        ("Standard To Fast", "fast"),
        ("Standard", "standard"),
        ("Standard / Slow", "slow"),
        ("Standard To Slow", "slow"),
        ("SLOW", "slow"),
        ("WET SLOW", "wet"),
        ("WET FAST", "wet"),
        ("Muddy", "wet"),
        ("Sloppy", "wet"),
    ],
)
def test_a_description_of_the_going_falls_into_its_group(text: str, group: str) -> None:
    assert going_group(text) == group


@pytest.mark.parametrize(
    "text",
    [
        "Good (Good To Soft in places)",
        "Good, Good to Soft in places",
        "Good - Good To Firm In Places",
        "GOOD (GoingStick 7.2)",
    ],
)
def test_the_going_elsewhere_on_the_course_does_not_change_the_group(text: str) -> None:
    assert going_group(text) == "good"


@pytest.mark.parametrize("text", [None, "", "-", "Frozen", "not found"])
def test_an_unknown_going_has_no_group(text: str | None) -> None:
    assert going_group(text) is None


@given(
    st.sampled_from(
        ["Good To Firm", "Good", "Good To Yielding", "Very Soft", "Wet Fast", "Std-Slow"]
    ),
    st.sampled_from(["", " (Heavy in places)", ", Firm in places", " - Soft In Places"]),
    st.sampled_from([str.lower, str.upper, str.title]),
    st.integers(1, 3),
)
def test_case_blanks_and_what_lies_elsewhere_leave_the_group_as_it_is(
    words: str, elsewhere: str, how: Callable[[str], str], blanks: int
) -> None:
    text = how(words.replace(" ", " " * blanks)) + elsewhere
    assert going_group(f" {text} ") == going_group(words) is not None


@given(st.text(max_size=30))
def test_any_text_may_stand_in_brackets_behind_the_going(text: str) -> None:
    assert going_group(f"Good To Soft ({text})") == "good to soft"
