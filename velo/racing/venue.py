"""A course as the clock sees it: its zone, and the hours in which it races."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from velo.racing.racing_hours import Hours, country_code, racing_hours
from velo.racing.zones import WIDE, course_zone

HOME_ZONE = "Europe/London"
"""The clock of British sources, whatever the country."""


@dataclass(frozen=True)
class Venue:
    """Where a meeting is held.

    Attributes:
        zone: IANA zone of the course; None where it is not known.
        clock: zone by whose clock `hours` are meant: the course's, else its country's first.
        hours: when it races. Of an unknown country Britain's.
        known: whether the country is known.
    """

    zone: str | None
    clock: str
    hours: Hours
    known: bool = True


@cache
def venue(name: str, country: str | None) -> Venue:
    """Where a course is.

    Args:
        name: as `velo.racing.courses.course` gives it.
        country: its code as files write it; None, or one that no table has, where not known.
    """
    code = country_code(country)
    if code is None:
        return Venue(None, HOME_ZONE, racing_hours("GB"), known=False)
    hours, zone = racing_hours(code), course_zone(name, code)
    if zone is None:
        clock, later = WIDE[code]
        return Venue(None, clock, Hours(hours.first, hours.last + later))
    return Venue(zone, zone, hours)


def earliest_off(place: Venue, day: date) -> datetime:
    """The earliest moment at which a meeting of the day may begin, UTC."""
    midnight = datetime.combine(day, datetime.min.time(), ZoneInfo(place.clock))
    return (midnight + timedelta(minutes=place.hours.first)).astimezone(UTC)
