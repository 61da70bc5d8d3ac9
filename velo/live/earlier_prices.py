"""Today's prices of a card as request columns: its odds, and what stood before them.

Earlier snapshots are those of `prices_history`, which the entries bring along, and those that
earlier predictions of the race were made at. A price stood no later than when it was looked at,
and one of a kind with an hour no later than at that hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from training.statistics.races import Races
from velo.arrays import Floats
from velo.live.entries import QUOTED
from velo.live.journal import Prediction, revisions
from velo.racing.price_clock import BEFORE_THE_OFF, PriceClock, minutes_before_off
from velo.racing.price_path import COLUMNS, Snapshot, price_path

Row = Mapping[str, Any]


def with_price_path(
    entries: pa.Table,
    odds: Floats,
    kinds: Mapping[int, str | None],
    now: datetime,
    journal: Path,
    clock: PriceClock,
) -> pa.Table:
    """Entries with the price path of their races beside them.

    Args:
        entries: a row a runner as `velo.live.entries` gives them, races together.
        odds: float64[rows], NaN where there are none.
        kinds: race -> what its odds are.
        now: when they are looked at, with its zone.
        journal: whose predictions were made before.
        clock: the hours of kinds.
    """
    rows = entries.to_pylist()
    races = Races.of(entries["race_id"].to_numpy())
    fields = [rows[start : start + n] for start, n in zip(races.offsets, races.sizes, strict=True)]
    offs = [_off(field[0]) for field in fields]
    chosen = [kinds[field[0]["race_id"]] for field in fields]
    decided = [_stood(kind, off, now, clock) for kind, off in zip(chosen, offs, strict=True)]
    snapshots = [
        Snapshot(
            _of_rows(races, [_hour(kind, off, clock) for off in offs]),
            np.where(
                _of_rows(races, [kind == own for own in chosen]), np.nan, _quoted(entries, kind)
            ),
        )
        for kind in BEFORE_THE_OFF
    ]
    for number, (field, off, kind) in enumerate(zip(fields, offs, chosen, strict=True)):
        for made in revisions(journal, field[0]["race_id"]):
            if _is_another_price(made, kind):
                snapshots.append(_as_predicted(made, field, number, off, races, clock))
    path = price_path(races.offsets, odds, _of_rows(races, decided), snapshots)
    for name in COLUMNS:
        entries = entries.append_column(name, pa.array(path[name], from_pandas=True))
    return entries


def _off(race: Row) -> datetime | None:
    """By the clock of the course; None where the card does not say."""
    at, zone = race.get("off_at"), race.get("off_zone")
    return None if at is None or zone is None else at.astimezone(ZoneInfo(zone))


def _hour(kind: str, off: datetime | None, clock: PriceClock) -> float:
    return np.nan if off is None else minutes_before_off(kind, off, clock)


def _stood(kind: str | None, off: datetime | None, seen: datetime, clock: PriceClock) -> float:
    """Minutes before the off at which a price stood that was seen at a time."""
    if off is None:
        return np.nan
    before = (off.astimezone(UTC) - seen) / timedelta(minutes=1)
    hour = (
        0.0 if kind is None or kind not in BEFORE_THE_OFF else minutes_before_off(kind, off, clock)
    )
    return max(before, hour)


def _is_another_price(made: Prediction, kind: str | None) -> bool:
    """Whether a prediction was made in time, and not at the very price that is decided at now."""
    at_an_hour = kind is not None and kind in BEFORE_THE_OFF
    own = at_an_hour and made.price_kind == kind
    return made.price_kind is not None and not made.backfill and not own


def _quoted(entries: pa.Table, kind: str) -> Floats:
    """Of each row the odds of one kind that the warehouse held."""
    name = f"{QUOTED}{kind}"
    if name not in entries.column_names:
        return np.full(len(entries), np.nan)
    return np.asarray(entries[name].cast(pa.float64()).to_numpy(), dtype=np.float64)


def _as_predicted(
    made: Prediction,
    field: Sequence[Row],
    number: int,
    off: datetime | None,
    races: Races,
    clock: PriceClock,
) -> Snapshot:
    """The odds of the field at an earlier prediction; nothing of other races."""
    then = {runner.horse_id: runner.odds for runner in made.runners}
    before, odds = np.full(races.n, np.nan), np.full(races.n, np.nan)
    mine = races.index == number
    before[mine] = _stood(made.price_kind, off, datetime.fromisoformat(made.made), clock)
    prices = [then.get(row["horse_id"]) for row in field]
    odds[mine] = [np.nan if price is None else price for price in prices]
    return Snapshot(before, odds)


def _of_rows(races: Races, values: Sequence[Any]) -> Any:
    """A value a race as one a row."""
    return np.asarray(values)[races.index]
