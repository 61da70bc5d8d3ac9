"""Races as JSON writes them, laid out flat: one row a runner, under the file's own names.

Three layouts are known: rpscrape's racecards (region -> course -> off time -> race), The Racing
API's `{"racecards": [...]}` and `{"results": [...]}`, and a bare list of races. A race is an object
with `runners`, a list of objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from velo.errors import InputError, UnknownFormat
from velo.warehouse.column_names import folded_column

LARGEST = 64 * 2**20
LISTS = ("racecards", "results", "races")
"""Members of an object that hold a list of races."""
NEEDED = (("course",), ("date",), ("off_time", "off", "off_dt"), ("runners",))
OF_RACE = {"name": "race_name", "status": "race_status", "prize": "race_prize"}
"""Names that a race and a runner share, and what the race's is called where the runner has it."""
OF_RUNNER = {"name": "horse", "region": "bred"}
"""Names of a runner that mean another thing of a race: its `region` is where it was bred."""


@dataclass(frozen=True)
class Flat:
    """A file's runners.

    Attributes:
        columns: every name that a race or a runner has, folded.
        rows: one a runner: column -> text, where the file says something.
        notes: what was concluded, a sentence each.
    """

    columns: list[str]
    rows: list[dict[str, str]]
    notes: tuple[str, ...]


def flat_races(path: Path) -> Flat:
    """Lay out a JSON file.

    Raises:
        InputError: it is not JSON, names no runner, or is larger than some days' races can be.
        UnknownFormat: it is laid out otherwise; says where.
    """
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path} is over {LARGEST // 2**20} MiB: give the races as CSV")
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}") from None
    races = list(_races(path, document))
    rows: list[dict[str, str]] = []
    names: dict[str, None] = {}
    reserves = 0
    for race in races:
        runners, more = _runners(path, race)
        reserves += more
        for runner in runners:
            names |= dict.fromkeys(runner)
            rows.append({name: text for name, text in runner.items() if text is not None})
    if not rows:
        raise InputError(f"{path} names no runner")
    note = (
        f"{reserves} runners without a jockey, numbered beyond a field that is complete without "
        "them, are read as reserves"
    )
    return Flat(list(names), rows, (note,) if reserves else ())


def _races(path: Path, document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        held = next((name for name in LISTS if isinstance(document.get(name), list)), None)
        if held is None and "runners" not in document:
            yield from _by_region(path, document)
            return
        document = document[held] if held else [document]
    if not isinstance(document, list):
        raise _otherwise(path, "there are no races")
    for place, race in enumerate(document, 1):
        yield _whole(path, race, f"race {place}")


def _by_region(path: Path, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for region, courses in document.items():
        for course, races in _members(path, courses, f"{region}: course"):
            for off, race in _members(path, races, f"{region}, {course}: off time"):
                yield {
                    "region": region,
                    **_whole(path, race, f"the race {region}, {course}, {off}"),
                }


def _whole(path: Path, race: Any, where: str) -> dict[str, Any]:
    missing = [
        names[0]
        for names in NEEDED
        if not isinstance(race, dict) or not any(name in race for name in names)
    ]
    if missing:
        raise _otherwise(path, f"{where} has no {', '.join(missing)}")
    return dict(race)


def _runners(path: Path, race: dict[str, Any]) -> tuple[list[dict[str, str | None]], int]:
    """A race's rows, and how many of them are reserves by conclusion."""
    runners = race["runners"]
    where = f"{race['course']} {race.get('off_time') or race.get('off') or race.get('off_dt')}"
    if not isinstance(runners, list):
        raise _otherwise(path, f"the runners of {where} are no list")
    for runner in runners:
        if not isinstance(runner, dict) or not {"name", "horse"} & set(runner):
            raise _otherwise(path, f"a runner of {where} has no name")
    of_runners = {name for runner in runners for name in runner}
    facts = {
        folded_column(
            OF_RACE.get(name, f"race_{name}")
            if name in of_runners
            else "race_name"
            if name == "name"
            else name
        ): _text(value)
        for name, value in race.items()
        if name != "runners" and not (name in of_runners and name in OF_RUNNER and name != "name")
    }
    if "region" in race:
        facts["region"] = _text(race["region"])
    rows = []
    for runner in runners:
        row = {
            folded_column(OF_RUNNER.get(name, name)): _text(value)
            for name, value in runner.items()
            if not (name == "name" and "horse" in runner)
        }
        rows.append(facts | row)
    reserves = _reserves(race, runners)
    for place in reserves:
        rows[place]["reserve"] = "true"
    return rows, len(reserves)


def _reserves(race: dict[str, Any], runners: Sequence[dict[str, Any]]) -> list[int]:
    """Places of runners that a card before December 2025 does not call reserves.

    They have no jockey and are numbered beyond the field, and as many others as the field has do
    have a jockey.
    """
    field = _whole_number(race.get("field_size"))
    if field is None or any("reserve" in runner or "position" in runner for runner in runners):
        return []
    ridden = sum(bool(runner.get("jockey")) for runner in runners)
    return [
        place
        for place, runner in enumerate(runners)
        if not runner.get("jockey")
        and ridden >= field
        and (_whole_number(runner.get("number")) or 0) > field
    ]


def _whole_number(value: Any) -> int | None:
    text = _text(value) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _members(path: Path, held: Any, what: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(held, dict):
        raise _otherwise(path, f"there is no object by {what}")
    yield from held.items()


def _text(value: Any) -> str | None:
    """A value as a flat file writes it; what holds more values is left aside."""
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).encode("utf-8", errors="replace").decode("utf-8").strip()


def _otherwise(path: Path, what: str) -> UnknownFormat:
    return UnknownFormat(
        f"{path}: {what}; known are rpscrape's racecards (region -> course -> off time -> race) "
        "and lists of races under racecards or results, each with runners; others come as CSV"
    )
