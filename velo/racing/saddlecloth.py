"""The number on a saddlecloth, with the letter of a coupled entry.

Where one stable's runners are one bet, as in the United States, they carry one number and a letter:
`1` and `1A`, or `1` and `1X`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from velo.racing.numerals import whole
from velo.racing.typography import plain_text

_COUPLED = re.compile(r"(\d{1,3})\s?-?\s?([A-Za-z])", re.ASCII)


class Saddlecloth(NamedTuple):
    """``letter`` is a capital; ``None`` for the first of a coupled entry, and for all others."""

    number: int
    letter: str | None


def saddlecloth(text: str | None) -> Saddlecloth | None:
    """``'1A'`` is number 1, letter A; ``'7'`` and ``'7.0'`` are 7 without one. Else ``None``."""
    if coupled := _COUPLED.fullmatch(plain_text(text)):
        return Saddlecloth(int(coupled[1]), coupled[2].upper())
    bare = whole(text)
    return None if bare is None else Saddlecloth(bare, None)


def coupled_races(
    runners: Iterable[tuple[Hashable, int | None, str | None]],
) -> frozenset[Hashable]:
    """The races in which two runners share a number and differ in the letter: no market.

    Args:
        runners: race, number and letter of those that run.
    """
    letters: dict[tuple[Hashable, int], set[str | None]] = defaultdict(set)
    for race, number, letter in runners:
        if number is not None:
            letters[race, number].add(letter)
    return frozenset(race for (race, _), each in letters.items() if len(each) > 1)
