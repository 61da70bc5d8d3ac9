"""Racecourses as files name them."""

from __future__ import annotations

import re
from typing import NamedTuple

from velo.racing.names import folded

_BRACKET = re.compile(r"\(([^()]*)\)")
_COUNTRY = re.compile(r"[A-Z]{2,3}")
_ALL_WEATHER = {"aw", "awt", "a w", "all weather"}

_ALSO_CALLED = {
    "chelmsford city": "chelmsford",
    "kempton park": "kempton",
    "lingfield park": "lingfield",
    "sandown park": "sandown",
    "haydock park": "haydock",
    "hamilton park": "hamilton",
    "fontwell park": "fontwell",
    "epsom downs": "epsom",
    "catterick bridge": "catterick",
    "great yarmouth": "yarmouth",
    "bangor": "bangor on dee",
    "stratford on avon": "stratford",
    "the curragh": "curragh",
}

SHARED_NAMES = frozenset(
    {
        "ascot",
        "ayr",
        "bath",
        "carlisle",
        "cheltenham",
        "chester",
        "doncaster",
        "epsom",
        "hamilton",
        "kempton",
        "newcastle",
        "newmarket",
        "perth",
        "richmond",
        "sandown",
        "stratford",
        "stratford on avon",
        "warwick",
        "windsor",
        "york",
    }
)
"""Courses whose name another country has too: one race there says nothing of the next."""


class Course(NamedTuple):
    """``surface`` is ``'aw'`` where the name says so, ``country`` the code that it carries.

    British courses carry none: a country of ``'GB'`` and no country are the same course.
    """

    name: str
    surface: str | None
    country: str | None


def course(text: str | None) -> Course | None:
    """``'kempton-aw'`` and ``'Kempton (AW)'`` are ``('kempton', 'aw', None)``.

    ``'Sha Tin (HK)'`` is ``('sha tin', None, 'HK')``; ``'Newmarket (July)'`` keeps its bracket as
    part of the name. ``None`` where no name is left.
    """
    if text is None:
        return None
    surface: str | None = None
    country: str | None = None
    name = _BRACKET.sub(" ", text)
    for bracket in map(str.strip, _BRACKET.findall(text)):
        if folded(bracket) in _ALL_WEATHER:
            surface = "aw"
        elif _COUNTRY.fullmatch(bracket):
            country = bracket
        else:
            name = f"{name} {bracket}"
    name = folded(name)
    for ending in _ALL_WEATHER:
        if name.endswith(f" {ending}"):
            name, surface = name.removesuffix(f" {ending}"), "aw"
            break
    if not any(sign.isalpha() for sign in name):
        return None
    return Course(_ALSO_CALLED.get(name, name), surface, country)


def course_key(course: Course) -> str:
    """One text a track: ``'kempton'``, ``'kempton aw'``, ``'newcastle aus'``.

    Kempton's turf and all-weather tracks are apart, as are Newcastle and Newcastle in Australia.
    """
    country = None if course.country == "GB" else course.country
    return " ".join(filter(None, (course.name, course.surface, country and country.lower())))


def abbreviates(short: str | None, full: str | None) -> bool:
    """Whether ``short`` is a course's name cut short: ``'Ling'`` is ``'Lingfield (AW)'``.

    Both begin with the same letter and the letters of the short name come in order in the full one
    (``'MrktR'``, ``'NAbb'``), or in another name of that course (``'ChelmC'`` is Chelmsford City).
    A full name abbreviates itself. Exchanges do not tell a course's turf from its all-weather
    track, so surfaces are not compared; two different countries are never one course.
    """
    cut, whole = course(short), course(full)
    if cut is None or whole is None:
        return False
    if cut.country and whole.country and cut.country != whole.country:
        return False
    names = [whole.name, *(other for other, name in _ALSO_CALLED.items() if name == whole.name)]
    return any(_in_order(_letters(cut.name), _letters(name)) for name in names)


def _letters(name: str) -> str:
    return "".join(sign for sign in name if sign.isalnum())


def _in_order(letters: str, name: str) -> bool:
    left = iter(name)
    return letters[:1] == name[:1] and all(letter in left for letter in letters)
