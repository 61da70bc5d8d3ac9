"""Names of columns, folded so that a header's capitals, blanks and signs do not matter."""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNSEEN = re.compile(r"[\ufeff\u200b-\u200d\u2060]")
_JOINT = re.compile(r"[\s.\-]+")
_BRACKET = re.compile(r"_?\(\s*")
_POUND_SIGN = re.compile(r"prize\([^)]*\)")


def folded_column(written: str) -> str:
    """A column's name in lower case: `' Race Name '` and `'race-name'` are `'race_name'`.

    The pound sign of `prize(£)` is often damaged on the way, so whatever stands in that bracket is
    read as it.
    """
    name = _JOINT.sub("_", _UNSEEN.sub("", written).strip().lower()).strip("_")
    return _POUND_SIGN.sub("prize(£)", _BRACKET.sub("(", name))


def distinct_names(written: Iterable[str]) -> list[str]:
    """Folded column names; one that comes again is numbered by its place."""
    names: list[str] = []
    taken: set[str] = set()
    for place, text in enumerate(written, 1):
        name = folded_column(text) or f"column {place}"
        while name in taken:
            name += f" {place}"
        names.append(name)
        taken.add(name)
    return names
