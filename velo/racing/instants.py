"""The moments that a time of day on one clock may be, on a race day by another clock.

British sources give an off by the clock of London and the date at the course: 00:15 at Del Mar on
12 August is 16:15 there, and the 13th in London. Both clocks change in spring and autumn, not on
the same days, so every moment is asked of the zones themselves.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from velo.racing.racing_hours import Hours
from velo.racing.venue import Venue

_DAY = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


class Instant(NamedTuple):
    """A moment, in minutes since 1970 (UTC), and how far it lies outside the hours of racing."""

    at: int
    outside: int


def moment(at: int) -> datetime:
    """Minutes since 1970 as a time in UTC."""
    return _EPOCH + at * _MINUTE


def minutes(when: datetime) -> int:
    """A time with its zone as whole minutes since 1970."""
    return (when - _EPOCH) // _MINUTE


def minute_of_day(at: int, zone: str) -> int:
    """What the clock of a zone shows, in minutes after its midnight."""
    clock = moment(at).astimezone(ZoneInfo(zone))
    return clock.hour * 60 + clock.minute


def instants(day: date, minute: int, source: str, place: Venue) -> list[Instant]:
    """Every moment of the race day at which the source's clock shows a time, earliest first.

    A day is the course's from midnight to midnight, and beyond as long as it races. A time that a
    clock skips in spring has none, one that it shows twice in autumn has two.

    Args:
        day: of the race, at the course.
        minute: after midnight, by the source's clock.
        source: zone of the source's clock.
        place: where the race is run.
    """
    steady = steady_day(day, source, place.clock)
    if steady is None:
        return _by_the_zones(day, minute, source, place)
    midnight, ahead = steady
    return [
        Instant(midnight + since, outside)
        for since, outside in since_midnight((minute + ahead) % _DAY, place.hours)
    ]


@cache
def steady_day(day: date, source: str, place: str) -> tuple[int, int] | None:
    """The course's midnight (minutes since 1970), and how far its clock is ahead of the source's.

    None where either clock changes in the course of the day.

    Args:
        day: at the course.
        source: zone of the source's clock.
        place: zone of the course.
    """
    course, clock = ZoneInfo(place), ZoneInfo(source)
    begins = datetime.combine(day, time(), course)
    ends = datetime.combine(day + timedelta(days=1), time(2), course)
    there = _minutes_ahead(begins, ends)
    here = _minutes_ahead(
        begins.astimezone(UTC).astimezone(clock), ends.astimezone(UTC).astimezone(clock)
    )
    if here is None or there is None:
        return None
    return (day.toordinal() - _EPOCH.date().toordinal()) * _DAY - there, there - here


def _minutes_ahead(begins: datetime, ends: datetime) -> int | None:
    """Of UTC, where it is the same at both times and a whole number of minutes."""
    ahead = begins.utcoffset()
    if ahead is None or ahead != ends.utcoffset() or ahead % _MINUTE:
        return None
    return ahead // _MINUTE


@cache
def since_midnight(minute: int, hours: Hours) -> list[tuple[int, int]]:
    """A local time of day, on the race day and in the night after it.

    Returns:
        Minutes since the race day's midnight, each with how far it lies outside the hours.
    """
    return [
        (each, hours.outside(each))
        for each in (minute, minute + _DAY)
        if each < _DAY or each <= hours.last
    ]


def _by_the_zones(day: date, minute: int, source: str, place: Venue) -> list[Instant]:
    clock, course = ZoneInfo(source), ZoneInfo(place.clock)
    moments = set()
    for days in (-1, 0, 1, 2):
        for fold in (0, 1):
            written = datetime.combine(
                day + timedelta(days=days), time(minute // 60, minute % 60, fold=fold), clock
            )
            when = written.astimezone(UTC)
            if when.astimezone(clock).replace(tzinfo=None) != written.replace(tzinfo=None):
                continue
            local = when.astimezone(course)
            since = (local.date() - day).days * _DAY + local.hour * 60 + local.minute
            if 0 <= since < _DAY or _DAY <= since <= place.hours.last:
                moments.add(Instant(minutes(when), place.hours.outside(since)))
    return sorted(moments)
