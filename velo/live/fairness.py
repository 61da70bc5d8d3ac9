"""Which predictions are fair: made before the off, by what was known of the off at that time.

A prediction is fair if it was made before the deadline that was written with it, and before the
off: the one that the results give, or, while they give none, the earliest that was declared up to
the moment at which the prediction was made. So a card that moves a race to later makes no late
prediction fair, a card that comes afterwards changes nothing, and a result that confirms a
postponement does.

Nothing of this is stored (docs/adr/0018): a corrected result is judged by anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from velo.live.journal import Prediction

NEAR = timedelta(minutes=5)
"""Offs of one race that differ by no more are one off, of which the earlier counts."""


@dataclass(frozen=True)
class ToldOff:
    """An off as a source tells it.

    Attributes:
        at: the moment, UTC.
        doubt: how much earlier it may have been meant; zero where it is certain.
    """

    at: datetime
    doubt: timedelta = timedelta(0)

    @property
    def earliest(self) -> datetime:
        """The earliest moment that it may mean."""
        return self.at - self.doubt


@dataclass(frozen=True)
class Declaration:
    """An off that a card declared, known from `since` on."""

    off: ToldOff
    since: datetime


@dataclass(frozen=True)
class Results:
    """What the results say of a race's off after an import, the most trusted source first."""

    batch_id: int
    file: str
    offs: tuple[ToldOff, ...]


@dataclass(frozen=True)
class RaceOffs:
    """All that is known of the off of one race.

    Attributes:
        first_hour: the earliest hour at which its region races on the day.
        declared: in any order.
        results: after each import that told of it, in their order; the last is true now.
    """

    first_hour: datetime
    declared: tuple[Declaration, ...] = ()
    results: tuple[Results, ...] = ()


@dataclass(frozen=True)
class Changed:
    """A prediction that an import of results made fair, or unfair.

    Attributes:
        race_id, day, course, off, revision, made: of the prediction.
        fair: what it is since.
        batch_id, file: the import.
    """

    race_id: int
    day: date
    course: str
    off: str | None
    revision: int
    made: str
    fair: bool
    batch_id: int
    file: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return vars(self) | {"day": self.day.isoformat()}

    def __str__(self) -> str:
        """In one line."""
        race = " ".join(filter(None, (str(self.day), self.course, self.off)))
        became = "fair" if self.fair else "late"
        return (
            f"{race}, revision {self.revision} of {self.made}: {became} by batch {self.batch_id} "
            f"({self.file})"
        )


def mark_unfair(
    made: Sequence[Prediction], known: Mapping[int, RaceOffs]
) -> tuple[list[Prediction], list[Changed]]:
    """Predictions with `backfill` true where they are not fair, and those that results changed.

    Args:
        made: all that there are of their races, under the ids of now. One that was marked as
            backfill when it was made stays so.
        known: of each race, as far as the warehouse knows it.
    """
    of_race: dict[int, list[Prediction]] = defaultdict(list)
    for each in made:
        of_race[each.race_id].append(each)
    predictions, changed = [], []
    for each in made:
        answers = [] if each.backfill else _answers(each, of_race[each.race_id], known)
        predictions.append(replace(each, backfill=not (answers and answers[-1][0])))
        changed += [
            _changed(each, fair, results)
            for (before, _), (fair, results) in pairwise(answers)
            if fair != before and results is not None
        ]
    return predictions, changed


def off_by(
    made: datetime,
    first_hour: datetime,
    declarations: Sequence[Declaration],
    results: Sequence[ToldOff],
) -> datetime:
    """The off that a prediction is held to, beside the deadline that was written with it.

    Args:
        made: when it was made.
        first_hour: the earliest hour at which the race's region races: the off where none is known.
        declarations: of the off by cards, whenever.
        results: the offs that results give, the most trusted source first.
    """
    then = [each.off for each in declarations if each.since <= made]
    certain = [each.at for each in then if not each.doubt]
    exact_results = [each.at for each in results if not each.doubt]
    if exact_results:
        off = exact_results[0]
        return min(each for each in (*exact_results, *certain) if off - NEAR <= each <= off)
    if certain:
        # What a doubtful card meant is settled by one that leaves no doubt: as it was read.
        return min(each.at for each in then)
    return min((each.earliest for each in (results or then)), default=first_hour)


def _answers(
    prediction: Prediction, of_race: Sequence[Prediction], known: Mapping[int, RaceOffs]
) -> list[tuple[bool, Results | None]]:
    """Whether it is fair: without results, then after each import of them."""
    made, until = (datetime.fromisoformat(each) for each in (prediction.made, prediction.deadline))
    if made >= until:
        return [(False, None)]
    race = known.get(prediction.race_id)
    declared = race.declared if race is not None else ()
    if not any(each.since <= made for each in declared):
        declared = tuple(_declaration(each) for each in of_race if each.off)
    first_hour = until if race is None else race.first_hour
    states = [None, *(race.results if race is not None else ())]
    return [
        (made < off_by(made, first_hour, declared, () if each is None else each.offs), each)
        for each in states
    ]


def _declaration(prediction: Prediction) -> Declaration:
    """What an earlier prediction says of its race's off, where no card of the time is known."""
    return Declaration(
        ToldOff(datetime.fromisoformat(prediction.deadline).astimezone(UTC)),
        datetime.fromisoformat(prediction.made),
    )


def _changed(prediction: Prediction, fair: bool, results: Results) -> Changed:
    return Changed(
        prediction.race_id,
        prediction.day,
        prediction.course,
        prediction.off,
        prediction.revision,
        prediction.made,
        fair,
        results.batch_id,
        results.file,
    )
