"""Which races are fitted on, which are a market, and how the others are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tests.offline.built_world import SETTINGS, build_tables, oracle_priors, record
from tests.oracle.by_hand import field, race
from tests.oracle.features import Start
from training.data.entity_sql import entity_sql
from training.data.excluded import MARKET_FLAGS, excluded_races
from velo.home import Home
from velo.offline.spine import Spine
from velo.racing.names import stable_id
from velo.settings import Layoff
from velo.store.online.entity_rows import ServiceColumns
from velo.warehouse.connection import warehouse

DAY = date(2024, 3, 1)
FLAGS: dict[str, list[str]] = {
    "clean": [],
    "short": ["runners-missing", "book-low"],
    "low": ["book-low"],
    "high": ["book-high"],
    "numbers": ["number-twice"],
    "one bet": ["coupled"],
    "unpriced": [],
    "void": ["no-winner"],
    "doubled": ["two-winners", "book-high"],
    "walkover": [],
    "short and unpriced": ["runners-missing"],
}


def world() -> list[Start]:
    rows = []
    for name in FLAGS:
        run = race(DAY, field(1 if name == "walkover" else 3), race_id=name)
        rows += [replace(s, finished=False, position=None) for s in run] if name == "void" else run
    return rows


@pytest.fixture(scope="module")
def spine(tmp_path_factory: pytest.TempPathFactory) -> Spine:
    home = Home(Path(tmp_path_factory.mktemp("usable")))
    record(home, world())
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute("DELETE FROM sources")
        con.execute("INSERT INTO sources VALUES ('book', 1), ('rival', 2)")
        for kind, odds in (("sp", 3.5), ("open", 4.0), ("wap", 3.8)):
            con.execute(
                "INSERT INTO prices_history SELECT race_id, horse_id, source, $kind, nth, NULL, "
                "$odds + precedence + nth, 1 FROM (SELECT race_id, horse_id FROM runners), "
                "sources, (SELECT unnest([1, 2]) AS nth)",
                {"kind": kind, "odds": odds - 2},
            )
        for name, flags in FLAGS.items():
            for flag in flags:
                con.execute(
                    "INSERT INTO race_flags VALUES (?, ?, 'said', 1)",
                    [stable_id("race", name), flag],
                )
        unpriced = [stable_id("race", name) for name in ("unpriced", "short and unpriced")]
        con.execute(
            "DELETE FROM prices_history WHERE kind = 'sp' AND horse_id IN (SELECT min(horse_id) "
            "FROM runners WHERE race_id IN (SELECT unnest($races::BIGINT[])) GROUP BY race_id)",
            {"races": unpriced},
        )
    build_tables(home)
    return Spine(home)


def starters(spine: Spine, decision: str, settlement: str | None = None) -> pd.DataFrame:
    paid = settlement or decision
    asked = ServiceColumns({}, {})
    end = DAY + timedelta(1)
    sql = entity_sql(spine, oracle_priors(), Layoff(), DAY, end, decision, paid, asked)
    names = {stable_id("race", name): name for name in FLAGS}
    rows = spine.connect().execute(sql).df()
    return rows.assign(race=rows["race_id"].map(names))


def test_a_race_is_counted_once_by_its_first_reason(spine: Spine) -> None:
    assert excluded_races(spine, DAY, DAY + timedelta(1), "sp") == {
        "no winner": 1,
        "fewer than two starters": 1,
        "two-winners": 1,
        "runners-missing": 2,
        "coupled": 1,
        "book-low": 1,
        "book-high": 1,
        "a starter without sp": 1,
    }


def test_a_flagged_race_is_fitted_on_but_is_no_market(spine: Spine) -> None:
    races = starters(spine, "sp").groupby("race")
    priced = races["priced"].agg(["all", "any"])
    assert set(priced.index[priced["all"]]) == {"clean", "numbers"}
    assert set(priced.index[priced["any"]]) == {"clean", "numbers"}
    assert set(priced.index) == set(FLAGS) - {"void", "doubled", "walkover"}
    odds = races["decision_odds"].count()
    assert {name for name, known in odds.items() if known == 3} == {"clean", "numbers"}
    assert {name for name, known in odds.items() if known == 0} == {
        name
        for name, flags in FLAGS.items()
        if set(flags) & set(MARKET_FLAGS) and "two-winners" not in flags
    }


def test_a_flagged_race_still_has_its_settlement_odds(spine: Spine) -> None:
    rows = starters(spine, "sp").set_index("race")
    assert rows.loc["low", "settlement_odds"].notna().all()


@pytest.mark.parametrize(("kind", "odds"), [("sp", 3.5), ("open", 4.0), ("wap", 3.8)])
def test_a_price_is_the_first_that_the_most_trusted_source_names(
    spine: Spine, kind: str, odds: float
) -> None:
    rows = starters(spine, kind).set_index("race")
    assert rows.loc["clean", "decision_odds"].tolist() == pytest.approx([odds] * 3)


def test_a_bet_is_paid_at_the_price_that_settles_and_not_at_the_one_that_decides(
    spine: Spine,
) -> None:
    rows = starters(spine, "sp", "wap").set_index("race")
    assert rows.loc["clean", "decision_odds"].tolist() == pytest.approx([3.5] * 3)
    assert rows.loc["clean", "settlement_odds"].tolist() == pytest.approx([3.8] * 3)


def test_a_price_that_nobody_names_leaves_every_race_without_one(spine: Spine) -> None:
    left_out = excluded_races(spine, DAY, DAY + timedelta(1), "evening")
    assert left_out["a starter without evening"] == 3
    assert not starters(spine, "evening")["priced"].any()
