"""Which runner of the roster a row of a card or of a price file means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from velo.live.card_file import CardRow
from velo.racing.courses import abbreviates
from velo.racing.names import horse_name
from velo.racing.off_time import may_mean

Runner = Mapping[str, Any]


def recognise(rows: Sequence[CardRow], runners: Sequence[Runner]) -> list[int | None]:
    """The place of each row's runner in the roster; None where none or more than one fits.

    The name decides. Day, country suffix, the source's race, course and off are asked in turn,
    where both sides say them, and never leave nobody where two were left: sources disagree about
    offs and cut courses short, and a horse seldom runs twice in a day. An off on a 12-hour clock
    is that of either half of the day.

    Args:
        rows: of one file.
        runners: with `horse`, `day`, `course`, `off` and `source_race_id`.
    """
    named = defaultdict(list)
    for place, runner in enumerate(runners):
        named[horse_name(runner["horse"]).name].append(place)
    places: list[int | None] = []
    for row in rows:
        name = horse_name(row.horse)
        left = [
            place
            for place in (named.get(name.name, []) if name.name else [])
            if row.day in (None, runners[place]["day"])
            and _agree(name.suffix, horse_name(runners[place]["horse"]).suffix)
        ]
        for agrees in _agreements(row):
            if len(left) > 1:
                left = [place for place in left if agrees(runners[place])] or left
        places.append(left[0] if len(left) == 1 else None)
    return places


def _agreements(row: CardRow) -> tuple[Callable[[Runner], bool], ...]:
    """Whether a runner is of the row's race, of its course and off when the row says."""
    offs = may_mean(row.off)
    return (
        lambda runner: _agree(row.race, runner["source_race_id"]),
        lambda runner: row.course is None or abbreviates(row.course, runner["course"]),
        lambda runner: not offs or not runner["off"] or runner["off"] in offs,
    )


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other
