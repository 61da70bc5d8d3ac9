"""The odds that a request brings, put to the runners of its race."""

from __future__ import annotations

import numpy as np

from velo.errors import InputError
from velo.live.card_file import CURRENT
from velo.live.card_store import DeclaredRace
from velo.live.odds_taken import Quoted
from velo.racing.odds import decimal_odds
from velo.service import schemas


def quoted(race: DeclaredRace, asked: schemas.PredictionAsked) -> Quoted | None:
    """The odds that were sent, for the race's runners; None where none were.

    Raises:
        InputError: one is not a price, is of no runner of the race, or of one that has one already.
    """
    if asked.odds is None:
        return None
    horses = race.horses
    by_number: dict[int, list[int]] = {}
    for place, number in enumerate(race.entries["number"].to_pylist()):
        by_number.setdefault(number, []).append(place)
    odds = np.full(len(horses), np.nan)
    for each in asked.odds:
        if each.horse_id is not None:
            called = f"horse {each.horse_id}"
            places = [place for place, horse in enumerate(horses) if horse == each.horse_id]
        else:
            called = f"number {each.number}"
            places = by_number.get(each.number or 0, [])
        price = decimal_odds(each.odds) if isinstance(each.odds, str) else each.odds
        if price is None:
            raise InputError(
                f"{called}: {each.odds!r} is not a price, such as 7.5, '13/2' or 'Evens'"
            )
        if len(places) != 1:
            raise InputError(f"{called} does not name one runner of race {race.race_id}")
        if not np.isnan(odds[places[0]]):
            raise InputError(f"{called} is priced twice")
        odds[places[0]] = price
    return Quoted(odds, (asked.price_kind or CURRENT) if asked.odds else None)
