"""The odds that a card's runners are judged at: the card's own, a price file's, the warehouse's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from velo.arrays import Floats
from velo.home import Home
from velo.live.card_file import KINDS, CardRow, quoted_kind, recognise
from velo.racing.price_clock import AT_THE_OFF, is_quoted_by, snapshot_time
from velo.settings import PriceHours, Settings
from velo.warehouse.connection import warehouse


@dataclass(frozen=True)
class Quoted:
    """Odds of runners.

    Attributes:
        odds: float64[runners], decimal, NaN where there are none.
        kind: of price, None where nothing is quoted.
        strangers: priced rows that mean no runner of the card, or more than one.
    """

    odds: Floats
    kind: str | None
    strangers: int = 0


def match_odds(
    rows: Sequence[CardRow],
    runners: Sequence[dict[str, Any]],
    decision: str,
    unknown: Collection[str] = (),
) -> Quoted:
    """The odds that a card or a price file says, of one kind throughout.

    Args:
        rows: of one file.
        runners: of the card.
        decision: the kind that is preferred, where there is a choice.
        unknown: kinds that nobody can know yet, which stand for no other.
    """
    odds, kind = np.full(len(runners), np.nan), quoted_kind(rows, decision, unknown)
    if kind is None:
        return Quoted(odds, None)
    priced = [row for row in rows if kind in row.odds]
    places = recognise(priced, runners)
    for row, place in zip(priced, places, strict=True):
        if place is not None:
            odds[place] = row.odds[kind]
    return Quoted(odds, kind, sum(place is None for place in places))


def held_odds(
    home: Home,
    settings: Settings,
    runners: Sequence[dict[str, Any]],
    decision: str,
    now: datetime | None = None,
) -> Quoted:
    """The odds of the model's kind that the warehouse holds.

    Args:
        home, settings: whose warehouse, and the hours of prices that carry no time.
        runners: with `race_id`, `horse_id`, `off_at`, `off_zone`.
        decision: the kind.
        now: no price after it is read, where the race's off is known; by default all are.
    """
    with warehouse(home, settings.store, write=False) as con:
        rows = con.execute(
            "SELECT race_id, horse_id, quoted, decimal_odds FROM prices_history "
            "JOIN sources USING (source) WHERE kind = ? AND race_id IN (SELECT unnest(?)) "
            "ORDER BY precedence DESC, nth DESC",
            [decision, sorted({runner["race_id"] for runner in runners})],
        ).fetchall()
    offs = {runner["race_id"]: off_of(runner) for runner in runners}
    held = {
        (race, horse): price
        for race, horse, quoted, price in rows
        if now is None or _is_known(decision, quoted, offs.get(race), now, settings.prices.clock)
    }
    odds = np.array(
        [held.get((runner["race_id"], runner["horse_id"]), np.nan) for runner in runners]
    )
    return Quoted(odds, decision if held else None)


def unknown_kinds(
    runners: Sequence[Mapping[str, Any]], decision: str, now: datetime, clock: PriceHours
) -> set[str]:
    """Kinds of price that cannot be known yet of the runners' races, so that a card has none.

    What a card calls a starting price is a forecast of it, for a model that decides at the off.

    Args:
        runners: with `off_at`, `off_zone`; a race without an off tells nothing.
        decision: the model's own kind.
        now: with its zone.
        clock: the hours of prices that carry no time.
    """
    forecast = AT_THE_OFF if decision in AT_THE_OFF else set[str]()
    offs = {off for runner in runners if (off := off_of(runner)) is not None}
    return {
        kind
        for kind in KINDS
        if kind not in forecast and any(not is_quoted_by(kind, now, off, clock) for off in offs)
    }


def off_of(runner: Mapping[str, Any]) -> datetime | None:
    """The off of a runner's race by the clock of its course, None where it has none."""
    at, zone = runner.get("off_at"), runner.get("off_zone")
    return None if at is None else at.astimezone(ZoneInfo(zone or "UTC"))


def _is_known(
    kind: str, quoted: datetime | None, off: datetime | None, now: datetime, clock: PriceHours
) -> bool:
    if off is None:
        return True
    at = snapshot_time(kind, off, clock) if quoted is None else quoted.replace(tzinfo=off.tzinfo)
    return at <= now
