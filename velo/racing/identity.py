"""Which sightings of a name are one horse.

A name is given again to another horse years later. A horse is its source's own id where the
source has ids; else its name and suffix, within one foaling year and with under three years
between runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

LONGEST_GAP_DAYS = 3 * 365
"""Runs this far apart or further are two horses'."""

OLDEST_AGE = 25
"""An age above this is a slip of the pen: no age. No horse races at 26."""


class Sighting(NamedTuple):
    """A runner as one source saw it.

    ``name`` and ``suffix`` are :func:`velo.racing.names.horse_name`'s; ``foaled`` is
    :func:`foaling_year`'s, ``source_id`` the source's own id, each ``None`` where not given.
    """

    name: str
    suffix: str | None
    date: dt.date
    foaled: int | None
    source: str | None = None
    source_id: str | None = None


def foaling_year(date: dt.date | None, age: int | None) -> int | None:
    """Year of the race less the age.

    Right to within one: southern horses grow a year older in July or August. ``None`` where there
    is no age from 1 to :data:`OLDEST_AGE`.
    """
    if date is None or age is None or not 1 <= age <= OLDEST_AGE:
        return None
    return date.year - age


def same_horse(a: Sighting, b: Sighting) -> bool:
    """Whether two sightings, with no run of the horse between them, are one horse.

    Ids of one source decide alone. Else the name and suffix are the same, the foaling years differ
    by at most one (an unknown year differs from none) and the runs are under three years apart.
    """
    if a.source is not None and a.source == b.source and a.source_id and b.source_id:
        return a.source_id == b.source_id
    return (
        (a.name, a.suffix) == (b.name, b.suffix)
        and (a.foaled is None or b.foaled is None or abs(a.foaled - b.foaled) <= 1)
        and abs((a.date - b.date).days) < LONGEST_GAP_DAYS
    )


def identities(sightings: Sequence[Sighting]) -> list[int]:
    """For each of ``n`` sightings the number of its horse, 0 for the first horse seen.

    Sightings are taken in order of date, and each goes to the horse whose latest sighting is the
    most recent that it fits, so later sightings never change what earlier ones are. All foaling
    years of a horse lie within one of each other: they do not creep.
    """
    horses: list[_Horse] = []
    answer = [0] * len(sightings)
    for place in sorted(range(len(sightings)), key=lambda i: sightings[i].date):
        sighting = sightings[place]
        fitting = [number for number, horse in enumerate(horses) if horse.fits(sighting)]
        if not fitting:
            horses.append(_Horse())
        number = max(fitting, key=lambda n: horses[n].last.date) if fitting else len(horses) - 1
        horses[number].see(sighting)
        answer[place] = number
    return answer


class _Horse:
    """What is known of a horse from its sightings so far."""

    def __init__(self) -> None:
        self.last: Sighting
        self._foaled: set[int] = set()
        self._ids: dict[str | None, str] = {}

    def see(self, sighting: Sighting) -> None:
        self.last = sighting
        if sighting.foaled is not None:
            self._foaled.add(sighting.foaled)
        if sighting.source_id:
            self._ids[sighting.source] = sighting.source_id

    def fits(self, sighting: Sighting) -> bool:
        if sighting.source is not None and sighting.source_id and sighting.source in self._ids:
            return self._ids[sighting.source] == sighting.source_id
        return same_horse(sighting, self.last) and all(
            sighting.foaled is None or abs(sighting.foaled - year) <= 1 for year in self._foaled
        )


class Claim(NamedTuple):
    """That the runs a file puts together (a life) are those of a horse known before.

    ``certain`` is that both ran in one race or carry one id. ``has_id`` is that the life is a
    source's own id. ``foaled`` and ``horse_foaled`` are the first and last foaling year that the
    life and the horse were seen with, ``None`` where no age was ever given.
    """

    life: int
    horse: int
    certain: bool
    has_id: bool
    foaled: tuple[int, int] | None
    horse_foaled: tuple[int, int] | None


def settle(claims: Iterable[Claim]) -> dict[int, int]:
    """Life -> its horse, for the lives that get one.

    Claims are heard in the order given, the certain ones first, and each life takes the first horse
    that it fits. Several lives of a file may be one horse, where the horse's other runs fill a gap
    of theirs; but all the foaling years of the horse stay within one of each other, and it is one
    id of the source at the most. What is certain is not asked for either.
    """
    answer: dict[int, int] = {}
    years: dict[int, tuple[int, int] | None] = {}
    with_id: set[int] = set()
    for claim in claims:
        if claim.life in answer:
            continue
        known = years.get(claim.horse, claim.horse_foaled)
        together = _together(known, claim.foaled)
        fits = together is None or together[1] - together[0] <= 1
        another_id = claim.has_id and claim.horse in with_id
        if not claim.certain and (another_id or not fits):
            continue
        answer[claim.life] = claim.horse
        years[claim.horse] = together if fits else known
        if claim.has_id:
            with_id.add(claim.horse)
    return answer


def _together(a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])
