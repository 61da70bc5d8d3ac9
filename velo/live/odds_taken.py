"""The odds that a card's runners are judged at: the card's own, a price file's, the warehouse's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from velo.arrays import Floats
from velo.home import Home
from velo.live.card_file import CardRow, quoted_kind, recognise
from velo.settings import Settings
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


def match_odds(rows: Sequence[CardRow], runners: Sequence[dict[str, Any]], decision: str) -> Quoted:
    """The odds that a card or a price file says, of one kind throughout.

    Args:
        rows: of one file.
        runners: of the card.
        decision: the kind that is preferred, where there is a choice.
    """
    odds, kind = np.full(len(runners), np.nan), quoted_kind(rows, decision)
    if kind is None:
        return Quoted(odds, None)
    priced = [row for row in rows if kind in row.odds]
    places = recognise(priced, runners)
    for row, place in zip(priced, places, strict=True):
        if place is not None:
            odds[place] = row.odds[kind]
    return Quoted(odds, kind, sum(place is None for place in places))


def held_odds(
    home: Home, settings: Settings, runners: Sequence[dict[str, Any]], decision: str
) -> Quoted:
    """The odds of the model's kind that the warehouse holds."""
    with warehouse(home, settings.store, write=False) as con:
        held = {
            (race, horse): price
            for race, horse, price in con.execute(
                "SELECT race_id, horse_id, decimal_odds FROM prices WHERE kind = ? "
                "AND race_id IN (SELECT unnest(?))",
                [decision, sorted({runner["race_id"] for runner in runners})],
            ).fetchall()
        }
    odds = np.array(
        [held.get((runner["race_id"], runner["horse_id"]), np.nan) for runner in runners]
    )
    return Quoted(odds, decision if held else None)
