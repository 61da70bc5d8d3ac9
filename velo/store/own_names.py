"""Names of our own in SQL, kept apart from everybody else's."""

from __future__ import annotations

from collections.abc import Iterable


def apart(name: str, others: Iterable[str]) -> str:
    """The name, with as many underscores behind it as make it none of the others in any case."""
    taken = {other.casefold() for other in others}
    while name.casefold() in taken:
        name += "_"
    return name
