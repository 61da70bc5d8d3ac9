"""One module a format: which columns mark it, and which of ours each of its columns is."""

from __future__ import annotations

from velo.errors import UnknownFormat
from velo.warehouse.readers import gb_all_weather, hong_kong, raceform
from velo.warehouse.readers.reader import Reader

__all__ = ["READERS", "Reader", "named", "recognise"]

READERS: tuple[Reader, ...] = (raceform.READER, hong_kong.READER, gb_all_weather.READER)


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


def recognise(file: str, columns: list[str]) -> Reader:
    """The reader whose mark is among a file's columns.

    Raises:
        UnknownFormat: no mark is complete; says which format is nearest and what it misses.
    """
    present = {column.strip().lower() for column in columns}
    for reader in READERS:
        if reader.mark <= present:
            return reader
    nearest = max(READERS, key=lambda reader: len(reader.mark & present) / len(reader.mark))
    missing = ", ".join(sorted(nearest.mark - present))
    raise UnknownFormat(
        f"{file}: no known format has these columns ({', '.join(columns[:12])}"
        f"{', ...' if len(columns) > 12 else ''}); the nearest is {nearest.name}, "
        f"which needs {missing} as well; choose one with --format"
    )
