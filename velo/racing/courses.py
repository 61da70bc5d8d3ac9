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
    for said in (bracket.strip() for bracket in _BRACKET.findall(text)):
        if folded(said) in _ALL_WEATHER:
            surface = "aw"
        elif _COUNTRY.fullmatch(said):
            country = said
        else:
            name = f"{name} {said}"
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
