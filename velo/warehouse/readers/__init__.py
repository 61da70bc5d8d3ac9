"""One module a format: how it spells our fields, and what a file of it must be able to give."""

from __future__ import annotations

from collections.abc import Iterable

from velo.errors import UnknownFormat
from velo.warehouse.readers import (
    exchange,
    gb_all_weather,
    hong_kong,
    racecard,
    raceform,
    racing_api,
    racing_data,
    rpscrape,
    rpscrape_old,
)
from velo.warehouse.readers.format_matching import check_format, recognise_among
from velo.warehouse.readers.reader import Reader

__all__ = ["READERS", "Reader", "chosen", "named", "recognise"]

READERS: tuple[Reader, ...] = (
    hong_kong.READER,
    raceform.READER,
    rpscrape.READER,
    racing_api.READER,
    gb_all_weather.READER,
    racing_data.READER,
    rpscrape_old.READER,
    racecard.READER,
    exchange.READER,
)
"""Every format. Where two tell of one race, the earlier here is believed."""


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
    """The reader that knows most of a file's columns, among those whose needs they meet.

    Raises:
        UnknownFormat: none does, or two would read the file differently.
    """
    return recognise_among(READERS, file, columns)


def chosen(file: str, reader: Reader, columns: Iterable[str]) -> Reader:
    """The reader that the user named, if it reads what no file may lose.

    Raises:
        UnknownFormat: it would lose prices, weights or positions that another format reads.
    """
    check_format(READERS, file, reader, columns)
    return reader
