"""Race times: `1:54.79`, `59.67`, `1m 54.79s`, `1.54.79` are seconds."""

from __future__ import annotations

import re

from velo.racing.reason import SECONDS, within
from velo.racing.typography import plain_text

_TIME = re.compile(
    r"(?:0{1,2}:(?=\d{1,2}:))?"
    r"(?:(\d{1,2})\s*(?:mins?|[:m'’′]|\.(?=\d+\.))\s*)?"
    r"(\d{1,3}(?:\.\d{1,20})?)\s*(?:secs?|s|\"|″|'')?",
    re.ASCII,
)
_COMMA = re.compile(r",(?=\d{1,2}\s*s?$)", re.ASCII)


def seconds(text: str | None) -> float | None:
    """Seconds of a race time; None where there is none, or none of a race (0.5, 20 minutes)."""
    return within(time_written(text), SECONDS)


def time_written(text: str | None) -> float | None:
    """Seconds as a text says them, however many; None where it says none.

    ``'1:40:00'`` is None: it may be an hour and forty minutes. With minutes before them seconds
    are under 60.
    """
    match = _TIME.fullmatch(_COMMA.sub(".", plain_text(text).lower()))
    if match is None:
        return None
    rest = float(match[2])
    if match[1] is None:
        return rest
    return 60.0 * int(match[1]) + rest if rest < 60 else None
