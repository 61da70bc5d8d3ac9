"""The audit's brute force against the oracle's: two readings of one page."""

from __future__ import annotations

from datetime import date

import pytest

from tests.audit.audited_world import AUDITED
from tests.offline.built_world import (
    ORACLE_PRIORS,
    PRIZE_RACES,
    SETTINGS,
    Features,
    differences,
    oracle_features,
    record,
)
from tests.offline.priced_world import record_priced
from tests.oracle.against_price import AgainstPrice
from tests.oracle.features import Oracle, Start
from tests.oracle.random_world import random_starts
from velo.audit.brute_force import BruteForce
from velo.audit.brute_force_runs import BruteForceRuns
from velo.audit.history import read_history
from velo.audit.price_facts import read_price_facts
from velo.home import Home
from velo.racing.names import stable_id
from velo.warehouse.connection import warehouse


def features_by_the_page(home: Home, starts: list[Start], until: date | None = None) -> Features:
    record(home, starts)
    with warehouse(home, SETTINGS.store, write=False) as con:
        history = read_history(con, until)
    judge = BruteForce(history, AUDITED)
    races = {stable_id("race", s.race_id): s.race_id for s in starts}
    horses = {stable_id("horse", s.horse): s.horse for s in starts}
    return {
        (races[int(race)], horses[int(horse)]): judge.features(i)
        for i, (race, horse) in enumerate(
            zip(history.ids["race_id"], history.ids["horse_id"], strict=True)
        )
    }


@pytest.mark.parametrize("seed", [11, 12])
def test_both_readings_of_the_page_give_the_same_features(seed: int, home: Home) -> None:
    starts = random_starts(seed, 140)
    assert differences(features_by_the_page(home, starts), oracle_features(starts)) == []


def test_nothing_after_the_last_day_is_read(home: Home) -> None:
    starts = random_starts(13, 60)
    last = sorted(s.date for s in starts)[len(starts) // 2]
    kept = [s for s in starts if s.date <= last]
    assert differences(features_by_the_page(home, starts, last), oracle_features(kept)) == []


def test_both_readings_give_the_same_features_of_prices_and_last_starts(home: Home) -> None:
    starts = random_starts(14, 70)
    odds, sires, early = record_priced(home, starts)
    with warehouse(home, SETTINGS.store, write=False) as con:
        history = read_history(con, None)
        facts = read_price_facts(con, history, AUDITED.windows)
    runs = BruteForceRuns(history, facts, BruteForce(history, AUDITED))
    oracle = AgainstPrice(
        Oracle(starts, ORACLE_PRIORS, min_prize_races=PRIZE_RACES), odds, sires, early
    )
    ids = zip(history.ids["race_id"], history.ids["horse_id"], strict=True)
    place = {key: i for i, key in enumerate(ids)}
    looked_at = [s for s in starts if s.started][::7]
    assert len(looked_at) > 50
    for start in looked_at:
        key = (stable_id("race", start.race_id), stable_id("horse", start.horse))
        page = oracle.prices(start) | oracle.runs(start) | oracle.pace(start)
        assert runs.features(place[key]) == pytest.approx(page, abs=1e-9), start
