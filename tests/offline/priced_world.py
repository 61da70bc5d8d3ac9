"""The oracle's little world with prices and sires."""

from __future__ import annotations

import random

import pyarrow as pa

from tests.offline.built_world import SETTINGS, record
from tests.oracle.features import Start
from velo.home import Home
from velo.racing.names import stable_id
from velo.warehouse.connection import warehouse


def record_priced(
    home: Home, starts: list[Start]
) -> tuple[dict[tuple[str, str], float], dict[str, str], dict[tuple[str, str], float]]:
    """Make the home's warehouse hold these starts, almost all with a price.

    Returns:
        (race, horse) -> starting price; horse -> sire; (race, horse) -> early position.
    """
    rng = random.Random(3)
    odds = {
        (s.race_id, s.horse): round(1.2 + rng.expovariate(0.1), 2)
        for s in starts
        if rng.random() > 0.004
    }
    sires = {s.horse: f"Sire {rng.randrange(4)}" for s in starts}
    quotes = [
        {
            "race_id": stable_id("race", race),
            "horse_id": stable_id("horse", horse),
            "source": "raceform",
            "kind": "sp",
            "nth": 1,
            "decimal_odds": price,
            "batch_id": 1,
        }
        for (race, horse), price in odds.items()
    ]
    early = {
        (s.race_id, s.horse): rng.choice((0.0, 0.0, round(rng.random(), 3)))
        for s in starts
        if s.started and rng.random() > 0.2
    }
    lay = [
        {
            "race_id": stable_id("race", race),
            "horse_id": stable_id("horse", horse),
            "early_position": position,
        }
        for (race, horse), position in early.items()
    ]
    record(home, starts)
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.register("quoted", pa.Table.from_pylist(quotes))
        con.execute("DELETE FROM prices_history")
        con.execute("INSERT INTO prices_history BY NAME FROM quoted")
        bred = [{"horse": horse, "sire": sire} for horse, sire in sires.items()]
        con.register("bred", pa.Table.from_pylist(bred))
        con.execute(
            "UPDATE runners SET sire = bred.sire FROM bred WHERE bred.horse = runners.horse"
        )
        con.execute("UPDATE results SET early_position = NULL")
        con.register("lay", pa.Table.from_pylist(lay))
        con.execute(
            "UPDATE results SET early_position = lay.early_position FROM lay "
            "WHERE lay.race_id = results.race_id AND lay.horse_id = results.horse_id"
        )
    return odds, sires, early
