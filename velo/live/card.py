"""The races that are to be predicted: who runs, and which runners cannot be scored, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from velo.errors import DataError, InputError
from velo.home import Home
from velo.live.card_file import Said, hold_card, said_of_card
from velo.live.recognition import recognise
from velo.live.roster import roster
from velo.settings import Settings
from velo.warehouse.ingest import ingest


@dataclass(frozen=True)
class Unscored:
    """A runner, or a race (without `horse`), that gets no prediction, and why."""

    race: str
    horse: str | None
    reason: str


@dataclass(frozen=True)
class Card:
    """Races of one or more days.

    Attributes:
        entries: one row a runner, as `velo.live.roster` gives them, races together.
        said: the rows of the card file, none where the card is the warehouse's own.
        unscored: runners that could not be read.
        incomplete: races that lack such a runner.
    """

    entries: pa.Table
    said: Sequence[Said] = ()
    unscored: list[Unscored] = field(default_factory=list)
    incomplete: frozenset[int] = frozenset()


def take_card(
    home: Home,
    settings: Settings,
    path: Path,
    progress: Callable[[str], None],
    clock: Callable[[], datetime],
    shown: str | None = None,
) -> Card:
    """A card file into the warehouse, and its races out of it.

    A runner that an earlier card declared and this one does not is no longer in the race.

    Raises:
        InputError: the file is no card, or none of its rows could be read.
        HomeError: the warehouse is in use.
    """
    called = shown or str(path)
    said = said_of_card(hold_card(path))
    days = sorted({row.day for row in said if row.day is not None})
    if not days:
        raise InputError(f"{called} has no row with a day that can be read, as 2026-05-02")
    shown = shown or str(path.resolve())
    ingest(home, settings.store, path, "racecard", progress, shown=shown, clock=clock,
           infers=settings.ingest.infer)  # fmt: skip
    listed = roster(home, settings, days)
    places = recognise(said, listed.to_pylist())
    known = {place for place in places if place is not None}
    if not known:
        raise InputError(f"none of {called}'s rows could be read: `velo quarantine` says why")
    return _cut(home, settings, said, days, listed, places)


def _cut(
    home: Home,
    settings: Settings,
    said: list[Said],
    days: list[date],
    listed: pa.Table,
    places: list[int | None],
) -> Card:
    races, horses = listed["race_id"].to_pylist(), listed["horse_id"].to_pylist()
    declared = {(races[place], horses[place]) for place in places if place is not None}
    asked = {race for race, _ in declared}
    gone = [
        pair
        for pair in zip(races, horses, strict=True)
        if pair[0] in asked and pair not in declared
    ]
    if gone:
        listed = roster(home, settings, days, gone)
    mask = [race in asked for race in listed["race_id"].to_pylist()]
    of_race = {
        (row.day, row.course, row.off, row.race): races[place]
        for row, place in zip(said, places, strict=True)
        if place is not None
    }
    unread = [row for row, place in zip(said, places, strict=True) if place is None]
    return Card(
        listed.filter(pa.array(mask)),
        said,
        [
            Unscored(_where(row), row.horse or None, _reason(row))
            for row in unread
        ],
        frozenset(
            of_race[key]
            for row in unread
            if (key := (row.day, row.course, row.off, row.race)) in of_race
        ),
    )  # fmt: skip


def held_card(home: Home, settings: Settings, day: date) -> Card:
    """The races of a day that the warehouse holds.

    Raises:
        DataError: there is none.
    """
    entries = roster(home, settings, [day])
    if not len(entries):
        raise DataError(f"the warehouse holds no race of {day}: give the card, `velo predict CARD`")
    return Card(entries)


def race_name(runner: dict[str, Any]) -> str:
    """A race as people call it: `Ascot 14:30`, `Sha Tin race 4`."""
    number = f"race {runner['race_no']}" if runner.get("race_no") else runner.get("race_name")
    return " ".join(filter(None, (runner["course"], runner["off"] or number)))


def race_title(runner: dict[str, Any]) -> str:
    """Its title, with its number where there is no off to tell it by: `race 4, Lantau Handicap`."""
    if not runner["race_name"]:
        return race_name(runner)
    numbered = runner["race_no"] and not runner["off"]
    return f"race {runner['race_no']}, {runner['race_name']}" if numbered else runner["race_name"]


def _where(row: Said) -> str:
    return " ".join(filter(None, (row.course, row.off))) or f"line {row.line}"


def _reason(row: Said) -> str:
    if not row.horse:
        return f"line {row.line} names no horse"
    if row.day is None:
        return f"line {row.line} has no day that can be read"
    return (
        f"line {row.line} was refused (`velo quarantine` says why), is there twice or did not run"
    )
