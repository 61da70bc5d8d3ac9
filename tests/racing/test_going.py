from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.going import GOING_GROUPS, going_group, going_rank


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
def test_an_unknown_going_has_no_group_and_no_rank(text: str | None) -> None:
    assert going_group(text) is None
    assert going_rank(going_group(text)) is None


def test_groups_are_ranked_from_the_firmest_turf() -> None:
    assert [going_rank(group) for group in GOING_GROUPS] == list(range(len(GOING_GROUPS)))
    assert GOING_GROUPS.index("firm") < GOING_GROUPS.index("good") < GOING_GROUPS.index("heavy")


@given(st.text(max_size=30))
def test_every_text_has_a_known_group_or_none(text: str) -> None:
    assert going_group(text) in (*GOING_GROUPS, None)
