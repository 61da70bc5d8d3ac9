"""Racecards as rpscrape writes them in JSON: region -> course -> off time -> race.

A race is an object with `runners`, a list of objects. Every name that is known becomes a column of
the flat racecard; what else a file holds is left aside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from velo.errors import InputError, UnknownFormat

RACE = {
    "date": ("date",), "course": ("course",), "region": ("region",), "off": ("off_time",),
    "race_id": ("race_id",), "race_name": ("race_name",), "type": ("type", "race_type"),
    "class": ("race_class",), "pattern": ("pattern",), "rating_band": ("rating_band",),
    "dist": ("distance_f", "distance"), "surface": ("surface",), "going": ("going",),
    "ran": ("field_size",), "race_prize": ("prize",),
}  # fmt: skip
"""The flat column -> its names in a race, the first that says something is taken."""

RUNNER = {
    "num": ("number",), "draw": ("draw",), "horse": ("name", "horse"), "bred": ("region",),
    "horse_id": ("horse_id",), "age": ("age",), "sex": ("sex_code", "sex"), "lbs": ("lbs",),
    "hg": ("headgear",), "jockey": ("jockey",), "trainer": ("trainer",), "owner": ("owner",),
    "or": ("ofr",), "sire": ("sire",), "dam": ("dam",), "damsire": ("damsire",),
    "non_runner": ("non_runner",), "reserve": ("reserve",),
}  # fmt: skip
NEEDED = ("course", "date", "off_time", "runners")
LARGEST = 64 * 2**20


def flat_rows(path: Path) -> list[dict[str, str]]:
    """One row a runner, in the flat racecard's columns.

    Raises:
        InputError: the file is not JSON, or is larger than a day's cards can be.
        UnknownFormat: it is laid out otherwise; says where.
    """
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path} is over {LARGEST // 2**20} MiB: a racecard is a day's races")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}") from None
    return [row for race in _races(path, said) for row in _runners(path, race)]


def _races(path: Path, said: Any) -> Iterator[dict[str, Any]]:
    for region, courses in _members(path, said, "region"):
        for course, races in _members(path, courses, f"{region}: course"):
            for off, race in _members(path, races, f"{region}, {course}: off time"):
                missing = [
                    name for name in NEEDED if not isinstance(race, dict) or name not in race
                ]
                if missing:
                    raise _otherwise(
                        path, f"the race {region}, {course}, {off} has no {', '.join(missing)}"
                    )
                yield {"region": region, **race}


def _runners(path: Path, race: dict[str, Any]) -> Iterator[dict[str, str]]:
    runners = race["runners"]
    where = f"{race['course']} {race['off_time']}"
    if not isinstance(runners, list):
        raise _otherwise(path, f"the runners of {where} are no list")
    facts = _taken(race, RACE)
    if facts["dist"] and _is_number(facts["dist"]):
        facts["dist"] += "f"
    for runner in runners:
        if not isinstance(runner, dict) or not {"name", "horse"} & set(runner):
            raise _otherwise(path, f"a runner of {where} has no name")
        yield facts | _taken(runner, RUNNER)


def _members(path: Path, said: Any, what: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(said, dict):
        raise _otherwise(path, f"there is no object by {what}")
    yield from said.items()


def _taken(said: dict[str, Any], names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {
        column: next(
            (
                str(said[name]).strip()
                for name in given
                if said.get(name) is not None and not isinstance(said[name], dict | list)
            ),
            "",
        )
        for column, given in names.items()
    }


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _otherwise(path: Path, what: str) -> UnknownFormat:
    return UnknownFormat(
        f"{path}: {what}; known is rpscrape's layout, region -> course -> off time -> race with "
        "runners; other cards come as CSV"
    )
