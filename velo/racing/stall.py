"""Where a horse starts."""

from __future__ import annotations

import re

from velo.racing.numerals import whole
from velo.racing.typography import plain_text

_IN_BRACKETS = re.compile(r"\(\s?(\d{1,2})\s?\)", re.ASCII)


def stall(text: str | None) -> int | None:
    """The stall: ``'5'``, ``'5.0'``, ``'(5)'``; 0 where there are none. Else ``None``."""
    bracket = _IN_BRACKETS.fullmatch(plain_text(text))
    return int(bracket[1]) if bracket else whole(text)
