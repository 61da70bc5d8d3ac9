from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.off_time import hh_mm, may_mean, off_moment, off_time


@pytest.mark.parametrize(
    ("text", "minute", "sure"),
    [
        ("5:45", 345, False),
        ("12:15", 735, False),
        ("05:45", 345, False),
        ("5.45", 345, False),
        ("19:30", 1170, True),
        ("19:30:00", 1170, True),
        ("0:30", 30, True),
        ("00:05", 5, True),
        ("2:30 PM", 870, True),
        ("2:30pm", 870, True),
        ("11:05 a.m.", 665, True),
        ("12:10am", 10, True),
        ("12:10pm", 730, True),
    ],
)
def test_a_time_is_read_as_it_is_written(text: str, minute: int, sure: bool) -> None:
    read = off_time(text)
    assert read is not None
    assert (read.minute, read.sure) == (minute, sure)


def test_a_time_shows_the_clock_that_wrote_it() -> None:
    written = {text: off_time(text) for text in ("14:30", "0:10", "02:30", "2:30", "11:30")}
    shows = {
        text: [name for name in ("late", "padded", "single") if getattr(read, name)]
        for text, read in written.items()
    }
    assert shows == {
        "14:30": ["late"],
        "0:10": ["late"],
        "02:30": ["padded"],
        "2:30": ["single"],
        "11:30": [],
    }


@pytest.mark.parametrize("text", [None, "", "-", "noon", "25:00", "12:60", "5-45", "13:05 pm"])
def test_what_is_no_time_of_day_is_none(text: str | None) -> None:
    assert off_time(text) is None
    assert may_mean(text) == frozenset()


def test_a_time_without_am_or_pm_may_be_either() -> None:
    assert may_mean("2:30") == {"02:30", "14:30"}
    assert may_mean("12:05") == {"12:05", "00:05"}
    assert may_mean("14:30") == {"14:30"}
    assert may_mean("2:30 pm") == {"14:30"}


@given(st.times())
def test_a_24_hour_time_is_itself(time: dt.time) -> None:
    read = off_time(time.strftime("%H:%M"))
    assert read is not None
    assert hh_mm(read.minute) == time.strftime("%H:%M")


def test_a_moment_needs_its_zone_and_its_day() -> None:
    day = dt.datetime(2025, 12, 17, tzinfo=dt.UTC)
    assert off_moment("2025-12-17T16:05:00+00:00", day) == dt.datetime(
        2025, 12, 17, 16, 5, tzinfo=dt.UTC
    )
    assert off_moment("2025-12-17T13:05:00-05:00", day) == dt.datetime(
        2025, 12, 17, 18, 5, tzinfo=dt.UTC
    )
    assert off_moment("2025-12-17T16:05:00", day) is None
    assert off_moment("2025-11-17T16:05:00+00:00", day) is None
    assert off_moment("4:05", day) is None
    assert off_moment(None, day) is None
