"""Days on which a service's features were discovered, and judgements that fall on them.

A service says it in its tag `discovery`: region, from and to of each stretch. Figures over such
days flatter, because the features were chosen by them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from velo.errors import HomeError
from velo.offline.spine import Spine

TAG = "discovery"


@dataclass(frozen=True)
class Discovery:
    """Days of a region on which features were chosen by results, both ends included."""

    region: str
    first: date
    last: date


@dataclass(frozen=True)
class Overlap:
    """How many of the judged races are among those that the features were chosen on.

    Attributes:
        judges: `holdout`, `walk` or `backtest`.
        first, last: the days that judge, both included.
        races: that were run on them.
        chosen_on: of these, those on days of discovery.
    """

    judges: str
    first: date
    last: date
    races: int
    chosen_on: int

    @property
    def share(self) -> float:
        """Of the judged races, those that the features were chosen on."""
        return self.chosen_on / self.races if self.races else 0.0

    @property
    def words(self) -> str:
        """What a reader must know."""
        return (
            f"the features were chosen on {self.chosen_on:,} of the {self.races:,} races of the "
            f"{self.judges}, {self.first} to {self.last}: its figures flatter them"
        )


def discoveries(service: str, tags: Mapping[str, str]) -> tuple[Discovery, ...]:
    """Read a service's tag; none where it has no such tag.

    Raises:
        HomeError: the tag is not what `discovered_on` writes.
    """
    try:
        return tuple(
            Discovery(
                str(each["region"]),
                date.fromisoformat(each["from"]),
                date.fromisoformat(each["to"]),
            )
            for each in json.loads(tags.get(TAG, "[]"))
        )
    except (ValueError, KeyError, TypeError):
        raise HomeError(
            f"the tag {TAG!r} of service {service} names no regions and days: write it by "
            "discovered_on() and run `feast -c feature_repo apply`"
        ) from None


def overlap(
    spine: Spine, discovered: Sequence[Discovery], judges: str, first: date, last: date
) -> Overlap | None:
    """How far the days that judge fall on days of discovery; None where they do not.

    Args:
        spine: of the build, for which races were run where.
        discovered: the service's.
        judges: what they are called, `holdout`, `walk` or `backtest`.
        first, last: the days that judge, both included.
    """
    days = spine.connect().execute(
        "SELECT region, CAST(event_timestamp AS DATE), count(DISTINCT race_id) FROM entries "
        "WHERE was_run AND event_timestamp >= CAST($first AS TIMESTAMPTZ) "
        "AND event_timestamp < CAST($last AS TIMESTAMPTZ) + INTERVAL 1 DAY GROUP BY ALL",
        {"first": first, "last": last},
    )
    races = chosen_on = 0
    for region, day, run in days.fetchall() if discovered else ():
        races += run
        if any(region == each.region and each.first <= day <= each.last for each in discovered):
            chosen_on += run
    return Overlap(judges, first, last, races, chosen_on) if chosen_on else None
