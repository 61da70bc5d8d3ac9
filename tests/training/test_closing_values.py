"""What decision prices were worth at the close, read from a real build."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from tests.offline.built_world import SETTINGS, build_tables, record
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from tests.training.test_conditions import PRICE, is_priced, quote
from training.data.closing_values import CLOSING, closed, closing
from training.data.conditions import conditions
from velo.home import Home
from velo.offline.spine import Spine
from velo.racing.names import stable_id
from velo.warehouse.connection import warehouse


@pytest.fixture
def starts(home: Home) -> list[Start]:
    """A built world with morning prices, the exchange's price of most starters, and a flag."""
    starts = random_starts(11, 60)
    record(home, starts)
    closing_prices = [
        (start, odds, kind)
        for start in starts
        if start.started
        for kind, odds in (("bsp", bsp_of(start)), ("sp", sp_of(start)))
        if odds
    ]
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute(
            "INSERT INTO race_flags VALUES ($1, 'runners-missing', 'by hand', 1)",
            [stable_id("race", flagged(starts))],
        )
    quote(home, [(start, PRICE) for start in starts if is_priced(start)], closing_prices)
    build_tables(home)
    return starts


def bsp_of(start: Start) -> float | None:
    """Races differ; one starter in nine has none."""
    number = stable_id("horse", start.horse)
    return None if number % 9 == 0 else 2.0 + number % 7


def sp_of(start: Start) -> float | None:
    """Every starter of a race has one, or none."""
    return 3.0 + stable_id("horse", start.horse) % 5 if start.order % 2 else None


def flagged(starts: list[Start]) -> str:
    return min(start.race_id for start in starts if start.started)


def test_each_race_closes_as_a_whole_or_not_at_all(home: Home, starts: list[Start]) -> None:
    spine = Spine(home)
    values = closing(spine, spine.first_day, spine.last_day, "morning", "rule 4")
    paid = conditions(spine, spine.first_day, spine.last_day, "morning", "rule 4").frame
    taken = dict(zip(zip(paid.race_id, paid.horse_id, strict=True), paid.paid_odds, strict=True))
    fields: dict[str, list[Start]] = defaultdict(list)
    for start in starts:
        if start.started:
            fields[start.race_id].append(start)
    rows = values.set_index(["race_id", "horse_id"])
    seen = set()
    for race, field in fields.items():
        prices = {"bsp": [*map(bsp_of, field)], "sp": [*map(sp_of, field)]}
        kinds = [kind for kind in ("bsp", "sp") if all(prices[kind])]
        kind = "" if race == flagged(starts) or not kinds else kinds[0]
        seen.add(kind)
        for start, price in zip(field, prices.get(kind, field), strict=True):
            key = stable_id("race", race), stable_id("horse", start.horse)
            row = rows.loc[key]
            assert row["close_kind"] == kind
            assert not row["at_close"]
            if not kind:
                assert np.isnan(row["close"])
                assert np.isnan(row["closing_value"])
                continue
            chance = (1 / price) / sum(1 / each for each in prices[kind])
            assert row["close"] == pytest.approx(chance)
            assert row["closing_value"] == pytest.approx(taken[key] * chance - 1, nan_ok=True)
    assert seen == {"bsp", "sp", ""}


def test_the_closing_price_itself_has_no_closing_value(home: Home, starts: list[Start]) -> None:
    spine = Spine(home)
    values = closing(spine, spine.first_day, spine.last_day, "bsp", "none")
    at_close = values["close_kind"] == "bsp"
    assert at_close.any()
    assert (values["at_close"] == at_close).all()
    assert values.loc[at_close, "closing_value"].isna().all()


def test_predictions_get_their_own_in_their_own_order(home: Home, starts: list[Start]) -> None:
    spine = Spine(home)
    values = closing(spine, spine.first_day, spine.last_day, "morning", "rule 4")
    mixed = values[["race_id", "horse_id"]].sample(frac=1, random_state=1)
    met = closed(mixed, values)
    assert met.index.equals(mixed.index)
    assert met.sort_index()[list(CLOSING)].equals(values[list(CLOSING)])
