"""How the price of a race came to where a bet is decided, over the runners of whole races.

A snapshot is the price of every runner of the field at one moment. Margins are taken out first, in
proportion to 1/odds: a book that shrinks from 1.24 to 1.16 moves every price and nobody's chance.
A snapshot that lacks a runner of the field is none, and neither is one after the decision. A horse
that is out by now is in no field, so its leaving moves the others in every snapshot alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from velo.arrays import Flags, Floats, Integers
from velo.racing.layoff import flag
from velo.racing.market import proportional

LATE = 60.0
"""Minutes before the decision from which the price moved late."""
STEAM, DRIFT = 0.16, -0.18
"""Moves of the log of a chance: about 15% shorter, 20% longer."""
TURN = 0.05
"""What both moves must exceed for one to turn the other."""

COLUMNS = (
    "log_chance",
    "log_chance_to_field",
    "first_log_chance",
    "late_log_chance",
    "snapshot_minutes",
)
"""What :func:`price_path` gives: request columns of today's race."""


@dataclass(frozen=True)
class Snapshot:
    """Prices of some races, quoted together in each of them.

    Attributes:
        before: minutes before the off at which they stood, ``[n]``; NaN where nobody knows.
        odds: decimal, ``[n]``, NaN where there is none.
    """

    before: Floats
    odds: Floats


def log_chances(odds: Floats, offsets: Integers) -> Floats:
    """Log of each runner's share of its book, ``[n]``; NaN in a race that lacks a price."""
    return np.asarray(np.log(proportional(odds, offsets)), dtype=np.float64)


def in_time(before: Floats, decided: Floats) -> Flags:
    """Whether a snapshot had been taken when the bet was decided, ``[n]``."""
    return np.asarray(before >= decided, dtype=np.bool_)


def price_path(
    offsets: Integers, odds: Floats, decided: Floats, snapshots: Sequence[Snapshot]
) -> dict[str, Floats]:
    """What the features of today's price are made of.

    Args:
        offsets: the row at which each race begins; a race's rows stand together.
        odds: that the bet is decided at, ``[n]``, NaN where there are none.
        decided: minutes before the off at which it is, ``[n]``; NaN where nobody knows.
        snapshots: other prices than those, in any order.

    Returns:
        `log_chance` at the decision; `log_chance_to_field`, the same less the race's mean;
        `first_log_chance`, at the first snapshot; `late_log_chance`, at the last that was taken an
        hour or more before the decision; `snapshot_minutes`, from the last snapshot to the
        decision. Each ``[n]``, NaN where there is none.
    """
    now = log_chances(odds, offsets)
    sizes = np.diff(offsets, append=now.size)
    means = np.add.reduceat(now, offsets) / sizes if offsets.size else now
    first, late = np.full(now.shape, np.nan), np.full(now.shape, np.nan)
    earliest, hour_before = np.full(now.shape, -np.inf), np.full(now.shape, np.inf)
    latest = np.full(now.shape, np.inf)
    for each in snapshots:
        then = log_chances(each.odds, offsets)
        known = ~np.isnan(then) & in_time(each.before, decided)
        is_first = known & (each.before > earliest)
        first, earliest = np.where(is_first, then, first), np.where(is_first, each.before, earliest)
        is_late = known & (each.before >= decided + LATE) & (each.before <= hour_before)
        late = np.where(is_late, then, late)
        hour_before = np.where(is_late, each.before, hour_before)
        latest = np.where(known, np.minimum(latest, each.before), latest)
    return {
        "log_chance": now,
        "log_chance_to_field": now - np.repeat(means, sizes),
        "first_log_chance": first,
        "late_log_chance": late,
        "snapshot_minutes": np.where(np.isinf(latest), np.nan, latest - decided),
    }


def gone_out(last: Floats, today: Floats) -> Floats:
    """By how much longer the price is than at the last start; 0 where that had none."""
    return np.where(np.isnan(last), 0.0, last - today)


def turned(total: Floats, late: Floats) -> Floats:
    """1 where the late move is against the whole one and neither is small, else 0."""
    against = (total * late < 0) & (np.abs(total) > TURN) & (np.abs(late) > TURN)
    return flag(against, total + late)
