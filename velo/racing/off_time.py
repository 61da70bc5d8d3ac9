"""The advertised time of a race, as files write it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

_TIME = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>[0-5]\d)(?::\d{2}(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m?\.?)?",
    re.IGNORECASE,
)
HALF_DAY = 720


class OffTime(NamedTuple):
    """A time of day as it is written.

    Attributes:
        minute: minutes after midnight, as a 24-hour clock reads the text.
        sure: whether the text can mean nothing else: `14:30`, `0:10`, `2:30 pm`.
        late: whether only a 24-hour clock writes it: `14:30`, `00:10`.
        padded: whether a zero stands before the hour: `02:30`.
        single: whether the hour is one digit that a 24-hour clock would pad: `2:30`.
    """

    minute: int
    sure: bool
    late: bool
    padded: bool
    single: bool

    @property
    def other(self) -> int:
        """The minute of the day twelve hours away."""
        return (self.minute + HALF_DAY) % (2 * HALF_DAY)


def off_time(text: str | None) -> OffTime | None:
    """``'5:45'`` is 345, not sure, and single; ``'17:45'`` is 1065, sure and late.

    ``'2:30 pm'`` says for itself. ``None`` for what is not a time of day.
    """
    read = _TIME.fullmatch(text.strip()) if text else None
    if read is None:
        return None
    hour, minute, half = int(read["hour"]), int(read["minute"]), (read["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
        return OffTime(hour * 60 + minute, True, False, False, False)
    if hour > 23:
        return None
    late, padded = hour > 12 or hour == 0, read["hour"].startswith("0")
    return OffTime(
        hour * 60 + minute, late, late, padded and not late, not padded and 1 <= hour <= 9
    )


def may_mean(text: str | None) -> frozenset[str]:
    """The times of day, `HH:MM`, that a text may mean; none for what is no time of day."""
    read = off_time(text)
    if read is None:
        return frozenset()
    return frozenset(
        hh_mm(each) for each in {read.minute, read.minute if read.sure else read.other}
    )


def hh_mm(minute: int) -> str:
    """Minutes after midnight as `HH:MM`."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def off_moment(text: str | None, day: datetime | None = None) -> datetime | None:
    """An off with its date and zone: ``'2025-12-17T16:05:00+00:00'``; ``None`` without a zone.

    Args:
        text: ISO 8601; seconds are dropped.
        day: midnight of the race day in UTC; a moment over two days from it is another race's.
    """
    try:
        at = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    if day is not None and abs(at - day) > timedelta(days=2):
        return None
    return at.replace(second=0, microsecond=0)
