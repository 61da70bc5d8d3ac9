"""Prize money."""

from __future__ import annotations

import re

from velo.racing.typography import plain_text

_CODES = "GBP|EUR|USD|HKD|AUD|NZD|CAD|JPY|KRW|SGD|ZAR|AED|SAR|QAR|CHF|SEK|NOK|DKK"
_CURRENCY = rf"(?:(?:US|A|AU|C|CA|HK|NZ|S)?\$|[€£¥₩]|{_CODES})"
_AMOUNT = re.compile(rf"{_CURRENCY}?\s*(?P<amount>\d[\d., ]*)\s*{_CURRENCY}?", re.ASCII)
_POINT = re.compile(r"(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_COMMA = re.compile(r"\d{1,3}(?:[. ]\d{3})+,\d{2}", re.ASCII)
_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_UNSURE = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)
_LONGEST = 40


def amount(text: str | None) -> float | None:
    """The amount, 0 too, in the race's own currency: `'€7590'`, `'1,251.25'`, `'4.187,00'`.

    Prizes are only ever compared within a region, so no currency is converted. ``'4.187'`` is None:
    whether the point parts thousands is not told.
    """
    plain = plain_text(text)
    written = _AMOUNT.fullmatch(plain) if len(plain) <= _LONGEST else None
    if written is None:
        return None
    bare = written["amount"].strip()
    if _UNSURE.fullmatch(bare):
        return None
    if _POINT.fullmatch(bare):
        return float(bare.replace(",", "").replace(" ", ""))
    if _COMMA.fullmatch(bare):
        return float(bare.replace(".", "").replace(" ", "").replace(",", "."))
    return float(bare.replace(".", "")) if _GROUPS.fullmatch(bare) else None
