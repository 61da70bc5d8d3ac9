"""Where a horse lay early, from positions at the calls, letters and comments; and the rail."""

from __future__ import annotations

import pytest

from velo.racing.comment_position import VOCABULARY, comment_position
from velo.racing.early_position import (
    first_call,
    letter_position,
    running_positions,
    share_of_field,
)
from velo.racing.rail import rail


@pytest.mark.parametrize(
    ("text", "calls"),
    [("3 3 1", (3, 3, 1)), ("12 12", (12, 12)), ("4", (4,)), ("---", None), ("1 x 2", None)],
)
def test_positions_at_the_calls_are_read_from_the_first_to_the_finish(
    text: str, calls: tuple[int, ...] | None
) -> None:
    assert running_positions(text) == calls


def test_a_single_call_is_the_finish_and_no_early_position() -> None:
    assert first_call((4,)) is None
    assert first_call((3, 1)) == 3


@pytest.mark.parametrize(
    ("position", "starters", "share"),
    [(1, 12, 0), (12, 12, 1), (4, 7, 0.5), (9, 8, 1), (1, 1, None)],
)
def test_the_leader_is_0_and_the_last_of_the_field_1(
    position: int, starters: int, share: float | None
) -> None:
    assert share_of_field(position, starters) == share


def test_letters_stand_for_three_styles() -> None:
    assert [letter_position(each) for each in ("L", "p", " H ", "X", None)] == [
        0,
        0.3,
        0.75,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("comment", "position"),
    [
        ("Made all - ridden out(op 5/2)", 0),
        ("Soon led - headed 3f out - weakened", 0),
        ("Led over 5f - weakened over 1f out", 0),
        ("Pressed leader - led 2f out", 0.1),
        ("Chased leader until after 8th", 0.15),
        ("Prominent until weakened 2f out", 0.2),
        ("Soon tracking leaders - led over 3f out - headed 2f out", 0.25),
        ("Chased leaders in 4th until outpaced", 0.25),
        ("Settled behind leader - led 1f out", 0.25),
        ("In touch - effort 3f out", 0.4),
        ("Mid-division - ridden and lost place 4f out", 0.5),
        ("Towards rear of midfield - nudged along 2f out", 0.65),
        ("Held up - headway over 1f out - led last strides", 0.75),
        ("Always towards rear - eased final furlong", 0.85),
        ("Held up in last trio - stayed on", 0.95),
    ],
)
def test_the_first_place_that_a_comment_names_is_the_early_one(
    comment: str, position: float
) -> None:
    assert comment_position(comment) == position


@pytest.mark.parametrize(
    "comment",
    [
        "Led over 1f out - ran on well",
        "Led inside final furlong",
        "Ridden to lead close home",
        "Headway 3f out - tracked leaders 2f out - led near finish",
        "Effort halfway - chased leaders after - no extra",
        "Behind from halfway",
        "Led 12th - headed 3 out",
        "Ridden 3f out - never dangerous",
        "Refused to race",
        "",
    ],
)
def test_a_place_late_in_the_race_is_no_early_one(comment: str) -> None:
    assert comment_position(comment) is None


@pytest.mark.parametrize(
    ("comment", "position"),
    [
        ("Dwelt - soon chasing leaders - led 1f out", 0.25),
        ("Slowly away - held up in rear", 0.85),
        ("Dwelt - headway 3f out - led final furlong", 0.85),
        ("Held up in touch - ridden 2f out", 0.4),
        ("Held up - in touch from halfway", 0.75),
        ("Slowly into stride - soon led", 0),
    ],
)
def test_a_slow_start_counts_where_no_place_follows_it_early(comment: str, position: float) -> None:
    assert comment_position(comment) == position


def test_each_word_of_the_vocabulary_stands_for_one_place() -> None:
    words = [word for several in VOCABULARY.values() for word in several.split("|")]
    assert len(words) == len(set(words))
    assert all(comment_position(word) is not None for word in words)
    assert all(0 <= position <= 1 for position in VOCABULARY)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('TURF - "C+3" Course', "C+3"),
        ('TURF - "A" Course', "A"),
        ("ALL WEATHER TRACK", "ALL WEATHER TRACK"),
        (" out 4  yards ", "OUT 4 YARDS"),
        ("", None),
        (None, None),
    ],
)
def test_a_rail_is_named_in_capitals(text: str | None, place: str | None) -> None:
    assert rail(text) == place
