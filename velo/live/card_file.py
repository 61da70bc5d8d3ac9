"""What a card file says: its runners with their odds, and which runners of the races they are."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from velo.disk.plain_file import require_plain
from velo.errors import InputError
from velo.racing.card_standing import Standing
from velo.racing.courses import abbreviates
from velo.racing.names import horse_name
from velo.racing.odds import decimal_odds
from velo.racing.off_time import may_mean
from velo.racing.racing_day import First, day_order, racing_day
from velo.settings import Store
from velo.warehouse.column_names import distinct_names
from velo.warehouse.containers import MISSING
from velo.warehouse.json_races import flat_races
from velo.warehouse.readers.racecard import READER as CARD
from velo.warehouse.staging import stage

KINDS = ("sp", "bsp", "wap", "open", "morning", "breakfast", "evening")
"""Columns of odds that say what kind of price they are."""
UNNAMED = ("odds", "price", "decimal_odds", "decimal")
"""Columns of odds that do not."""
CURRENT = "current"
"""The kind of a price that nobody named."""
_NOTHING = re.compile(r"0+(\.0*)?")
"""Written where there is no price yet."""


SUFFIXES = (".csv", ".json")
_NAMED = ("horse", "date", "course", "off", "source_race_id")

Runner = Mapping[str, Any]


@dataclass(frozen=True)
class CardRow:
    """One row of a card or of a price file.

    Attributes:
        line: the record's number in the file, the header being 1; in JSON the runner's.
        horse: as written; empty where the row names none.
        day, course, off, race: of its race, None where the file does not say.
        odds: kind of price -> decimal odds.
        unread: columns of odds whose text is no price, with that text.
        standing: `non-runner` or `reserve`, None if the horse is to run.
    """

    line: int
    horse: str
    day: date | None = None
    course: str | None = None
    off: str | None = None
    race: str | None = None
    odds: Mapping[str, float] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    standing: Standing | None = None


def check_card(path: Path) -> Path:
    """The path, where it can be a racecard's.

    Raises:
        InputError: another suffix, or no such file.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist: give a racecard, .csv or .json")
    require_plain(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a racecard must be a .csv or .json file")
    return path


def card_rows(path: Path) -> list[CardRow]:
    """The rows of a card, under any of the names that the racecard reader knows.

    Raises:
        InputError: it names no horses, or has results: then it is no card.
        UnknownFormat: a JSON file of another layout.
    """
    columns, rows = _rows(path)
    names = {field: CARD.plain(field, columns) for field in _NAMED}
    if not names["horse"]:
        raise InputError(f"{path} has no column 'horse': a racecard has a row per runner")
    if any(set(row) & CARD.never for _, row in rows):
        raise InputError(
            f"{path} has finishing positions, so it is no card: load results with `velo results`"
        )
    first = _day_order(rows, names["date"])
    return [_said(line, row, CURRENT, names, first) for line, row in rows]


def price_rows(path: Path, kind: str | None = None) -> list[CardRow]:
    """The rows of a price file: a horse, its odds, and as much of its race as is written.

    Args:
        path: a CSV file with the columns `horse` and `odds`, or a kind of price in the latter's
            place, and, where two races may have the horse, `race_id`, `date`, `course`, `off`.
        kind: of the odds in a column that does not say.

    Raises:
        InputError: the file is not there, or has not these columns.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist: give a CSV file with the columns horse and odds")
    require_plain(path)
    columns, rows = _rows(path)
    if "horse" not in columns or not set(columns) & {*KINDS, *UNNAMED}:
        raise InputError(
            f"{path} needs the columns horse and odds (or one of {', '.join(KINDS)}), and may have "
            "race_id, date, course and off"
        )
    names = {field: CARD.plain(field, columns) for field in _NAMED}
    first = _day_order(rows, names["date"])
    return [_said(line, row, kind or CURRENT, names, first) for line, row in rows]


def _day_order(rows: Sequence[tuple[int, dict[str, str]]], names: Sequence[str]) -> First:
    """Which of day and month the file writes first."""
    return day_order(
        next((row[name] for name in names if name in row), None) for _, row in rows
    ).first


def quoted_kind(
    rows: Sequence[CardRow], decision: str, unknown: Collection[str] = ()
) -> str | None:
    """Which kind of price decides: the model's own where it is quoted, else the latest taken.

    Args:
        rows: of one file.
        decision: the model's own kind.
        unknown: kinds that nobody can know yet; the model's own is taken for what it is called.
    """
    quoted = {kind for row in rows for kind in row.odds} - (set(unknown) - {decision})
    return next(
        (kind for kind in (decision, CURRENT, *KINDS) if kind in quoted),
        None,
    )


def _rows(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Folded columns, and each row's number with the cells in which something is written."""
    if path.suffix.lower() == ".json":
        flat = flat_races(path)
        given = [
            {name: text for name, text in row.items() if text not in MISSING} for row in flat.rows
        ]
        return flat.columns, list(enumerate(given, 1))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            columns = distinct_names(next(reader, []))
            rows = [
                (
                    line,
                    {
                        name: cell.strip()
                        for name, cell in zip(columns, row, strict=False)
                        if cell.strip() not in MISSING
                    },
                )
                for line, row in enumerate((row for row in reader if row), 2)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    return columns, rows


def unread_odds(rows: Sequence[CardRow]) -> list[str]:
    """A line for each price that could not be read: horse, column, text and line."""
    return [
        f"{row.horse or 'a horse'}, line {row.line}: {column} {text!r} is not a price"
        for row in rows
        for column, text in row.unread.items()
    ]


def standings(path: Path, store: Store) -> dict[int, Standing]:
    """Line of a card -> the standing of its horse, for those that are not to run.

    Raises:
        InputError: it cannot be read as a card.
    """
    with closing(duckdb.connect(config={"threads": 1})) as con:
        stage(con, path, store, CARD.name)
        rows = con.execute("SELECT line, standing FROM staging WHERE standing IS NOT NULL")
        return dict(rows.fetchall())


def _said(
    line: int,
    row: Mapping[str, str],
    unnamed: str,
    names: Mapping[str, Sequence[str]],
    first: First,
) -> CardRow:
    column = next((name for name in UNNAMED if name in row), None)
    named = {} if column is None else {unnamed: (column, row[column])}
    named |= {kind: (kind, row[kind]) for kind in KINDS if kind in row}
    read = {kind: decimal_odds(text) for kind, (_, text) in named.items()}
    of_race = {
        field: next((row[name] for name in names[field] if name in row), None) for field in _NAMED
    }
    return CardRow(
        line,
        of_race["horse"] or "",
        racing_day(of_race["date"], first),
        of_race["course"],
        of_race["off"],
        of_race["source_race_id"],
        {kind: price for kind, price in read.items() if price is not None},
        {
            named[kind][0]: named[kind][1]
            for kind, price in read.items()
            if price is None and not _NOTHING.fullmatch(named[kind][1])
        },
    )


def recognise(rows: Sequence[CardRow], runners: Sequence[Runner]) -> list[int | None]:
    """The place of each row's runner in the roster; None where none or more than one fits.

    The name decides. Day, country suffix, the source's race, course and off are asked in turn,
    where both sides say them, and never leave nobody where two were left: sources disagree about
    offs and cut courses short, and a horse seldom runs twice in a day. An off on a 12-hour clock
    is that of either half of the day.

    Args:
        rows: of one file.
        runners: with `horse`, `day`, `course`, `off` and `source_race_id`.
    """
    named = defaultdict(list)
    for place, runner in enumerate(runners):
        named[horse_name(runner["horse"]).name].append(place)
    places: list[int | None] = []
    for row in rows:
        name = horse_name(row.horse)
        left = [
            place
            for place in (named.get(name.name, []) if name.name else [])
            if row.day in (None, runners[place]["day"])
            and _agree(name.suffix, horse_name(runners[place]["horse"]).suffix)
        ]
        for agrees in _agreements(row):
            if len(left) > 1:
                left = [place for place in left if agrees(runners[place])] or left
        places.append(left[0] if len(left) == 1 else None)
    return places


def _agreements(row: CardRow) -> tuple[Callable[[Runner], bool], ...]:
    """Whether a runner is of the row's race, of its course and off when the row says."""
    offs = may_mean(row.off)
    return (
        lambda runner: _agree(row.race, runner["source_race_id"]),
        lambda runner: row.course is None or abbreviates(row.course, runner["course"]),
        lambda runner: not offs or not runner["off"] or runner["off"] in offs,
    )


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other
