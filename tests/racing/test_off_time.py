from __future__ import annotations

import datetime as dt
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.off_time import clock_of, off_time


@pytest.mark.parametrize(
    ("text", "clock", "expected"),
    [
        ("5:45", 12, dt.time(17, 45)),
        ("1:00", 12, dt.time(13, 0)),
        ("9:20", 12, dt.time(21, 20)),
        ("12:15", 12, dt.time(12, 15)),
        ("11:45", 12, dt.time(11, 45)),
        ("05:45", 24, dt.time(5, 45)),
        ("19:30", 24, dt.time(19, 30)),
        ("19:30:00", 24, dt.time(19, 30)),
    ],
)
def test_a_twelve_hour_off_is_in_the_afternoon(
    text: str, clock: Literal[12, 24], expected: dt.time
) -> None:
    assert off_time(text, clock) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("10:49", "USA", dt.time(22, 49)),  # the Kentucky Oaks
        ("11:50", "ARG", dt.time(23, 50)),
        ("7:40", "JPN", dt.time(7, 40)),  # the Tenno Sho
        ("4:36", "AUS", dt.time(4, 36)),
        ("9:05", "HK", dt.time(9, 5)),
        ("1:15", "HK", dt.time(13, 15)),
        ("11:45", "FR", dt.time(11, 45)),
        ("6:05", "IRE", dt.time(18, 5)),
    ],
)
def test_races_abroad_are_off_in_british_time(text: str, country: str, expected: dt.time) -> None:
    assert off_time(text, 12, country) == expected


@pytest.mark.parametrize("text", [None, "", "-", "noon", "25:00", "12:60", "5-45", "13:05 pm"])
def test_what_is_no_time_of_day_is_none(text: str | None) -> None:
    assert off_time(text, 12) is None
    assert off_time(text, 24) is None


def test_a_thirteenth_hour_is_what_it_says_on_any_clock() -> None:
    assert off_time("13:05", 12) == dt.time(13, 5)


@pytest.mark.parametrize("clock", [12, 24])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2:30 PM", dt.time(14, 30)),
        ("2:30pm", dt.time(14, 30)),
        ("11:05 a.m.", dt.time(11, 5)),
        ("12:10am", dt.time(0, 10)),
        ("12:10pm", dt.time(12, 10)),
    ],
)
def test_a_time_that_says_am_or_pm_needs_no_clock(
    text: str, clock: Literal[12, 24], expected: dt.time
) -> None:
    assert off_time(text, clock) == expected


@pytest.mark.parametrize(
    ("texts", "clock"),
    [
        (["5:45", "12:10", "11:30"], 12),
        (["11:30", "13:05"], 24),
        (["05:45"], 24),
        (["0:30"], 24),
        ([None, "", "–"], 12),
        (["2:30", "3:00", "13:05"], 12),
        (["2:30", "3:00", "25:00"], 12),
        (["9:30", "13:05", "14:30"], 24),
    ],
)
def test_the_clock_is_the_one_that_most_times_need(texts: list[str | None], clock: int) -> None:
    assert clock_of(texts) == clock


@given(st.times())
def test_a_24_hour_time_is_itself(time: dt.time) -> None:
    assert off_time(time.strftime("%H:%M"), 24) == time.replace(second=0, microsecond=0)
