"""The day of a race, as files write it.

`05/01/2023` is 5 January in Britain and 1 May in the United States. A file is written in one order:
`day_order` finds the evidence for it in all its dates, and `racing_day` reads each in that order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from velo.racing.typography import plain_text

First = Literal["day", "month"]
"""Which of a date's first two numbers is which."""

_MONTHS = {
    "jan": 1,
    "january": 1,
    "feb": 2,
    "february": 2,
    "mar": 3,
    "march": 3,
    "apr": 4,
    "april": 4,
    "may": 5,
    "jun": 6,
    "june": 6,
    "jul": 7,
    "july": 7,
    "aug": 8,
    "august": 8,
    "sep": 9,
    "sept": 9,
    "september": 9,
    "oct": 10,
    "october": 10,
    "nov": 11,
    "november": 11,
    "dec": 12,
    "december": 12,
}
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_YEAR = r"(?P<year>\d{4})"
_NAMED = (
    re.compile(rf"{_DAY}(?:\s+of)?[\s/.-]*{_MONTH},?[\s/.-]*{_YEAR}", re.ASCII),
    re.compile(rf"{_MONTH}[\s/.-]*{_DAY},?[\s/.-]+{_YEAR}", re.ASCII),
    re.compile(rf"{_YEAR}[\s/.-]+{_MONTH}[\s/.-]*{_DAY}", re.ASCII),
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})", re.ASCII)
_IN_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_WEEKDAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[.,]?\s+")
_TIME_BEHIND = re.compile(
    r"(?<=\d)(?:t|,?\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]m)?(?:\s?(?:z|[+-]\d{2}:?\d{2}))?$",
    re.ASCII,
)
_LONGEST = 60
_FIRST_YEAR, _LAST_YEAR = 1850, 2200


class DayOrder(NamedTuple):
    """What a file's dates say of their order.

    Attributes:
        day_first: a text that only a file with the day first can hold, as ``'26/04/2015'``.
        month_first: one that only a file with the month first can hold, as ``'04/26/2015'``.
        ambiguous: a date in numbers that could be either, as ``'05/01/2023'``.
    """

    day_first: str | None
    month_first: str | None
    ambiguous: str | None

    @property
    def first(self) -> First:
        """The number that comes first: the day, unless the file shows that it is the month."""
        return "month" if self.month_first and not self.day_first else "day"


def day_order(texts: Iterable[str | None]) -> DayOrder:
    """The evidence of a file's distinct dates: the first text of each sort, in the order given.

    A text that is a day in neither order (``'31/02/2023'``) is no evidence.
    """
    only_day = only_month = either = None
    for text in texts:
        by_day, by_month = racing_day(text, "day"), racing_day(text, "month")
        if by_day == by_month:
            continue
        if by_month is None:
            only_day = only_day or text
        elif by_day is None:
            only_month = only_month or text
        else:
            either = either or text
    return DayOrder(only_day, only_month, either)


def racing_day(text: str | None, first: First = "day") -> dt.date | None:
    """Read a day: ``'2015-04-26'``, ``'10 Nov 2018'``, ``'Nov 10, 2018'``, ``'26/04/2015'``.

    A time of day behind it is dropped, and a weekday before it, which must be the day's. A year in
    two digits is not read: the order of ``'05/01/23'`` is not told. A day that is none, and a year
    before 1850 or after 2200, is None.

    Args:
        text: the day.
        first: what comes first where day and month are both numbers and the year is the last.
    """
    plain = " ".join(plain_text(text).lower().split())
    if not plain or len(plain) > _LONGEST:
        return None
    plain = _TIME_BEHIND.sub("", plain)
    weekday = _WEEKDAY.match(plain)
    day = _day(plain[weekday.end() :] if weekday else plain, first)
    if day is None or not is_racing_day(day):
        return None
    if weekday and not _WEEKDAYS[day.weekday()].startswith(weekday[1]):
        return None
    return day


def is_racing_day(day: dt.date) -> bool:
    """Whether a race can be of the day: years before 1850 and after 2200 are slips."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def _day(plain: str, first: First) -> dt.date | None:
    if iso := _YEAR_FIRST.fullmatch(plain):
        return _date(*(part for part in iso.groups() if part and part.isdigit()))
    if numbers := _IN_NUMBERS.fullmatch(plain):
        one, other, year = numbers[1], numbers[3], numbers[4]
        return _date(year, other, one) if first == "day" else _date(year, one, other)
    for form in _NAMED:
        if (named := form.fullmatch(plain)) and named["month"] in _MONTHS:
            return _date(named["year"], _MONTHS[named["month"]], named["day"])
    return None


def _date(year: str, month: str | int, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
