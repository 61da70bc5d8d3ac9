"""The advertised time of a race."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Literal

_TIME = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>[0-5]\d)(?::\d{2}(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m?\.?)?",
    re.IGNORECASE,
)

# Sources with 12-hour times give British time whatever the country: the Americas race in the
# British evening, Australia and Japan in the early morning, Hong Kong's night meetings at lunch.
_MORNING_FROM = {
    **dict.fromkeys(("USA", "CAN", "ARG", "BRZ", "CHI", "PER", "URU", "MEX"), 12),
    **dict.fromkeys(("AUS", "NZ", "JPN", "KOR"), 1),
    **dict.fromkeys(("HK", "SIN", "MAL", "MAC"), 5),
}
_MORNING_IN_EUROPE = 10


def clock_of(texts: Iterable[str | None]) -> Literal[12, 24]:
    """Which clock a file's off times are on.

    24 where more of its distinct times could only be that (an hour of 13 or later, 0, or padded as
    in ``'05:45'``) than could only be the other (``'5:45'``: nobody races at a quarter to six in
    the morning, and results pages write it so); else 12.
    """
    votes = 0
    for text in texts:
        read = _TIME.fullmatch(text.strip()) if text else None
        if read is None or read["half"] or int(read["hour"]) > 23:
            continue
        hour = int(read["hour"])
        if hour > 12 or read["hour"].startswith("0"):
            votes += 1
        elif hour < 10:
            votes -= 1
    return 24 if votes > 0 else 12


def off_time(
    text: str | None, clock: Literal[12, 24], country: str | None = None
) -> dt.time | None:
    """The off on a 24-hour clock; ``None`` for what is not a time of day.

    ``'2:30 pm'`` says for itself. On a 12-hour clock 1:00 to 9:59 are p.m. and 10:00 to 12:59 stand
    as they are (French cards begin at 11:45); 13 and later can only be 24-hour times. ``country``
    is the code that the course carries: in the Americas 10 and 11 are p.m. too, in Australia and
    Japan 1:00 to 9:59 are a.m., in Hong Kong 5:00 to 9:59 are.
    """
    read = _TIME.fullmatch(text.strip()) if text else None
    if read is None:
        return None
    hour, half = int(read["hour"]), (read["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif clock == 12 and 1 <= hour < _MORNING_FROM.get(country or "", _MORNING_IN_EUROPE):
        hour += 12
    return None if hour > 23 else dt.time(hour, int(read["minute"]))
