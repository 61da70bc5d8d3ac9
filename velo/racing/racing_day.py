"""The day of a race, as files write it."""

from __future__ import annotations

from datetime import date, datetime

_FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d")


def racing_day(text: str | None) -> date | None:
    """Read a day: `2015-04-26`, `10 Nov 2018`, `26/04/2015`, `31-12-2019`, `20150426`.

    A time of day behind an ISO date (`2015-04-26 00:00:00`) is dropped. Day before month where
    both are numbers, as in Britain. Anything else, and a year before 1850 or after 2200, is None.
    """
    if text is None:
        return None
    head = text.strip()
    if len(head) > 10 and head[4:5] == "-" and head[10] in " T":
        head = head[:10]
    for form in _FORMATS:
        try:
            day = datetime.strptime(head, form).date()
        except ValueError:
            continue
        return day if 1850 <= day.year <= 2200 else None
    return None
