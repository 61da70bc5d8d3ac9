"""Races on the days on which clocks change: at the course, in London, or in both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.warehouse.raceform_file import ask, file_of, load
from tests.warehouse.test_offs import card, meeting, offs, utc
from velo.home import Home
from velo.live.deadline import deadline
from velo.settings import Live

PUT_BACK = "2023-10-28"
"""At 17:15 in California London shows 01:15, and an hour later 01:15 again."""


def californian(name: str, local: str, day: str = PUT_BACK, **changes: str) -> list[dict[str, str]]:
    """A race of which a card gives the moment, and no id that would tell it from another."""
    when = dt.datetime.fromisoformat(f"{day}T{local}").replace(
        tzinfo=ZoneInfo("America/Los_Angeles")
    )
    london = when.astimezone(ZoneInfo("Europe/London")).strftime("%H:%M")
    rows = meeting("Santa Anita (USA)", day, london, off_dt=when.isoformat())
    return [
        row | {"race_id": "", "race_name": "Claiming", "horse": f"{name} {n}"} | changes
        for n, row in enumerate(rows)
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize("together", [True, False], ids=["one file", "two files"])
def test_two_races_of_one_meeting_that_london_shows_at_one_time_are_two(
    home: Home, tmp_path: Path, together: bool
) -> None:
    races = [californian("Alder", "17:15"), californian("Birch", "18:15")]
    for rows in [[*races[0], *races[1]]] if together else races:
        load(home, card(tmp_path, rows))
    assert [each[1:3] for each in offs(home)] == [
        ("01:15", utc(29, 0, 15, month=10)),
        ("01:15", utc(29, 1, 15, month=10)),
    ]
    assert ask(home, "SELECT count(*) FROM runners GROUP BY race_id") == [(2,), (2,)]


def test_a_race_that_stands_alone_at_the_later_showing_joins_the_one_of_a_whole_card(
    home: Home, tmp_path: Path
) -> None:
    earlier, later = californian("Alder", "17:15"), californian("Birch", "18:15")
    load(home, card(tmp_path, later))
    load(home, card(tmp_path, earlier + later))
    assert ask(home, "SELECT off_at FROM races ORDER BY off_at") == [
        (utc(29, 0, 15, month=10),),
        (utc(29, 1, 15, month=10),),
    ]
    assert ask(home, "SELECT count(*) FROM runners GROUP BY race_id") == [(2,), (2,)]


@pytest.mark.parametrize(
    ("course", "day", "off", "at"),
    [
        # Britain and Ireland change in the night before the races.
        ("Doncaster", "2023-03-25", "1:50", utc(25, 13, 50, month=3)),
        ("Doncaster", "2023-03-26", "1:50", utc(26, 12, 50, month=3)),
        ("Curragh (IRE)", "2023-03-26", "1:30", utc(26, 12, 30, month=3)),
        ("Curragh (IRE)", "2023-10-29", "1:30", utc(29, 13, 30, month=10)),
        # The United States change two weeks before London in spring, a week after it in autumn.
        ("Aqueduct (USA)", "2023-03-11", "6:20", utc(11, 18, 20, month=3)),
        ("Aqueduct (USA)", "2023-03-12", "5:20", utc(12, 17, 20, month=3)),
        ("Santa Anita (USA)", "2023-03-12", "8:00", utc(12, 20, month=3)),
        ("Santa Anita (USA)", "2023-11-05", "9:00", utc(5, 21, month=11)),
        # New South Wales and Victoria change on other Sundays, Queensland never.
        ("Randwick (AUS)", "2023-03-31", "3:05", utc(31, 2, 5, month=3)),
        ("Flemington (AUS)", "2023-04-02", "6:05", utc(2, 5, 5, month=4)),
        ("Randwick (AUS)", "2023-10-01", "3:05", utc(1, 2, 5, month=10)),
        ("Doomben (AUS)", "2023-10-01", "3:05", utc(1, 2, 5, month=10)),
    ],
)
def test_an_off_is_the_moment_that_london_shows_whoever_changed_the_clock(
    course: str, day: str, off: str, at: dt.datetime
) -> None:
    from velo.warehouse.file_offs import WrittenOff, understand

    name, _, country = course.removesuffix(")").partition(" (")
    date = dt.date.fromisoformat(day)
    (read,) = understand([WrittenOff(date, name.lower(), None, country or "GB", off)], {}, None)
    assert read.off is not None
    assert (read.off.at, read.off.doubt) == (at, 0)


def test_an_off_that_london_skips_is_none_and_the_race_is_held_to_its_first_hour(
    home: Home, tmp_path: Path
) -> None:
    """At 17:30 in California London goes from 00:59 to 02:00: nobody's clock shows 01:30."""
    load(home, file_of(tmp_path, meeting("Santa Anita (USA)", "2023-03-25", "00:30 01:30 02:30")))
    read = {off: (at, doubt) for _, off, at, _, doubt in offs(home)}
    assert read == {
        "00:30": (utc(26, 0, 30, month=3), 0),
        "02:30": (utc(26, 1, 30, month=3), 0),
        None: (None, None),
    }
    race = {"day": dt.date(2023, 3, 25), "course": "Santa Anita (USA)", "region": "USA"}
    assert deadline(race | {"off": None, "off_at": None}, Live()) == utc(25, 17, 15, month=3)


