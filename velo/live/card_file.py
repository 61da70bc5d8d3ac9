"""What a card file says: its runners, by name and place, and the odds that it quotes."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from velo.errors import InputError
from velo.live.racecard_json import flat_rows
from velo.racing.odds import decimal_odds
from velo.racing.racing_day import racing_day
from velo.racing.standing import NON_RUNNER, RESERVE, Standing, is_yes, standing
from velo.warehouse.containers import MISSING

KINDS = ("sp", "bsp", "wap", "open", "morning", "breakfast", "evening")
"""Columns of odds that say what kind of price they are."""
UNNAMED = ("odds", "price", "decimal_odds", "decimal")
"""Columns of odds that do not."""
CURRENT = "current"
"""The kind of a price that nobody named."""
_NOTHING = re.compile(r"0+(\.0*)?")
"""Written where there is no price yet."""


@dataclass(frozen=True)
class Said:
    """One row of a card or of a price file.

    Attributes:
        line: the record's number in the file, the header being 1.
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


@contextmanager
def flat_card(path: Path) -> Iterator[Path]:
    """The card as a flat CSV file: itself, or a JSON card laid out so.

    Raises:
        InputError: another suffix, a JSON file that is not one, or no such file.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there: give a racecard, .csv or .json")
    if path.suffix.lower() == ".csv":
        yield path
        return
    if path.suffix.lower() != ".json":
        raise InputError(f"{path}: a racecard is a .csv or a .json file")
    rows = flat_rows(path)
    if not rows:
        raise InputError(f"{path} names no runner")
    with tempfile.TemporaryDirectory() as folder:
        flat = Path(folder) / f"{path.stem}.csv"
        with flat.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        yield flat


def said_of_card(path: Path) -> list[Said]:
    """The rows of a flat card.

    Raises:
        InputError: it names no horses, or has results: then it is no card.
    """
    columns, rows = _rows(path)
    if "horse" not in columns:
        raise InputError(f"{path} has no column 'horse': a racecard has a row a runner")
    if any(row.get("pos") for _, row in rows):
        raise InputError(
            f"{path} has finishing positions: give results to `velo results`, and a card here"
        )
    return [_said(line, row, CURRENT) for line, row in rows]


def said_of_prices(path: Path, kind: str | None = None) -> list[Said]:
    """The rows of a price file: a horse, its odds, and as much of its race as is written.

    Args:
        path: a CSV file with the columns `horse` and `odds`, or a kind of price in the latter's
            place, and, where two races may have the horse, `race_id`, `date`, `course`, `off`.
        kind: of the odds in a column that does not say.

    Raises:
        InputError: the file is not there, or has not these columns.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there: give a CSV file with the columns horse and odds")
    columns, rows = _rows(path)
    if "horse" not in columns or not set(columns) & {*KINDS, *UNNAMED}:
        raise InputError(
            f"{path} needs the columns horse and odds (or one of {', '.join(KINDS)}), beside "
            "race_id, date, course, off where it has them"
        )
    return [_said(line, row, kind or CURRENT) for line, row in rows]


def quoted_kind(rows: Sequence[Said], decision: str) -> str | None:
    """Which kind of price decides: the model's own where it is quoted, else the latest taken."""
    quoted = {kind for row in rows for kind in row.odds}
    return next(
        (kind for kind in (decision, CURRENT, *KINDS) if kind in quoted),
        None,
    )


def _rows(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            columns = [name.strip().lower() for name in next(reader, [])]
            rows = [
                (line, {name: cell.strip() for name, cell in zip(columns, row, strict=False)
                        if cell.strip() not in MISSING})
                for line, row in enumerate(reader, 2)
                if row
            ]  # fmt: skip
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    return columns, rows


def unread_odds(rows: Sequence[Said]) -> list[str]:
    """A line for each price that could not be read: horse, column, text and line."""
    return [
        f"{row.horse or 'a horse'}, line {row.line}: {column} {text!r} is no price"
        for row in rows
        for column, text in row.unread.items()
    ]


def _said(line: int, row: Mapping[str, str], unnamed: str) -> Said:
    column = next((name for name in UNNAMED if name in row), None)
    named = {} if column is None else {unnamed: (column, row[column])}
    named |= {kind: (kind, row[kind]) for kind in KINDS if kind in row}
    read = {kind: decimal_odds(text) for kind, (_, text) in named.items()}
    return Said(
        line, row.get("horse", ""), racing_day(row.get("date")), row.get("course"),
        row.get("off"), row.get("race_id"),
        {kind: price for kind, price in read.items() if price is not None},
        {named[kind][0]: named[kind][1] for kind, price in read.items()
         if price is None and not _NOTHING.fullmatch(named[kind][1])},
        _standing(row),
    )  # fmt: skip


def _standing(row: Mapping[str, str]) -> Standing | None:
    text = row.get("standing")
    if is_yes(row.get("non_runner")):
        text = NON_RUNNER
    elif text is None and is_yes(row.get("reserve")):
        text = RESERVE
    return standing(text, row.get("jockey"))
