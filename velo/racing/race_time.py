"""Race times: `1:54.79`, `59.67`, `1m 54.79s`, `1.54.79` are seconds."""

from __future__ import annotations

import re

_TIME = re.compile(r"^(?:(\d{1,2})\s*(?:[:m]|\.(?=\d+\.))\s*)?(\d{1,3}(?:\.\d+)?)\s*s?$")
_LONGEST = 1200.0


def seconds(text: str | None) -> float | None:
    """Seconds of a race time; None where there is none or it is no race's (0, over 20 minutes)."""
    match = _TIME.match((text or "").strip().lower())
    if match is None:
        return None
    value = 60.0 * int(match.group(1) or 0) + float(match.group(2))
    return value if 0 < value <= _LONGEST else None
