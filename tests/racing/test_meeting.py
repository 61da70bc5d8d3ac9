"""The offs of a meeting, read as a 12-hour clock in British time writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from velo.racing.meeting import Off, clock_about, read_meeting, writers_clock
from velo.racing.off_time import OffTime, off_time
from velo.racing.venue import Venue, venue

LONDON = ZoneInfo("Europe/London")
PLACES = [
    ("ascot", "GB"),
    ("dundalk", "IRE"),
    ("longchamp", "FR"),
    ("baden baden", "GER"),
    ("san siro", "ITY"),
    ("veliefendi", "TUR"),
    ("la zarzuela", "SPA"),
    ("meydan", "UAE"),
    ("riyadh", "KSA"),
    ("kenilworth", "SAF"),
    ("saratoga", "USA"),
    ("oaklawn park", "USA"),
    ("ruidoso downs", "USA"),
    ("turf paradise", "USA"),
    ("del mar", "USA"),
    ("woodbine", "CAN"),
    ("hastings", "CAN"),
    ("palermo", "ARG"),
    ("gavea", "BRZ"),
    ("club hipico", "CHI"),
    ("monterrico", "PER"),
    ("tokyo", "JPN"),
    ("seoul", "KOR"),
    ("happy valley", "HK"),
    ("kranji", "SIN"),
    ("mumbai", "IND"),
    ("randwick", "AUS"),
    ("eagle farm", "AUS"),
    ("morphettville", "AUS"),
    ("ascot", "AUS"),
    ("darwin", "AUS"),
    ("ellerslie", "NZ"),
    ("nobody knows it", "USA"),
    ("nobody knows it", "AUS"),
]
CHANGES = [
    date(2023, 3, 11),
    date(2023, 3, 12),
    date(2023, 3, 25),
    date(2023, 3, 26),
    date(2023, 4, 1),
    date(2023, 4, 2),
    date(2023, 9, 3),
    date(2023, 9, 24),
    date(2023, 10, 1),
    date(2023, 10, 28),
    date(2023, 10, 29),
    date(2023, 11, 4),
    date(2023, 11, 5),
]
"""Days about which clocks change: America's, Europe's, Chile's, Australia's and New Zealand's."""


def offs(text: str) -> list[OffTime]:
    """Times of day as they are written, blanks between them."""
    times = [off_time(each) for each in text.split()]
    assert None not in times
    return [each for each in times if each is not None]


def read(day: date, place: Venue, text: str, about: Any = None) -> list[Off | None]:
    """What a meeting's times are understood as."""
    return read_meeting(day, offs(text), place, about)


def times_read(day: date, place: Venue, text: str, about: Any = None) -> str:
    """The same on the source's clock, with a question mark where there is doubt."""
    return " ".join(
        "-" if off is None else off.hh_mm + ("?" if off.doubt else "")
        for off in read(day, place, text, about)
    )


def twelve_hour(when: datetime) -> str:
    """A moment as a British results page writes it."""
    there = when.astimezone(LONDON)
    return f"{there.hour % 12 or 12}:{there.minute:02d}"


@st.composite
def meetings(draw: st.DrawFn) -> tuple[date, Venue, list[datetime]]:
    """A day, a course, and the true offs of a meeting within the hours of its country."""
    name, country = draw(st.sampled_from(PLACES))
    place = venue(name, country)
    if place.zone is None:
        hours, zone = venue("randwick" if country == "AUS" else "saratoga", country).hours, None
        zone = draw(
            st.sampled_from(
                ["Australia/Perth", "Australia/Brisbane"]
                if country == "AUS"
                else ["America/Denver", "America/Chicago", "America/New_York"]
            )
        )
    else:
        hours, zone = place.hours, place.zone
    day = draw(st.one_of(st.sampled_from(CHANGES), st.dates(date(2005, 1, 1), date(2030, 12, 31))))
    gaps = draw(st.lists(st.integers(25, 45), max_size=11))
    first = draw(st.integers(hours.first, max(hours.first, hours.last - sum(gaps))))
    minutes = [first + sum(gaps[:i]) for i in range(len(gaps) + 1)]
    run = draw(st.sets(st.sampled_from(minutes), min_size=1))
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    return (
        day,
        place,
        [
            (midnight + timedelta(minutes=each)).astimezone(UTC)
            for each in sorted(run)
            if each <= hours.last
        ],
    )


@settings(max_examples=400)
@given(meetings())
def test_a_twelve_hour_clock_is_read_right_or_doubted(
    meeting: tuple[date, Venue, list[datetime]],
) -> None:
    day, place, truth = meeting
    texts = [twelve_hour(each) for each in truth]
    readings = read_meeting(day, _each_once(texts), place)
    for when, text in zip(truth, texts, strict=True):
        off = readings[list(dict.fromkeys(texts)).index(text)]
        assert off is not None, f"{text} was given up"
        assert when <= off.at, f"{text} is read as earlier than it was"
        assert off.at - timedelta(minutes=off.doubt) <= when, f"{text} is read as certain"


def _each_once(texts: Sequence[str]) -> list[OffTime]:
    return offs(" ".join(dict.fromkeys(texts)))


@settings(max_examples=150)
@given(meetings())
def test_a_24_hour_clock_is_read_as_it_stands(
    meeting: tuple[date, Venue, list[datetime]],
) -> None:
    day, place, truth = meeting
    texts = [each.astimezone(LONDON).strftime("%H:%M") for each in truth]
    readings = read_meeting(day, _each_once(texts), place, 24)
    for when, text in zip(truth, texts, strict=True):
        off = readings[list(dict.fromkeys(texts)).index(text)]
        assert off is not None
        assert off.hh_mm == text
        assert off.at - timedelta(minutes=off.doubt) <= when <= off.at


