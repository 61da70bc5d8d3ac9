"""The advertised time of a race."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Literal

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?")

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

    24 where any hour is 13 or later, is 0, or is padded (``'05:45'``); else 12: nobody races at
    a quarter to six in the morning, and results pages write ``5:45``.
    """
    for text in texts:
        read = _TIME.fullmatch(text.strip()) if text else None
        if read and (int(read[1]) > 12 or read[1].startswith("0")):
            return 24
    return 12


def off_time(
    text: str | None, clock: Literal[12, 24], country: str | None = None
) -> dt.time | None:
    """The off on a 24-hour clock; ``None`` for what is not a time of day.

    On a 12-hour clock 1:00 to 9:59 are p.m. and 10:00 to 12:59 stand as they are (French cards
    begin at 11:45). ``country`` is the code that the course carries: in the Americas 10 and 11 are
    p.m. too, in Australia and Japan 1:00 to 9:59 are a.m., in Hong Kong 5:00 to 9:59 are.
    """
    read = _TIME.fullmatch(text.strip()) if text else None
    if read is None:
        return None
    hour, minute = int(read[1]), int(read[2])
    if clock == 12:
        if not 1 <= hour <= 12:
            return None
        if hour < _MORNING_FROM.get(country or "", _MORNING_IN_EUROPE):
            hour += 12
    if hour > 23 or minute > 59:
        return None
    return dt.time(hour, minute)
