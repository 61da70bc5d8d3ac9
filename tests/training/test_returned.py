"""Bets that are returned, paid prices and handicaps, read from a real build."""

from __future__ import annotations

import pandas as pd

from tests.offline.built_world import SETTINGS, build_tables, record
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from tests.training.test_conditions import PRICE, is_priced, quote
from training.data.conditions import conditioned, conditions, paid
from training.data.returned import ReturnedBets, returned
from velo.home import Home
from velo.live.outcomes import outcomes
from velo.offline.spine import Spine
from velo.racing.names import stable_id
from velo.settings import OddsBand
from velo.warehouse.connection import warehouse

NAMES = {
    # (name, region, class): whether it is a handicap
    ("Coral Sprint Handicap", "GB", "Class 2"): True,
    ("EBF Nursery", "GB", "Class 4"): True,
    ("Maiden Stakes", "GB", "Class 4"): False,
    (None, "GB", "Class 4"): False,
    ("京士頓讓賽", "HK", "Class 4"): True,
    ("香港盃", "HK", "Group One"): False,
    (None, "HK", "Class 3"): True,
    (None, "HK", "Class 4 (Special Condition)"): True,
    (None, "HK", "Hong Kong Group Three"): True,
    (None, "HK", "Group One"): False,
    (None, "HK", "Griffin Race"): False,
    (None, "HK", None): False,
}


def recorded_starts(home: Home, races: int, seed: int, void: int = 0) -> list[Start]:
    """A random world with morning prices, its first few races declared void."""
    starts = random_starts(seed, races)
    record(home, starts)
    with warehouse(home, SETTINGS.store, write=True) as con:
        con.execute(
            "UPDATE results SET status = 'void', finish = NULL "
            "WHERE race_id IN (SELECT unnest($1))",
            [[stable_id("race", race) for race in has_run(starts)[:void]]],
        )
    quote(home, [(start, PRICE) for start in starts if is_priced(start)])
    return starts


def has_run(starts: list[Start]) -> list[str]:
    """Races that at least two started in, in order."""
    ran = [start.race_id for start in starts if start.started]
    return sorted({race for race in ran if ran.count(race) > 1})


def test_returned_bets_are_those_at_a_price_in_the_band(home: Home) -> None:
    starts = recorded_starts(home, 120, 11, void=2)
    void = has_run(starts)[:2]
    build_tables(home)
    spine = Spine(home)
    runs = set(has_run(starts)) | {start.race_id for start in starts if start.started}
    gone = [s for s in starts if not s.started and s.race_id in runs - set(void) and is_priced(s)]
    lost = [s for s in starts if s.race_id in void and is_priced(s)]

    def asked(kind: str, band: OddsBand) -> ReturnedBets:
        return returned(spine, spine.first_day, spine.last_day, kind, band)

    assert asked("morning", OddsBand()) == ReturnedBets(len(gone), len(lost), 2)
    assert len(gone) > 0
    assert asked("morning", OddsBand(low=10, high=20)) == ReturnedBets(0, 0, 2)
    assert asked("sp", OddsBand()) == ReturnedBets(0, 0, 2)


def test_the_gate_is_paid_as_the_backtest_pays(home: Home) -> None:
    recorded_starts(home, 120, 11)
    build_tables(home)
    spine = Spine(home)
    span = (spine.first_day, spine.last_day, "morning")
    known = conditions(spine, *span, "rule 4")
    given = known.frame[["race_id", "horse_id"]].sample(frac=1, random_state=1)
    given = given.assign(settlement_odds=PRICE).reset_index(drop=True)
    settled = paid(given, spine, *span, "rule 4")
    pd.testing.assert_series_equal(
        settled["settlement_odds"], conditioned(given, known)["settlement_odds"]
    )
    assert settled["settlement_odds"].isna().any()
    assert (settled["settlement_odds"] < PRICE).any()
    pd.testing.assert_frame_equal(paid(given, spine, *span, "none"), given)


def test_a_handicap_says_so_or_is_of_a_hong_kong_class(home: Home) -> None:
    starts = recorded_starts(home, 60, 3)
    races = [stable_id("race", race) for race in has_run(starts)]
    named = dict(zip(races, NAMES.items(), strict=False))
    with warehouse(home, SETTINGS.store, write=True) as con:
        for race, ((name, region, class_), _) in named.items():
            con.execute(
                "UPDATE races SET name = $1, region = $2, class = $3 WHERE race_id = $4",
                [name, region, class_, race],
            )
    build_tables(home)
    expected = {race: handicap for race, (_, handicap) in named.items()}
    assert len(expected) == len(NAMES)
    with Spine(home).connect() as con:
        built = dict(con.execute("SELECT DISTINCT race_id, handicap FROM outcomes").fetchall())
    assert {race: built[race] for race in expected} == expected
    live = outcomes(home, SETTINGS, expected.keys()).set_index("race_id")["handicap"]
    assert live[~live.index.duplicated()].to_dict() == expected
