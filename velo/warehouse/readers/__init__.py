"""One module a format: which columns mark it, and which of ours each of its columns is."""

from __future__ import annotations

from collections.abc import Iterable

from velo.errors import UnknownFormat
from velo.warehouse.readers import (
    exchange,
    gb_all_weather,
    hong_kong,
    racecard,
    raceform,
    racing_data,
    rpscrape,
    rpscrape_old,
)
from velo.warehouse.readers.reader import Reader

__all__ = ["READERS", "Reader", "named", "recognise"]

READERS: tuple[Reader, ...] = (
    hong_kong.READER,
    raceform.READER,
    rpscrape.READER,
    gb_all_weather.READER,
    racing_data.READER,
    rpscrape_old.READER,
    racecard.READER,
    exchange.READER,
)
"""Every format. Where two tell of one race, the earlier here is believed."""

SHOWN = 12
"""Columns of a file that an error names."""


def named(name: str) -> Reader:
    """The reader of that name.

    Raises:
        UnknownFormat: there is none.
    """
    for reader in READERS:
        if reader.name == name:
            return reader
    known = ", ".join(reader.name for reader in READERS)
    raise UnknownFormat(f"no format is called {name!r}; known are {known}")


def recognise(file: str, columns: Iterable[str]) -> Reader:
    """The reader whose mark is among a file's columns; of several, the one with the longest mark.

    Raises:
        UnknownFormat: no mark is complete; says which format is nearest and what it misses.
    """
    given = list(columns)
    present = {column.strip().lower() for column in given}
    possible = [reader for reader in READERS if not reader.never & present]
    marked = [reader for reader in possible if reader.mark <= present]
    if marked:
        return max(marked, key=lambda reader: len(reader.mark))
    nearest = max(possible, key=lambda reader: len(reader.mark & present) / len(reader.mark))
    missing = ", ".join(sorted(nearest.mark - present))
    shown = ", ".join(_printable(column[:40]) for column in given[:SHOWN])
    raise UnknownFormat(
        f"{file}: no known format has these columns ({shown}"
        f"{', ...' if len(given) > SHOWN else ''}); the nearest is {nearest.name}, "
        f"which needs {missing} as well; choose one with --format"
    )


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)
