"""Until when a prediction of a race is one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from velo.racing.courses import course
from velo.racing.known_courses import country_of
from velo.racing.meeting import Off, read_meeting
from velo.racing.off_time import off_time
from velo.racing.venue import Venue, earliest_off, venue
from velo.settings import Live

WESTERNMOST = timedelta(hours=12)
"""By how much the last clock on earth is behind UTC."""


def deadline(race: Mapping[str, Any], live: Live) -> datetime:
    """The last moment before which a prediction of a race counts, UTC.

    The off, or the earliest that it may be where there is doubt. Of a race without an off the
    earliest hour at which its region races, or `live.morning` where that is set and earlier.

    Args:
        race: `day`, `course`, `region`, `off`, and `off_at` and `off_doubt` as `races` has them; a
            race that was declared before these were kept has its off alone.
        live: the morning's cut-off, and its time zone.
    """
    at, doubt = race.get("off_at"), race.get("off_doubt")
    if at is None and "off_at" not in race and race.get("off"):
        off = _by_itself(race)
        at, doubt = (None, None) if off is None else (off.at, off.doubt)
    if at is not None:
        until: datetime = at - timedelta(minutes=doubt or 0)
        return until.astimezone(UTC)
    first = first_hour(race)
    if live.morning is None:
        return first
    morning = datetime.combine(race["day"], live.morning, ZoneInfo(live.timezone))
    return min(first, morning.astimezone(UTC))


def over_everywhere(day: date) -> datetime:
    """The moment from which on a day is over wherever horses race, UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1) + WESTERNMOST


def first_hour(race: Mapping[str, Any]) -> datetime:
    """The earliest hour at which a race of its region may be run, UTC.

    Args:
        race: `day`, `course`, `region`.
    """
    return earliest_off(_venue(race), race["day"])


def has_off(race: Mapping[str, Any]) -> bool:
    """Whether the deadline of a race comes of its off."""
    return race.get("off_at") is not None or ("off_at" not in race and bool(race.get("off")))


def _by_itself(race: Mapping[str, Any]) -> Off | None:
    written = off_time(race["off"])
    return None if written is None else read_meeting(race["day"], [written], _venue(race), 24)[0]


def _venue(race: Mapping[str, Any]) -> Venue:
    where = course(race.get("course"))
    name = "" if where is None else where.name
    region = race.get("region") or (where and where.country)
    return venue(name, region or country_of(name) or "GB")
