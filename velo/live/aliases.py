"""Predictions under the ids that their races and horses have now.

Two ids that were found to be one are one race or horse of the ledger. The journal keeps what was
written; only what is settled of it is read under the id that stands for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from velo.errors import NothingIngested
from velo.home import Home
from velo.live.journal import Prediction
from velo.settings import Settings
from velo.warehouse.connection import warehouse

Aliases = Mapping[str, Mapping[int, int]]
"""Kind (`race`, `horse`) -> alias -> the id that stands for it."""


def aliases(home: Home, settings: Settings) -> Aliases:
    """Every alias of the warehouse; none where there is no warehouse.

    Raises:
        HomeError: the warehouse is in use.
    """
    kinds: dict[str, dict[int, int]] = {"race": {}, "horse": {}}
    try:
        with warehouse(home, settings.store, write=False) as con:
            rows = con.execute("SELECT kind, alias, id FROM aliases").fetchall()
    except NothingIngested:
        return kinds
    for kind, alias, own in rows:
        kinds[kind][alias] = own
    return kinds


def resolve(predictions: Sequence[Prediction], known: Aliases) -> list[Prediction]:
    """The predictions with the ids of now.

    A race that was predicted under two ids has one history: its revisions are counted anew in the
    order in which they were made.
    """
    races, horses = known["race"], known["horse"]
    if not races and not horses:
        return list(predictions)
    resolved = [
        replace(
            each,
            race_id=races.get(each.race_id, each.race_id),
            runners=tuple(
                replace(runner, horse_id=horses.get(runner.horse_id, runner.horse_id))
                for runner in each.runners
            ),
        )
        for each in predictions
    ]
    merged = {races[each.race_id] for each in predictions if each.race_id in races}
    revisions: dict[int, int] = {}
    ordered = []
    for each in sorted(resolved, key=lambda each: (each.made, each.revision)):
        if each.race_id in merged:
            revisions[each.race_id] = revisions.get(each.race_id, 0) + 1
            each = replace(each, revision=revisions[each.race_id])
        ordered.append(each)
    return sorted(ordered, key=lambda each: (each.day, each.race_id, each.revision))
