"""How other format-years spell what the raceform sheet says."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from velo.racing.odds import decimal_odds
from velo.synth.formats.declaration import ColumnText

_BRITISH = ZoneInfo("Europe/London")
_COUNTRY = re.compile(r"\s*\((?!AW\))([A-Z]{2,3})\)")
_MISSING = ("–", "-")
SEXES = {"G": "gelding", "M": "mare", "F": "filly", "C": "colt", "H": "horse"}


def pounds(weight: str) -> str:
    """``9-4`` is ``130``."""
    stones, _, over = weight.partition("-")
    return str(14 * int(stones) + int(over)) if over else ""


def decimal(price: str) -> str:
    """``8/11F`` is ``1.73``."""
    odds = decimal_odds(price)
    return "" if odds is None else f"{odds:.2f}"


def country(name: str) -> str:
    """The country in the brackets of a course or a horse, else ``GB``."""
    named = _COUNTRY.search(name)
    return named[1] if named else "GB"


def bare(name: str) -> str:
    """A course or a horse without its country."""
    return _COUNTRY.sub("", name)


def slug(course: str) -> str:
    """``Kempton (AW)`` is ``kempton-aw``; the country is lost."""
    return re.sub(r"[^a-z]+", "-", bare(course).lower()).strip("-")


def afternoon(off: str) -> str:
    """The sheet's twelve-hour off on a 24-hour clock: its races begin between 11:00 and 21:59."""
    hour, _, minute = off.partition(":")
    return f"{int(hour) + 12 if int(hour) < 10 else int(hour)}:{minute}"


def moment(date: str, off: str) -> str:
    """The off with its zone: ``2025-12-17T16:05:00+00:00``."""
    return datetime.fromisoformat(f"{date} {afternoon(off)}").replace(tzinfo=_BRITISH).isoformat()


def race_key(date: str, course: str, off: str) -> str:
    """An id that no other race has: ``rac_20250102_kempton-aw_1635``."""
    return f"rac_{date.replace('-', '')}_{slug(course)}_{afternoon(off).replace(':', '')}"


def furlongs(distance: str) -> str:
    """``1m2½f`` is ``10.5``."""
    parts = re.fullmatch(r"(?:(\d+)m)?(?:(\d*)(½?)f)?", distance)
    if parts is None:
        return ""
    return f"{8 * int(parts[1] or 0) + int(parts[2] or 0) + (0.5 if parts[3] else 0.0)}"


def day_and_month(date: str) -> str:
    """``10 Nov 2018``."""
    return datetime.fromisoformat(date).strftime("%d %b %Y")


def seconds(time: str) -> str:
    """``3:59.80`` is ``239.80``."""
    minutes, _, rest = time.partition(":")
    if not rest:
        return ""
    whole, _, hundredths = rest.partition(".")
    return f"{60 * int(minutes) + int(whole)}.{hundredths}"


def class_or_pattern(level: str, pattern: str) -> str:
    """The pattern, such as ``Group 1``, of a pattern race; the class of any other."""
    return pattern or level


def known(text: str) -> str:
    """Nothing where the sheet writes a dash."""
    return "" if text in _MISSING else text


def whole(number: str) -> str:
    """``4.0`` is ``4``."""
    return number.removesuffix(".0")


POUNDS = ColumnText(("wgt",), pounds)
DECIMAL = ColumnText(("sp",), decimal)
COUNTRY = ColumnText(("course",), country)
BARE_COURSE = ColumnText(("course",), bare)
SLUG = ColumnText(("course",), slug)
BARE_HORSE = ColumnText(("horse",), bare)
HORSE_COUNTRY = ColumnText(("horse",), country)
AFTERNOON = ColumnText(("off",), afternoon)
MOMENT = ColumnText(("date", "off"), moment)
DAY_AND_MONTH = ColumnText(("date",), day_and_month)
SECONDS = ColumnText(("time",), seconds)
CLASS_OR_PATTERN = ColumnText(("class", "pattern"), class_or_pattern)
RATING = ColumnText(("or",), known)
EARNED = ColumnText(("rpr",), known)
SPEED = ColumnText(("ts",), known)
FURLONGS = ColumnText(("dist",), furlongs)
NUMBER = ColumnText(("num",), whole)
STALL = ColumnText(("draw",), whole)
CLASS_WITHOUT_PATTERN = ColumnText(("class", "pattern"), lambda level, p: "" if p else level)
