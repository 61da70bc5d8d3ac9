"""The oracle's little world with prices of several hours, some runners' missing, and offs."""

from __future__ import annotations

import random

import pyarrow as pa

from tests.offline.built_world import SETTINGS, record
from tests.oracle.features import Start
from velo.home import Home
from velo.racing.names import stable_id
from velo.warehouse.connection import warehouse

KINDS = ("evening", "breakfast", "morning", "open", "bsp")
BARE = {"evening": 0.02, "breakfast": 0.04, "morning": 0.01, "open": 0.15, "bsp": 0.004}
"""Kind -> share of the runners without a price of it."""


def record_snapshots(home: Home, starts: list[Start]) -> None:
    """Make the home's warehouse hold these starts, and prices that move from kind to kind.

    Races go off from seven in the morning on, some before the hour of a kind; of some the off is
    not known.
    """
    rng = random.Random(4)
    quotes = []
    for s in starts:
        chance = rng.expovariate(8) + 0.01
        for kind in KINDS:
            chance *= rng.choice((0.8, 0.97, 1.0, 1.03, 1.25))
            if rng.random() > BARE[kind]:
                odds = round(1.01 + 1 / chance, 2)
                quotes.append(quote(s, kind, odds))
    record(home, starts)
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.register("quoted", pa.Table.from_pylist(quotes))
        con.execute("DELETE FROM prices_history")
        con.execute("INSERT INTO prices_history BY NAME FROM quoted")
        con.execute(
            "UPDATE races SET off_zone = 'Europe/London', off_at = timezone('Europe/London', "
            "CAST(date AS TIMESTAMP) + to_minutes(420 + race_id % 780)) WHERE race_id % 17 > 0"
        )


def forget_prices(home: Home) -> None:
    """Leave the warehouse to the next world without prices."""
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute("DELETE FROM prices_history")


def quote(start: Start, kind: str, odds: float) -> dict[str, object]:
    """A row of `prices_history`."""
    return {
        "race_id": stable_id("race", start.race_id),
        "horse_id": stable_id("horse", start.horse),
        "source": "raceform",
        "kind": kind,
        "nth": 1,
        "decimal_odds": odds,
        "batch_id": 1,
    }
