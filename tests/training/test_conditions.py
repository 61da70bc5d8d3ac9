"""What a bet is told of its race, read from a real build."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pytest

from tests.offline.built_world import SETTINGS, build_tables, record
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from training.data.conditions import conditioned, conditions
from velo.errors import NothingBuilt
from velo.home import Home
from velo.offline.spine import Spine
from velo.racing.names import stable_id
from velo.warehouse.connection import warehouse

PRICE = 9.0


def quote(
    home: Home, morning: list[tuple[Start, float]], others: Sequence[tuple[Start, float, str]] = ()
) -> None:
    """Note morning prices, and others of the kinds that they name."""
    prices = [
        {
            "race_id": stable_id("race", start.race_id),
            "horse_id": stable_id("horse", start.horse),
            "source": "oracle",
            "kind": kind,
            "nth": 1,
            "decimal_odds": odds,
            "batch_id": 1,
        }
        for start, odds, kind in [*((*each, "morning") for each in morning), *others]
    ]
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.register("incoming", pa.Table.from_pylist(prices))
        con.execute("INSERT INTO prices_history BY NAME SELECT * FROM incoming")
        con.execute(
            "INSERT INTO sources SELECT 'oracle', 99 WHERE 'oracle' NOT IN "
            "(SELECT source FROM sources)"
        )


def is_priced(start: Start) -> bool:
    """Two withdrawn horses in three have a price."""
    return start.started or stable_id("horse", start.horse) % 3 > 0


@pytest.fixture
def starts(home: Home) -> list[Start]:
    """A built world in which every starter has the same morning price, long in a small field."""
    starts = random_starts(11, 120)
    record(home, starts)
    quote(home, [(start, PRICE) for start in starts if is_priced(start)])
    build_tables(home)
    return starts


def test_each_race_pays_what_its_withdrawals_leave(home: Home, starts: list[Start]) -> None:
    spine = Spine(home)
    known = conditions(spine, spine.first_day, spine.last_day, "morning", "rule 4")
    paid = dict(
        zip(
            zip(known.frame.race_id, known.frame.horse_id, strict=True),
            known.frame.paid_odds,
            strict=True,
        )
    )
    seen = set()
    for start in starts:
        key = stable_id("race", start.race_id), stable_id("horse", start.horse)
        field = [other for other in starts if other.race_id == start.race_id]
        gone = [other for other in field if not other.started]
        ran = len(field) - len(gone)
        if not start.started:
            assert key not in paid
            continue
        if not all(map(is_priced, gone)) or (not gone and ran / PRICE < 1):
            expected, why = math.nan, "unsettleable"
        else:
            # 8/1 is 10p in the pound, ten of them or more are 90p.
            expected, why = 1 + 8 * (1 - min(0.9, 0.1 * len(gone))), f"{len(gone)} gone"
        seen.add(why)
        assert paid[key] == pytest.approx(expected, nan_ok=True)
    assert {"unsettleable", "1 gone"} <= seen
    assert known.withdrawn == sum(
        not start.started and any(s.started for s in starts if s.race_id == start.race_id)
        for start in starts
    )
    lost = known.frame[known.frame.paid_odds.isna()].race_id.nunique()
    assert known.unpriced_withdrawals == lost > 0


def test_a_starting_price_is_paid_whole_and_predictions_keep_their_order(
    home: Home, starts: list[Start]
) -> None:
    spine = Spine(home)
    known = conditions(spine, spine.first_day, spine.last_day, "morning", "none")
    assert (known.frame.paid_odds == PRICE).all()
    assert known.unpriced_withdrawals == 0
    given = known.frame[["race_id", "horse_id"]].sample(frac=1, random_state=1)
    met = conditioned(given.assign(settlement_odds=0.0), known)
    assert met.horse_id.tolist() == given.horse_id.tolist()
    assert (met.settlement_odds == PRICE).all()
    places = {
        (stable_id("race", s.race_id), stable_id("horse", s.horse)): s.position for s in starts
    }
    for row in met.itertuples():
        assert pd.isna(row.finish) or row.finish == places[row.race_id, row.horse_id]


def test_a_build_without_withdrawals_is_to_be_built_again(home: Home, starts: list[Start]) -> None:
    spine = Spine(home)
    for path in sorted((home.current_build.resolve() / "withdrawals").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (home.current_build.resolve() / "withdrawals").rmdir()
    with pytest.raises(NothingBuilt, match="velo build"):
        conditions(spine, spine.first_day, spine.last_day, "sp", "none")
