"""Until when a prediction of a race is one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from velo.settings import Live


def deadline(day: date, off: str | None, live: Live) -> datetime:
    """The off of a race, or the morning's cut-off of its day where it has none, in UTC.

    Args:
        day: the race day.
        off: as the warehouse keeps it, `14:30`, in the time zone that the settings name.
        live: time zone and cut-off.
    """
    moment = time.fromisoformat(off) if off else live.morning
    return datetime.combine(day, moment, ZoneInfo(live.timezone)).astimezone(UTC)