def test_a_prediction_between_two_showings_of_an_off_is_not_timely(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, meeting("Santa Anita (USA)", PUT_BACK, "23:00 01:15")))
    at, doubt = ask(home, "SELECT off_at, off_doubt FROM races ORDER BY off_at")[1]
    assert (at, doubt) == (utc(29, 1, 15, month=10), 60)
    race = {"day": dt.date(2023, 10, 28), "course": "Santa Anita (USA)", "region": "USA"}
    until = deadline(race | {"off": "01:15", "off_at": at, "off_doubt": doubt}, Live())
    assert until == utc(29, 0, 15, month=10)


@pytest.mark.parametrize(
    ("course", "region", "day", "zone", "first"),
    [
        ("Ripon", "GB", "2023-03-26", "Europe/London", "10:00"),
        ("Ripon", "GB", "2023-10-29", "Europe/London", "10:00"),
        ("Curragh (IRE)", "IRE", "2023-03-26", "Europe/Dublin", "10:00"),
        ("Saratoga (USA)", "USA", "2023-03-12", "America/New_York", "10:15"),
        ("Saratoga (USA)", "USA", "2023-11-05", "America/New_York", "10:15"),
        ("Randwick (AUS)", "AUS", "2023-04-02", "Australia/Sydney", "10:15"),
        ("Randwick (AUS)", "AUS", "2023-10-01", "Australia/Sydney", "10:15"),
    ],
)
def test_the_first_hour_of_a_day_that_is_longer_or_shorter_is_by_the_clock_on_the_wall(
    course: str, region: str, day: str, zone: str, first: str
) -> None:
    race = {"day": dt.date.fromisoformat(day), "course": course, "region": region, "off": None}
    until = deadline(race | {"off_at": None}, Live()).astimezone(ZoneInfo(zone))
    assert until.strftime("%Y-%m-%d %H:%M") == f"{day} {first}"


def test_a_morning_that_the_clock_skips_or_shows_twice_is_the_earlier() -> None:
    for day, morning, utc_hour in (
        ("2023-03-26", dt.time(1, 30), 1),
        ("2023-10-29", dt.time(1, 30), 0),
    ):
        race = {"day": dt.date.fromisoformat(day), "course": "Ripon", "region": "GB", "off": None}
        until = deadline(race | {"off_at": None}, Live(morning=morning, timezone="Europe/London"))
        assert (until.hour, until.minute) == (utc_hour, 30)
