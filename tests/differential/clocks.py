"""Offs of a file by meeting: twelve or twenty-four hours, morning or evening, independently.

The offs of a meeting lie on a dial; the widest gap of the dial lies before its first race. That
leaves two readings twelve hours apart, and the country's racing hours choose.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/London")
ZONES = {
    "GB": "Europe/London",
    "IRE": "Europe/Dublin",
    "FR": "Europe/Paris",
    "GER": "Europe/Berlin",
    "USA": "America/New_York",
    "CAN": "America/Toronto",
    "AUS": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
    "JPN": "Asia/Tokyo",
    "HK": "Asia/Hong_Kong",
    "UAE": "Asia/Dubai",
    "SAF": "Africa/Johannesburg",
    "BRZ": "America/Sao_Paulo",
    "ARG": "America/Buenos_Aires",
    "CHI": "America/Santiago",
    "SIN": "Asia/Singapore",
    "ITY": "Europe/Rome",
    "KSA": "Asia/Riyadh",
    "QA": "Asia/Qatar",
    "TUR": "Europe/Istanbul",
    "SWE": "Europe/Stockholm",
    "SPA": "Europe/Madrid",
    "MAC": "Asia/Macau",
    "KOR": "Asia/Seoul",
}
ONE_ZONE = {"GB", "IRE", "FR", "GER", "JPN", "HK", "UAE"}
"""Countries whose zone is never in doubt."""

COURSE_ZONES = {
    ("del mar", "USA"): "America/Los_Angeles",
    ("santa anita", "USA"): "America/Los_Angeles",
    ("golden gate fields", "USA"): "America/Los_Angeles",
    ("arlington", "USA"): "America/Chicago",
    ("arlington park", "USA"): "America/Chicago",
    ("oaklawn park", "USA"): "America/Chicago",
    ("lone star park", "USA"): "America/Chicago",
    ("canterbury park", "USA"): "America/Chicago",
    ("ascot", "AUS"): "Australia/Perth",
    ("morphettville", "AUS"): "Australia/Adelaide",
}
_LOCAL_HOURS = (10.0, 23.0)
_HARDLY_EVER = (9.0, 23.5)  # outside these nobody races

Race = tuple[date, str, str]
"""Day, course and off as the file writes them."""


def country_of(course: str, region: str | None = None) -> str:
    codes = [c for c in re.findall(r"\(([A-Z]{2,3})\)", course) if c != "AW"]
    return (region or (codes[0] if codes else "GB")).upper()


def zone_of(course: str, country: str) -> ZoneInfo:
    name = re.sub(r"\s*\([A-Z]+\)", "", course).strip().lower().replace("-", " ")
    return ZoneInfo(COURSE_ZONES.get((name, country), ZONES.get(country, "Europe/London")))


def minutes(text: str) -> int | None:
    m = re.fullmatch(
        r"\s*(\d{1,2})[:.]([0-5]\d)(?::\d\d)?\s*(?:([ap])\.?m\.?)?\s*", text, re.IGNORECASE
    )
    if m is None or int(m[1]) > 23:
        return None
    hour = int(m[1])
    if m[3]:
        hour = hour % 12 + (12 if m[3].lower() == "p" else 0)
    return hour * 60 + int(m[2])


def clock_text(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def offs(
    races: Iterable[tuple[date, str, str, str | None]], twenty_four: bool | None = None
) -> dict[Race, tuple[str, ...]]:
    """`HH:MM` in British time of every off text: none where it is no time, two where both may be.

    Args:
        races: day, course, off and region as the file writes them.
        twenty_four: the clock where it is known; by meeting otherwise.
    """
    meetings: dict[tuple[date, str], dict[str, str | None]] = defaultdict(dict)
    for day, course, text, region in races:
        meetings[day, course][text] = region
    read: dict[Race, tuple[str, ...]] = {}
    for (day, course), texts in meetings.items():
        times = {text: minutes(text) for text in texts}
        known = {text: time for text, time in times.items() if time is not None}
        if twenty_four or (twenty_four is None and _is_twenty_four(known)):
            placed = [known]
        else:
            country = country_of(course, next(iter(texts.values())))
            placed = _placed(day, zone_of(course, country), known)
        for text in texts:
            read[day, course, text] = tuple(clock_text(p[text]) for p in placed if text in p)
    return read


def _is_twenty_four(known: dict[str, int]) -> bool:
    return any(
        time >= 13 * 60 or text.strip().startswith("0")
        for text, time in known.items()
        if "m" not in text.lower()
    )


def _placed(day: date, zone: ZoneInfo, known: dict[str, int]) -> list[dict[str, int]]:
    """The likeliest reading of a meeting, or both where neither is out of the question."""
    certain = {text: time for text, time in known.items() if "m" in text.lower()}
    known = {text: time for text, time in known.items() if text not in certain}
    if not known:
        return [certain]
    on_dial = sorted({time % 720 for time in known.values()})
    gaps = [
        ((on_dial[(i + 1) % len(on_dial)] - time) % 720 or 720, i) for i, time in enumerate(on_dial)
    ]
    first = on_dial[(max(gaps)[1] + 1) % len(on_dial)]
    readings = [
        certain
        | {text: (first + (time - first) % 720 + half) % 1440 for text, time in known.items()}
        for half in (0, 720)
    ]
    hours = [[_local_hour(day, time, zone) for time in r.values()] for r in readings]
    possible = [_share(each, _HARDLY_EVER) for each in hours]
    likely = [_share(each, _LOCAL_HOURS) + _share(each, (11, 19)) for each in hours]
    order = sorted((0, 1), key=lambda i: -likely[i])
    both = possible[order[1]] > 0.5 and likely[order[0]] < 1.5
    return [readings[i] for i in (order if both else order[:1])]


def _share(hours: list[float], bounds: tuple[float, float]) -> float:
    return sum(bounds[0] < hour <= bounds[1] for hour in hours) / len(hours)


def _local_hour(day: date, minute: int, zone: ZoneInfo) -> float:
    local = moment(day, minute, zone).astimezone(zone)
    return local.hour + local.minute / 60


def moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment of a British clock's time on a racing day that is local to the course."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=HOME)
    candidates = [
        (midnight + timedelta(days=shift)).replace(hour=minute // 60, minute=minute % 60)
        for shift in (-1, 0, 1)
    ]
    local = [each for each in candidates if each.astimezone(zone).date() == day]
    return local[0] if local else candidates[1]
