"""The real cards, every field of every runner against a plain reading of the JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.staged import staged
from velo.warehouse.containers import MISSING
from velo.warehouse.readers.reader import FIELDS

CARDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "raw" / "cards"
NEVER = (
    *("position", "rpr", "ts", "seconds", "time", "beaten", "prize", "comment", "race_no"),
    *("rail", "running_position", "pace"),
)
RUNNERS = {
    "rpscrape_2025-04-01": (354, 7, 3),
    "rpscrape_2026-01-01": (372, 13, 0),
    "racing_api_2025-12-17": (300, 6, 0),
}
"""File -> its runners, those of them that are out, and the reserves."""

pytestmark = pytest.mark.skipif(not CARDS.is_dir(), reason="the real cards are not beside")


def runners(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    races = document.get("racecards") or [
        race
        for courses in document.values()
        for races in courses.values()
        for race in races.values()
    ]
    for race in races:
        for runner in race["runners"]:
            yield race, runner


def expected(race: dict[str, Any], runner: dict[str, Any]) -> dict[str, str | None]:
    """What the racecard says of a runner, by docs/data.md."""
    out = bool(runner.get("non_runner")) or (runner["jockey"] or "").lower() == "non-runner"
    rider = None if (runner["jockey"] or "").lower() == "non-runner" else runner["jockey"]
    numbered = None if runner["number"] == "NR" else runner["number"]
    field = int(race["field_size"])
    ridden = sum(bool(each["jockey"]) for each in race["runners"])
    standby = not out and not runner["jockey"] and ridden >= field and int(numbered or 0) > field
    read = {
        "date": race["date"],
        "course": race["course"],
        "region": race["region"],
        "source_race_id": race.get("race_id"),
        "off": race["off_time"],
        "off_dt": race.get("off_dt"),
        "race_name": race["race_name"],
        "race_type": race.get("race_type") or race.get("type"),
        "class": race["race_class"],
        "pattern": race["pattern"],
        "rating_band": race["rating_band"],
        "distance": f"{race['distance_f']}f",
        "surface": race["surface"],
        "going": race["going"],
        "ran": race["field_size"],
        "number": numbered,
        "draw": runner["draw"],
        "horse": runner.get("name") or runner.get("horse"),
        "bred": runner["region"],
        "source_horse_id": runner.get("horse_id"),
        "age": runner["age"],
        "sex": runner["sex_code"],
        "weight": runner["lbs"],
        "headgear": runner["headgear"],
        "jockey": rider,
        "trainer": runner["trainer"],
        "owner": runner["owner"],
        "official_rating": runner["ofr"],
        "race_prize": race["prize"],
        "sire": runner["sire"],
        "dam": runner["dam"],
        "damsire": runner["damsire"],
        "standing": "non-runner" if out else "reserve" if standby else None,
        **dict.fromkeys(NEVER),
    }
    texts = {name: None if value is None else str(value).strip() for name, value in read.items()}
    return {name: None if text in MISSING else text for name, text in texts.items()}


@pytest.mark.parametrize("name", RUNNERS)
def test_every_field_of_every_runner_is_what_the_card_says(name: str) -> None:
    path = CARDS / f"{name}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    staging, rows = staged(path)
    want = [expected(race, runner) for race, runner in runners(document)]
    assert set(want[0]) == set(FIELDS)
    assert [{field: row[field] for field in FIELDS} for row in rows] == [
        {field: row[field] for field in FIELDS} for row in want
    ]
    standings = [row["standing"] for row in rows]
    counted = len(rows), standings.count("non-runner"), standings.count("reserve")
    assert counted == RUNNERS[name]
    assert staging.unknown == ()
