"""The races that are to be predicted: who runs, and which runners cannot be scored, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from velo.errors import DataError, InputError
from velo.home import Home
from velo.live.card_file import CardRow, card_rows, check_card, recognise, standings, unread_odds
from velo.live.card_notes import doubtful_horses, moved_races, strangers, unknown_courses
from velo.live.entries import absentees, entries_of
from velo.racing.racing_day import is_racing_day
from velo.settings import Settings
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import Batch, ingest


@dataclass(frozen=True)
class Unpredicted:
    """A runner, or a race (without `horse`), that gets no prediction, and why."""

    race: str
    horse: str | None
    reason: str


@dataclass(frozen=True)
class Absent:
    """A horse of a race that is not to run, and so has no price.

    Attributes:
        race: as people call it.
        race_id: the warehouse's.
        horse, number: of it, as the card writes them.
        standing: `non-runner` or `reserve`.
    """

    race: str
    race_id: int
    horse: str
    number: int | None
    standing: str


@dataclass(frozen=True)
class Card:
    """Races of one or more days.

    Attributes:
        entries: one row a runner, as `velo.live.entries` gives them, races together.
        rows: the rows of the card file, none where the card is the warehouse's own.
        unscored: runners that could not be read.
        incomplete: races that lack such a runner.
        absent: horses that are not to run.
        notes: what a person should know of the card, the gravest first.
    """

    entries: pa.Table
    rows: Sequence[CardRow] = ()
    unscored: list[Unpredicted] = field(default_factory=list)
    incomplete: frozenset[int] = frozenset()
    absent: list[Absent] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take_card(
    home: Home,
    settings: Settings,
    path: Path,
    progress: Callable[[str], None],
    clock: Callable[[], datetime],
    name: str | None = None,
    admit: Callable[[Card], None] = lambda card: None,
) -> Card:
    """A card file into the warehouse, and its races out of it.

    A runner that an earlier card declared and this one does not is no longer in the race. A card
    that is refused leaves nothing in the warehouse but its rows in quarantine, and may come again.

    Args:
        home: whose warehouse.
        settings: windows and DuckDB's bounds.
        path: of the card.
        progress: called with the name of each stage as it begins.
        clock: gives the time that the import bears, with its zone.
        name: what the file is called in the warehouse, its path by default.
        admit: looks at the card before it is kept; raises to refuse it.

    Raises:
        InputError: the file is no card, or none of its rows could be read.
        HomeError: the warehouse is in use.
        VeloError: what `admit` raised.
    """
    called = name or str(path)
    cards: list[Card] = []
    out = standings(check_card(path), settings.store)
    rows = [replace(row, standing=out.get(row.line)) for row in card_rows(path)]
    days = sorted({row.day for row in rows if row.day is not None})
    if not days:
        raise InputError(f"{called} has no row with a date that can be read, such as 2026-05-02")

    def check(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        card = _card_of(con, settings, rows, days, called)
        card.notes.extend(str(each) for each in batch.unread)
        admit(card)
        cards.append(card)

    ingest(
        home,
        settings.store,
        path,
        "racecard",
        progress,
        label=name or str(path.resolve()),
        clock=clock,
        check=check,
        latest=True,
        infers=settings.ingest.infer,
    )
    return cards[0]


def _card_of(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    rows: list[CardRow],
    days: list[date],
    called: str,
) -> Card:
    """The card's races, as the warehouse has them.

    Raises:
        InputError: none of the card's runners is in it.
    """
    running = [row for row in rows if row.standing is None]
    listed = entries_of(con, settings, days)
    places = recognise(running, listed.to_pylist())
    races, horses = listed["race_id"].to_pylist(), listed["horse_id"].to_pylist()
    declared = {(races[place], horses[place]) for place in places if place is not None}
    if not declared:
        raise InputError(
            f"none of {called}'s rows could be read: `velo quarantine` says why"
            if running
            else f"every horse of {called} is a non-runner or a reserve: nothing to predict"
        )
    asked = {race for race, _ in declared}
    gone = [
        pair
        for pair in zip(races, horses, strict=True)
        if pair[0] in asked and pair not in declared
    ]
    if gone:
        listed = entries_of(con, settings, days, gone)
    entries = listed.filter(pa.array([race in asked for race in listed["race_id"].to_pylist()]))
    of_race = {
        _race_of(row): races[place]
        for row, place in zip(running, places, strict=True)
        if place is not None
    }
    unread = [row for row, place in zip(running, places, strict=True) if place is None]
    return Card(
        entries,
        rows,
        [Unpredicted(_where(row), row.horse or None, _reason(row)) for row in unread],
        frozenset(of_race[key] for row in unread if (key := _race_of(row)) in of_race),
        _absent(con, entries, days),
        [
            *_standing_out(entries),
            *moved_races(con, entries),
            *unread_odds(running),
            *doubtful_horses(con, entries),
        ],
    )


def _race_of(row: CardRow) -> tuple[Any, ...]:
    return row.day, row.course, row.off, row.race


def _absent(
    con: duckdb.DuckDBPyConnection, entries: pa.Table, days: Sequence[date]
) -> list[Absent]:
    names = {row["race_id"]: race_name(row) for row in entries.to_pylist()}
    return [
        Absent(names[each.race_id], each.race_id, each.horse, each.number, each.standing)
        for each in absentees(con, days)
        if each.race_id in names
    ]


def _standing_out(entries: pa.Table) -> list[str]:
    runners = entries.to_pylist()
    first = strangers(runners)
    return ([] if first is None else [first]) + unknown_courses(runners)


def held_card(home: Home, settings: Settings, day: date) -> Card:
    """The races of a day that the warehouse holds.

    Raises:
        DataError: there is none.
    """
    none = DataError(f"the warehouse has no race on {day}: give the card, `velo predict CARD`")
    if not is_racing_day(day):
        raise none
    with warehouse(home, settings.store, write=False) as con:
        entries = entries_of(con, settings, [day])
        if not len(entries):
            raise none
        return Card(
            entries,
            absent=_absent(con, entries, [day]),
            notes=[
                *_standing_out(entries),
                *moved_races(con, entries),
                *doubtful_horses(con, entries),
            ],
        )


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


def _where(row: CardRow) -> str:
    return " ".join(filter(None, (row.course, row.off))) or f"line {row.line}"


def _reason(row: CardRow) -> str:
    if not row.horse:
        return f"line {row.line} names no horse"
    if row.day is None:
        return f"line {row.line} has no date that can be read"
    return f"line {row.line} was refused (`velo quarantine` says why), appears twice or did not run"
