"""The audit's brute force against the oracle's: two readings of one page."""

from __future__ import annotations

from datetime import date

import pytest

from tests.audit.audited_world import AUDITED
from tests.offline.built_world import (
    SETTINGS,
    Features,
    differences,
    oracle_features,
    record,
)
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from velo.audit.brute_force import BruteForce
from velo.audit.history import read_history
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
