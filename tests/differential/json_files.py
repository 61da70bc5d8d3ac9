"""Results and cards in JSON, written and read as rows of text.

A race's own columns are those before the first of a runner's; `runner_region` is the runner's
`region`, since a race has one too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.differential.layout import Layout
from tests.differential.reading import Reading, read_records

_FIRST_OF_RUNNER = ("horse_id", "number")
_NUMBERS = {"draw", "age", "lbs", "ofr", "number", "field_size", "race_id", "horse_id"}


def read_json(path: Path, layout: Layout) -> Reading:
    """A JSON file of the format-year."""
    races = _races(json.loads(path.read_text(encoding="utf-8")), layout)
    records = []
    for race in races:
        of_race = {k: _text(v) for k, v in race.items() if k != "runners"}
        for runner in race["runners"]:
            own = {k: _text(v) for k, v in runner.items()}
            if "region" in own:
                own["runner_region"] = own.pop("region")
            records.append(of_race | own)
    return read_records(records, list(layout.columns), layout)


def _races(document: Any, layout: Layout) -> list[dict[str, Any]]:
    if layout.container == "json-results":
        return list(document["results"])
    if layout.container == "json-racecards":
        return list(document["racecards"])
    return [
        {"region": region, **race}
        for region, courses in document.items()
        for offs in courses.values()
        for race in offs.values()
    ]


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, list | dict) else str(value)


def write_json(
    path: Path, records: list[dict[str, str]], columns: list[str], layout: Layout
) -> None:
    """Rows nested as the format-year nests them; text where a number has an oddity in it."""
    first = min(layout.columns.index(c) for c in _FIRST_OF_RUNNER if c in layout.columns)
    of_race = [c for c in columns if c in layout.columns[:first]]
    of_runner = [c for c in columns if c not in of_race]
    typed = layout.container == "json-by-region"
    races: dict[tuple[str, ...], dict[str, Any]] = {}
    for record in records:
        key = tuple(record[c] for c in ("date", "course", "race_name"))
        race = races.setdefault(
            key, {c: _value(record.get(c, ""), c, typed) for c in of_race} | {"runners": []}
        )
        runner = {c: _value(record.get(c, ""), c, typed) for c in of_runner}
        if "runner_region" in runner:
            runner["region"] = runner.pop("runner_region")
        race["runners"].append(runner)
    path.write_text(json.dumps(_nested(list(races.values()), layout)), encoding="utf-8")


def _value(text: str, column: str, typed: bool) -> Any:
    if column in ("non_runner", "reserve"):
        return text == "True"
    if typed and column in _NUMBERS:
        if text == "":
            return None
        return int(text) if text.isdigit() else text
    return text


def _nested(races: list[dict[str, Any]], layout: Layout) -> Any:
    if layout.container == "json-results":
        return {"results": races}
    if layout.container == "json-racecards":
        return {"racecards": races}
    document: dict[str, Any] = {}
    for race in races:
        offs = document.setdefault(race["region"], {}).setdefault(race["course"], {})
        offs[race["off_time"]] = race
    return document
