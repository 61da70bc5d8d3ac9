"""Small races by hand: names stand in finishing order, `ago(n)` is n days before today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, count
from typing import Any

from tests.oracle.features import Oracle, Priors, Start

TODAY = date(2024, 6, 1)
PRIORS = Priors(
    p0=0.1,
    k0_trainer=10,
    k1_trainer=5,
    k0_jockey=20,
    k1_jockey=10,
    k2=10,
    k_horse=2,
    k_draw=2,
    k_form=2,
    v0=0.1,
)
RACE_FACTS = {
    *("course", "surface", "distance_band", "distance_key", "going_group"),
    *("region", "race_level", "prize"),
}
numbers = count()


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def race(
    day: date,
    horses: Sequence[str],
    runners: dict[str, dict[str, Any]] | None = None,
    **facts: Any,
) -> list[Start]:
    """A race in finishing order; `runners` overrides the facts of single horses."""
    order = next(numbers)
    race_id = facts.pop("race_id", f"race {order}")
    rows = [Start(race_id, day, order, h, position=i + 1) for i, h in enumerate(horses)]
    own = runners or {}
    return [replace(row, **{**facts, **own.get(row.horse, {})}) for row in rows]


def field(size: int) -> list[str]:
    """Horses that nobody asks about."""
    return [f"other {next(numbers)}" for _ in range(size)]


def today(
    *history: list[Start],
    day: date = TODAY,
    horse: str = "Arkle",
    facts: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, float | None]:
    """The features of one horse that runs today against three others.

    Facts of the race (course, going, class level ...) hold for all four, others for it alone.
    """
    known = {**(facts or {}), **more}
    of_race = {name: value for name, value in known.items() if name in RACE_FACTS}
    own = {name: value for name, value in known.items() if name not in RACE_FACTS}
    card = race(day, [horse, *field(3)], {horse: own}, race_id="today", **of_race)
    return Oracle([*chain(*history), *card], PRIORS).features("today")[horse]


def tess(days_ago: int, *places: int) -> list[Start]:
    """Races of six in which Tess trained and Jock rode one horse, home in these places."""
    rows = []
    for place in places:
        horses = field(6)
        mine = {horses[place - 1]: {"trainer": "Tess", "jockey": "Jock"}}
        rows += race(ago(days_ago), horses, mine)
    return rows


def only(rows: list[Start], **facts: Any) -> list[Start]:
    return [replace(row, **facts) for row in rows]


def soft_sprint_at_ascot(days: int, horses: int, winning_stall: int, **facts: Any) -> list[Start]:
    """Stalls 2, 4, 6 ...: the numbers have gaps, the ranks have none."""
    stalls = sorted(range(1, horses + 1), key=lambda stall: stall != winning_stall)
    names = field(horses)
    drawn = {name: {"draw": 2 * stall} for name, stall in zip(names, stalls, strict=True)}
    return race(ago(days), names, drawn, **{"going_group": "soft", **facts})


def form(*places: int | None, size: int = 5) -> list[Start]:
    """Arkle's places in fields of five, the oldest first, ten days apart; None fell."""
    rows = []
    for i, place in enumerate(places):
        horses = field(size - 1)
        horses.insert((place or size) - 1, "Arkle")
        fell = {"Arkle": {"finished": False, "position": None}} if place is None else {}
        rows += race(ago(10 * (len(places) - i)), horses, fell)
    return rows
