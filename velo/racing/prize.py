"""Prize money."""

from __future__ import annotations

import math
import re

_MONEY = re.compile(r"[€£$¥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")


def prize_money(text: str | None) -> float | None:
    """The amount, in the race's own currency: `'€7590'`, `'312.65'`, `'1,251.25'`.

    Prizes are only ever compared within a region, so no currency is converted. Nothing won, and
    what is no amount or more than a float holds, is None.
    """
    read = _MONEY.fullmatch(text.strip()) if text else None
    if read is None:
        return None
    amount = float(read[1].replace(",", "") + (read[2] or ""))
    return amount if 0 < amount < math.inf else None
