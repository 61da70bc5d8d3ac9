"""What a race was run on."""

from __future__ import annotations

import re

from velo.racing.courses import course as read_course
from velo.racing.going import TURF_GROUPS, going_group

_WORDS = (
    ("turf", re.compile(r"\b(?:turf|grass)\b")),
    (
        "aw",
        re.compile(
            r"\b(?:awt?|all.weather(?: track)?|polytrack|tapeta|fibresand|viscoride|synthetic)\b"
        ),
    ),
    ("dirt", re.compile(r"\b(?:dirt|sand)\b")),
)
_OVER_JUMPS = ("hurdle", "chase")
_DIRT_GOING = ("fast", "wet")
_LAST_BRACKET = re.compile(r"\(([^()]*)\)\s*$")


def declared_surface(text: str | None) -> str | None:
    """``'turf'``, ``'aw'`` or ``'dirt'`` where a surface or rail column says so.

    ``'TURF - "A" Course'``, ``'ALL WEATHER TRACK'``, ``'AWT'``, ``'Polytrack'``.
    """
    column = text.lower() if text else ""
    return next((surface for surface, words in _WORDS if words.search(column)), None)


def surface(
    explicit: str | None,
    course: str | None,
    going: str | None,
    race_type: str | None,
    race_name: str | None = None,
) -> str | None:
    """``'turf'``, ``'aw'`` or ``'dirt'`` by the first that tells.

    A surface column, the bracket that ends a race's name (``'Prix Pensbury (2yo) (Turf)'``), the
    course's own mark (``'Kempton (AW)'``), the type (jumps are on turf), the going: words for turf
    tell turf, standard and slow an all-weather track, fast and muddy dirt. Else ``None``.
    """
    bracket = _LAST_BRACKET.search(race_name) if race_name else None
    for text in (explicit, bracket[1] if bracket else None):
        if (declared := declared_surface(text)) is not None:
            return declared
    track = read_course(course)
    if track is not None and track.surface is not None:
        return track.surface
    if race_type is not None and race_type.strip().lower() in _OVER_JUMPS:
        return "turf"
    group = going_group(going)
    if group is None:
        return None
    if group in TURF_GROUPS:
        return "turf"
    return "dirt" if group in _DIRT_GOING else "aw"
