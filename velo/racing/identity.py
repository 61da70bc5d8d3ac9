"""Which sightings of a name are one horse.

A name is given again to another horse years later. A horse is its source's own id where the
source has ids; else its name and suffix, within one foaling year and with under three years
between runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

LONGEST_GAP_DAYS = 3 * 365
"""Runs this far apart or further are two horses'."""


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

    Right to within one: southern horses grow a year older in July or August.
    """
    if date is None or age is None or age < 1:
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
