"""Real racecards, every runner against a plain reading of the JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.carded import taken
from tests.warehouse.raceform_file import ask
from velo.home import Home
from velo.racing.names import horse_name

CARDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "raw" / "cards"
pytestmark = pytest.mark.skipif(not CARDS.is_dir(), reason="the shared cards are not here")


def printed(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each race with each of its runners, as the file has them."""
    for courses in json.loads(path.read_text(encoding="utf-8")).values():
        for races in courses.values():
            for race in races.values():
                for runner in race["runners"]:
                    yield race, runner


def is_out(runner: dict[str, Any]) -> bool:
    return bool(
        runner.get("non_runner")
        or runner.get("reserve")
        or str(runner.get("jockey")).lower() == "non-runner"
    )


def text(value: Any) -> str | None:
    return str(value).strip() or None if value is not None else None


def number(value: Any) -> float | None:
    return None if value in (None, "", "-", "–") else float(value)


@pytest.mark.parametrize(
    ("name", "runners", "out"),
    [("rpscrape_2026-01-01.json", 372, 13), ("rpscrape_2025-04-01.json", None, None)],
)
def test_every_runner_is_what_the_card_says(
    home: Home, name: str, runners: int | None, out: int | None
) -> None:
    rows = list(printed(CARDS / name))
    card = taken(home, CARDS / name)
    held = {
        (source_id, horse_name(horse).name): facts
        for source_id, horse, *facts in ask(
            home,
            "SELECT source_race_id, horse, number, draw, age, pounds, jockey, trainer, standing, "
            "official_rating FROM entries JOIN races USING (race_id)",
        )
    }
    assert len(held) == len(rows) == (runners or len(rows))
    for race, runner in rows:
        absent = is_out(runner)
        expected = [
            number(runner["number"]),
            number(runner["draw"]) or None,
            number(runner["age"]),
            number(runner["lbs"]),
            None if str(runner["jockey"]).lower() == "non-runner" else text(runner["jockey"]),
            text(runner["trainer"]),
            ("reserve" if runner.get("reserve") and not runner.get("non_runner") else "non-runner")
            if absent
            else None,
            number(runner["ofr"]),
        ]
        cells = held[str(race["race_id"]), horse_name(runner["name"]).name]
        cells[1] = cells[1] or None
        if not absent and cells[6] == "reserve":  # concluded: no jockey, beyond the field
            assert not runner["jockey"]
            assert runner["number"] > race["field_size"]
            expected[6] = "reserve"
        assert cells == expected, (race["course"], race["off_time"], runner["name"])
    reserves = [each for each in card.absent if each.standing == "reserve"]
    assert len(card.absent) - len(reserves) == sum(is_out(runner) for _, runner in rows)
    assert out is None or len(card.absent) == out
    sizes = dict(
        zip(
            card.entries["race_id"].to_pylist(), card.entries["field_size"].to_pylist(), strict=True
        )
    )
    assert sum(sizes.values()) == len(card.entries) == len(rows) - len(card.absent)
