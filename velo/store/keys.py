"""Whether two columns can be matched as keys, and how, without one becoming another's.

SQL would match the text `02` with the number 2, and 2^53 + 1 with the float 2^53. Feast's own
store refuses the first; both are refused here.
"""

from __future__ import annotations

from dataclasses import dataclass

from velo.errors import InputError

_WHOLE = {f"{sign}{kind}INT" for sign in ("", "U") for kind in ("TINY", "SMALL", "BIG", "HUGE", "")}
_WHOLE |= {"INTEGER", "UINTEGER"}
FLOATS = {"FLOAT": 2**24, "DOUBLE": 2**53}
"""Type -> from where on it holds not every whole number."""
_NULL = ('"NULL"', "NULL")


@dataclass(frozen=True)
class Match:
    """How an entity row's key is compared with a view's.

    Attributes:
        entity: format of the entity row's side.
        view: format of the view's side.
        entity_below, view_below: floats on that side must be smaller than this; None is any.
    """

    entity: str = "{}"
    view: str = "{}"
    entity_below: int | None = None
    view_below: int | None = None


def match(name: str, entity: str, view: str, floating: bool) -> Match:
    """Compare two types.

    Args:
        name: the key's, for the error.
        entity: DuckDB's type of the entity rows' column.
        view: DuckDB's type of the view's column.
        floating: whether the key is declared to be a float.

    Raises:
        InputError: values of the types are equal only once they are converted.
    """
    if entity in _NULL or view in _NULL:
        return Match(entity=f"NULL::{view}") if entity in _NULL and view not in _NULL else Match()
    kinds = {_kind(entity), _kind(view)}
    if kinds == {"floating"} and floating:
        return Match()
    if kinds <= {"whole", "floating"} and "floating" in kinds:
        return Match(_exact(entity), _exact(view), FLOATS.get(entity), FLOATS.get(view))
    if kinds == {"whole", "decimal"}:
        return Match(_hugeint(entity), _hugeint(view))
    if kinds == {"text", "UUID"}:
        return Match("{}::VARCHAR", "{}::VARCHAR")
    if len(kinds) > 1:
        raise InputError(
            f"key {name!r} is {_kind(entity)} in the entity rows ({entity}) and {_kind(view)} "
            f"in the source ({view}): make them one type"
        )
    return Match()


def check(name: str, column: str, rows: str, below: int) -> tuple[str, str]:
    """SQL that finds a float that may stand for several whole numbers, and what to say of it."""
    return (
        f"SELECT 1 FROM {rows} WHERE abs({column}) >= {below} LIMIT 1",
        f"key {name!r} has a float of {below:,} or more, which may stand for another whole "
        "number: give it as whole numbers",
    )


def unclear(name: str, column: str, rows: str) -> tuple[str, str]:
    """SQL that finds a float that is no whole number or may stand for several, and what to say."""
    return (
        f"SELECT 1 FROM {rows} WHERE {column} != trunc({column}) OR abs({column}) >= {2**53} "
        "LIMIT 1",
        f"key {name!r} has floats that are not whole or may stand for several whole numbers: "
        "write it as whole numbers",
    )


def _kind(type_: str) -> str:
    if type_ in _WHOLE:
        return "whole"
    if type_ in FLOATS:
        return "floating"
    if type_ == "VARCHAR" or type_.startswith("ENUM("):
        return "text"
    if type_.startswith("DECIMAL("):
        return "decimal"
    if type_.startswith(("TIMESTAMP", "DATE")):
        return "temporal"
    return type_


def _exact(type_: str) -> str:
    if type_ not in FLOATS:
        return "{}"
    exact = f"{{0}} = trunc({{0}}) AND abs({{0}}) < {FLOATS[type_]}"
    return f"CASE WHEN {exact} THEN {{0}}::BIGINT END"


def _hugeint(type_: str) -> str:
    return "{}::HUGEINT" if type_ in _WHOLE else "CASE WHEN {0} = trunc({0}) THEN {0}::HUGEINT END"
