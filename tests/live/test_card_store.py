"""What cards declared stays known, whatever day a later card claims to be of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from velo.live.card_store import DeclaredRace, declare, declared_race, declared_races, opened

DAY = date(2026, 5, 2)


def race(
    race_id: int, day: date, odds: float = 3.0, horses: tuple[int, ...] = (1, 2)
) -> DeclaredRace:
    entries = pa.table(
        {"race_id": [race_id] * len(horses), "horse_id": list(horses), "day": [day] * len(horses)}
    )
    return DeclaredRace(entries, {horses[0]: {"morning": odds, "sp": 4.0}}, False, "b")


def test_what_is_read_is_what_was_declared_last(tmp_path: Path) -> None:
    path, later = tmp_path / "cards.db", race(2**62, DAY, 5.0, (2, 3))
    declare(path, [race(2**62, DAY)])
    declare(path, [later])
    with opened(path) as con:
        assert declared_race(con, 2**62) == later
        assert declared_race(con, 7) is None


def test_a_card_of_a_mistyped_year_costs_no_other_race(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    declare(path, [race(1, DAY)])
    declare(path, [race(2, date(2206, 5, 2))])
    with opened(path) as con:
        assert [each.race_id for each in declared_races(con, DAY, DAY)] == [1]


def test_the_models_kind_of_price_decides_where_the_card_quotes_it() -> None:
    assert race(1, DAY).quoted("sp").kind == "sp"
    assert race(1, DAY).quoted("bsp").odds.tolist()[0] == 4.0
    assert DeclaredRace(race(1, DAY).entries, {}, False, "b").quoted("sp").kind is None