def test_californias_evening_runs_over_the_british_midnight() -> None:
    del_mar = venue("del mar", "USA")
    text = "9:00 9:33 10:05 10:38 11:10 11:43 12:15 12:47 1:20"
    assert times_read(date(2023, 8, 12), del_mar, text) == (
        "21:00 21:33 22:05 22:38 23:10 23:43 00:15 00:47 01:20"
    )
    late = read(date(2023, 8, 12), del_mar, text)[6]
    assert late is not None
    assert late.at == datetime(2023, 8, 12, 23, 15, tzinfo=UTC)
    assert late.at.astimezone(ZoneInfo("America/Los_Angeles")).date() == date(2023, 8, 12)


@pytest.mark.parametrize(
    ("name", "country", "text", "expected"),
    [
        ("randwick", "AUS", "4:35", "04:35"),
        ("keeneland", "USA", "10:16", "22:16"),
        ("tokyo", "JPN", "6:40", "06:40"),
        ("newbury", "GB", "2:35", "14:35"),
        ("churchill downs", "USA", "10:49", "22:49"),
        ("palermo", "ARG", "11:50", "23:50"),
        ("sha tin", "HK", "9:05", "09:05"),
        ("happy valley", "HK", "1:15", "13:15"),
        ("cranbourne", "AUS", "10:15", "10:15"),
        ("auteuil", "FR", "11:45", "11:45"),
        ("lyon la soie", "FR", "8:10", "20:10"),
        ("wolverhampton", "GB", "9:20", "21:20"),
        ("lone star park", "USA", "3:51", "03:51"),
        ("funabashi", "JPN", "11:07", "11:07"),
    ],
)
def test_a_country_races_at_its_own_hours(
    name: str, country: str, text: str, expected: str
) -> None:
    assert times_read(date(2021, 5, 8), venue(name, country), text) == expected


def test_two_meetings_of_one_file_are_on_two_clocks() -> None:
    assert times_read(date(2025, 10, 14), venue("leicester", "GB"), "1:40 2:10 4:10") == (
        "13:40 14:10 16:10"
    )
    assert times_read(date(2025, 10, 16), venue("bath", "GB"), "13:05 13:35 16:35") == (
        "13:05 13:35 16:35"
    )


def test_a_french_half_past_nine_is_the_morning_or_the_evening_by_its_meeting() -> None:
    day, chantilly = date(2023, 6, 1), venue("chantilly", "FR")
    assert (
        times_read(day, chantilly, "9:30 10:05 10:40 11:15 12:55")
        == "09:30 10:05 10:40 11:15 12:55"
    )
    assert times_read(day, chantilly, "6:30 7:05 8:30 9:30") == "18:30 19:05 20:30 21:30"
    assert times_read(day, chantilly, "9:30") == "21:30?"


def test_a_padded_time_is_the_morning_where_a_24_hour_clock_can_write_it() -> None:
    day = date(2023, 6, 1)
    assert times_read(day, venue("chantilly", "FR"), "09:30", 24) == "09:30"
    assert times_read(day, venue("newbury", "GB"), "01:40 02:15 12:30") == "13:40 14:15 12:30"


def test_a_time_twelve_hours_from_its_meeting_is_nothing() -> None:
    day, york = date(2023, 6, 1), venue("york", "GB")
    assert times_read(day, york, "13:40 14:15 02:50 15:25 23:30 00:00") == "13:40 14:15 - 15:25 - -"
    assert times_read(day, york, "13:40 14:15 2:50 15:25") == "13:40 14:15 14:50 15:25"
    assert times_read(day, york, "3:10") == "15:10"
    assert times_read(day, york, "23:30") == "-"


def test_a_24_hour_meeting_by_the_clock_of_the_course_is_read_by_that_clock() -> None:
    happy_valley = read(date(2023, 5, 10), venue("happy valley", "HK"), "19:15 19:45 22:50")
    assert [off and off.at.hour for off in happy_valley] == [11, 11, 14]
    randwick = read(date(2023, 5, 13), venue("randwick", "AUS"), "13:35 14:10 16:30")
    assert [off and off.at.hour for off in randwick] == [3, 4, 6]


def test_a_course_that_nobody_knows_is_doubted() -> None:
    nowhere = venue("nowhere", None)
    assert times_read(date(2023, 6, 1), nowhere, "2:30") == "14:30?"
    assert times_read(date(2023, 6, 1), nowhere, "03:40 22:10") == "03:40 22:10"


def test_an_off_that_london_shows_twice_is_doubted_by_an_hour() -> None:
    (off,) = read(date(2023, 10, 28), venue("mountaineer park", "USA"), "1:30")
    assert off is not None
    assert (off.at, off.doubt) == (datetime(2023, 10, 29, 1, 30, tzinfo=UTC), 60)


def test_the_writers_clock_is_what_a_meetings_times_show() -> None:
    assert writers_clock(offs("5:45 12:10 11:30")) == 12
    assert writers_clock(offs("11:30 13:05")) == 24
    assert writers_clock(offs("0:30")) == 24
    assert writers_clock(offs("11:30 12:05")) is None
    assert writers_clock(offs("9:30 13:05")) is None


def test_neighbouring_meetings_tell_the_clock_of_one_that_shows_none() -> None:
    seen: dict[date, list[Any]] = {
        date(2025, 10, 13): [12, 12],
        date(2025, 10, 14): [12],
        date(2025, 10, 16): [24],
    }
    assert clock_about(date(2025, 10, 14), seen) == 12
    assert clock_about(date(2025, 10, 15), seen) is None
    assert clock_about(date(2025, 10, 12), seen) == 12
    assert clock_about(date(2025, 10, 20), seen) == 24
    assert clock_about(date(2025, 10, 20), {}) is None
