"""Prices that carry no time stand at an hour of their kind."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from velo.errors import InputError
from velo.racing.price_clock import hour_in_words, is_quoted_by, later_kind, snapshot_time
from velo.settings import PriceHours

LONDON = ZoneInfo("Europe/London")
OFF = datetime(2020, 6, 3, 14, 30, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        ("evening", datetime(2020, 6, 2, 20, 0, tzinfo=LONDON)),
        ("breakfast", datetime(2020, 6, 3, 8, 0, tzinfo=LONDON)),
        ("morning", datetime(2020, 6, 3, 10, 0, tzinfo=LONDON)),
        ("open", datetime(2020, 6, 3, 14, 15, tzinfo=LONDON)),
        ("sp", OFF),
        ("bsp", OFF),
        ("wap", OFF),
    ],
)
def test_a_price_without_a_time_stands_at_the_hour_of_its_kind(kind: str, when: datetime) -> None:
    assert snapshot_time(kind, OFF, PriceHours()) == when


def test_the_hour_of_a_kind_is_the_one_that_is_set() -> None:
    clock = PriceHours(evening=time(18), breakfast=time(7, 30), morning=time(11), open=5)
    hours = [snapshot_time(kind, OFF, clock) for kind in ("evening", "breakfast", "morning")]
    assert [(each.day, each.hour, each.minute) for each in hours] == [
        (2, 18, 0),
        (3, 7, 30),
        (3, 11, 0),
    ]
    assert OFF - snapshot_time("open", OFF, clock) == timedelta(minutes=5)


def test_the_day_before_is_by_the_clock_of_the_course() -> None:
    # The first race at Happy Valley is at 11:15 in London, and its evening at noon the day before.
    off = datetime(2020, 6, 3, 18, 15, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    evening = snapshot_time("evening", off, PriceHours())
    assert evening.astimezone(UTC) == datetime(2020, 6, 2, 12, 0, tzinfo=UTC)


def test_no_price_of_a_race_is_quoted_after_its_off() -> None:
    early = datetime(2020, 6, 3, 9, 0, tzinfo=LONDON)
    assert snapshot_time("morning", early, PriceHours()) == early


def test_minutes_before_the_off_are_counted_through_a_change_of_the_clock() -> None:
    off = datetime(2020, 3, 29, 2, 5, tzinfo=LONDON)  # five minutes after 01:00 became 02:00
    assert snapshot_time("open", off, PriceHours()).astimezone(UTC) == datetime(
        2020, 3, 29, 0, 50, tzinfo=UTC
    )


def test_a_kind_without_an_hour_and_an_off_without_a_zone_are_refused() -> None:
    with pytest.raises(InputError, match=r"kind of price 'in-play-max': it must be of evening"):
        snapshot_time("in-play-max", OFF, PriceHours())
    with pytest.raises(InputError, match="has no time zone"):
        snapshot_time("evening", OFF.replace(tzinfo=None), PriceHours())


def test_a_price_is_not_known_before_its_hour() -> None:
    at_nine = OFF.replace(hour=9, minute=0)
    known = [
        kind
        for kind in ("evening", "breakfast", "morning", "open", "sp", "bsp", "wap")
        if is_quoted_by(kind, at_nine, OFF, PriceHours())
    ]
    assert known == ["evening", "breakfast"]
    assert is_quoted_by("bsp", OFF, OFF, PriceHours())


def test_a_price_is_followed_by_the_next_kind_whose_hour_has_passed() -> None:
    def after(kind: str, hour: int) -> str | None:
        return later_kind(kind, OFF.replace(hour=hour, minute=0), OFF, PriceHours())

    assert [after("evening", hour) for hour in (7, 9, 11)] == [None, "breakfast", "morning"]
    assert after("morning", 11) is None
    assert after("sp", 23) is None


def test_the_hour_of_a_kind_in_words() -> None:
    words = [hour_in_words(kind, PriceHours()) for kind in ("evening", "morning", "open", "bsp")]
    assert words == [
        "20:00 the day before",
        "10:00 on the day",
        "15 minutes before the off",
        "the off",
    ]
