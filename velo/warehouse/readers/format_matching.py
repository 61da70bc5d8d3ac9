"""Which format a file is of: by what its columns can give, and never by optional ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from velo.errors import UnknownFormat
from velo.warehouse.column_names import distinct_names
from velo.warehouse.readers.reader import Reader, Spellings, bound

SHOWN = 12
"""Columns of a file that an error names."""


def recognise_among(readers: Sequence[Reader], file: str, columns: Iterable[str]) -> Reader:
    """The reader that knows most of a file's columns, among those whose needs it meets.

    Raises:
        UnknownFormat: it meets none's, and the error says which is nearest and what it lacks; or
            two know as much of it and would read it differently, and the error names both.
    """
    given = list(columns)
    present = distinct_names(given)
    possible = [each for each in readers if not each.never & set(present)]
    fitting = [each for each in possible if not each.lacking(present)]
    if not fitting:
        raise UnknownFormat(_unknown(file, given, present, possible))
    most = max(len(each.knows(present)) for each in fitting)
    first, *others = [each for each in fitting if len(each.knows(present)) == most]
    for other in others:
        if differing := _differing(first, other, present):
            raise UnknownFormat(
                f"{file}: {first.name} and {other.name} both have these columns and would read "
                f"{', '.join(differing)} differently; choose one with --format"
            )
    return first


def check_format(
    readers: Sequence[Reader], file: str, chosen: Reader, columns: Iterable[str]
) -> None:
    """Refuse a format that the user named where it would lose prices, weights or positions.

    Raises:
        UnknownFormat: another format reads columns of these that the chosen one does not, or one
            of the columns is none of the chosen format's.
    """
    present = distinct_names(columns)
    foreign = sorted(chosen.never & set(present))
    if foreign and chosen.role != "card":
        raise UnknownFormat(
            f"{file}: no {chosen.name} file has a column {foreign[0]}; leave --format out"
        )
    left_out = frozenset[str]() if chosen.lacking(present) else chosen.unused
    for other in readers:
        if other is chosen or other.role != chosen.role or other.lacking(present):
            continue
        lost = [
            column
            for name, spellings in _kept(other).items()
            if bound(_kept(chosen).get(name), present) is None
            for each in spellings
            if each.fits(present)
            for column in each.columns
            if column not in left_out
        ]
        if lost:
            raise UnknownFormat(
                f"{file}: read as {chosen.name} it would lose {', '.join(dict.fromkeys(lost))}, "
                f"which {other.name} reads; leave --format out or choose {other.name}"
            )


def _kept(reader: Reader) -> dict[str, Spellings]:
    """The spellings of what no file may lose: position, weight and each kind of price."""
    columns = {name: reader.columns.get(name, ()) for name in ("position", "weight")}
    return columns | {f"price {kind}": spellings for kind, spellings in reader.prices.items()}


def _differing(one: Reader, other: Reader, columns: Collection[str]) -> list[str]:
    """Columns that two readers take for different things."""
    ours, theirs = _fields_of(one, columns), _fields_of(other, columns)
    return [column for column in columns if ours.get(column) != theirs.get(column)]


def _fields_of(reader: Reader, columns: Collection[str]) -> dict[str, set[str]]:
    """The fields and kinds of price that a reader takes from each column of a file."""
    fields: dict[str, set[str]] = {}
    for field, spellings in [*reader.columns.items(), *reader.prices.items()]:
        for column in (name for each in spellings if each.fits(columns) for name in each.columns):
            fields.setdefault(column, set()).add(field)
    return fields


def _unknown(
    file: str, given: Sequence[str], present: Sequence[str], possible: Sequence[Reader]
) -> str:
    nearest = min(
        possible,
        key=lambda each: (len(each.lacking(present)), -len(each.knows(present))),
    )
    columns = ", ".join(_printable(column[:40]) for column in given[:SHOWN])
    return (
        f"{file}: no known format has these columns ({columns}"
        f"{', ...' if len(given) > SHOWN else ''}); the nearest is {nearest.name}, "
        f"which needs {', '.join(nearest.lacking(present))} as well; choose one with --format"
    )


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)
