"""Cards of one race by hand, taken for real."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from velo.home import Home
from velo.live.card import Card, take_card
from velo.settings import Settings, Store

SETTINGS = Settings(store=Store(memory_limit="1GB", threads=1))
FIELD = ("Alder Bough", "Birch Hollow", "Cedar Lane", "Damson Row")
NOON = datetime(2026, 5, 2, 9, tzinfo=UTC)


def runner(horse: str, number: int, **changes: str) -> dict[str, str]:
    """A runner of the 2:30 at Ripon on 2 May 2026."""
    usual = {
        "date": "2026-05-02",
        "course": "Ripon",
        "off": "2:30",
        "race_id": "9",
        "race_name": "Sun Stakes",
        "type": "Flat",
        "class": "Class 4",
        "dist": "6f",
        "going": "Good",
        "num": str(number),
        "draw": str(number),
        "horse": f"{horse} (GB)",
        "age": "4",
        "sex": "G",
        "wgt": "9-4",
        "jockey": f"Rider {number}",
        "trainer": "A Trainer",
        "or": "70",
    }
    return usual | {name.rstrip("_"): value for name, value in changes.items()}


def field(
    changes: Mapping[str, Mapping[str, str]] | None = None, **every: str
) -> list[dict[str, str]]:
    """The race's runners, some of them changed by name."""
    return [
        runner(horse, number, **every) | dict((changes or {}).get(horse, {}))
        for number, horse in enumerate(FIELD, 1)
    ]


def card_file(path: Path, rows: list[dict[str, str]]) -> Path:
    """The rows as a CSV card."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def taken(home: Home, path: Path, admit: Callable[[Card], None] = lambda card: None) -> Card:
    """Take a card at nine in the morning."""
    return take_card(home, SETTINGS, path, lambda stage: None, lambda: NOON, admit=admit)


def running(card: Card) -> set[str]:
    """Who is to run, without the country."""
    return {name.removesuffix(" (GB)") for name in card.entries["horse"].to_pylist()}


def out(card: Card) -> dict[str, str]:
    """Who is not, and why."""
    return {each.horse.removesuffix(" (GB)"): each.standing for each in card.absent}
