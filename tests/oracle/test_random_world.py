"""The random world is as nasty as it says, and the oracle sees no future in it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from tests.oracle.features import FEATURES, Oracle, Priors, Start
from tests.oracle.random_world import random_starts

PRIORS = Priors(0.11, 30, 12, 40, 9, 15, 3, 4, 2.5, 0.09)


def oracle_of(starts: list[Start]) -> Oracle:
    return Oracle(starts, PRIORS, min_prize_races=10, min_par_races=3)


def blank(s: Start) -> Start:
    return replace(s, position=None, finished=False, ts=None, rpr=None, seconds=None)


@pytest.fixture(scope="module")
def world() -> list[Start]:
    return random_starts(seed=1, races=200)


def test_the_world_holds_what_is_hard(world: list[Start]) -> None:
    firsts = Counter(s.race_id for s in world if s.position == 1)
    assert {1, 2, 3} <= set(firsts.values())
    assert max(Counter((s.horse, s.date) for s in world if s.started).values()) > 1
    assert any(not s.started for s in world)
    assert any(s.started and not s.finished for s in world)
    assert any(s.finished and s.position is None for s in world)
    starters = Counter(s.race_id for s in world if s.started)
    assert 1 in starters.values()
    days = sorted({s.date for s in world})
    assert {14, 15, 30, 31, 90, 91, 180, 181, 365, 366} <= {(d - days[0]).days for d in days}
    for hole in (
        *("trainer", "jockey", "surface", "going_group", "draw", "pounds", "official_rating"),
        *("race_level", "prize", "ts", "rpr", "seconds"),
    ):
        assert 0 < sum(getattr(s, hole) is None for s in world) < len(world), hole


def test_every_feature_lives_in_the_world(world: list[Start]) -> None:
    oracle = oracle_of(world)
    rows = [row for race_id in oracle.races for row in oracle.features(race_id).values()]
    assert len(rows) == sum(s.started for s in world)
    nullable = {*FEATURES[7:14], "form_slope", "form_var", "ts_trend"}
    for name in FEATURES:
        values = {row[name] for row in rows}
        assert len(values) > 1, name
        assert (None in values) == (name in nullable), name


def test_one_seed_is_one_world(world: list[Start]) -> None:
    assert random_starts(seed=1, races=200) == world
    assert random_starts(seed=2, races=200) != world


@pytest.mark.parametrize("seed", range(5))
def test_features_do_not_change_when_the_future_is_taken_away(seed: int) -> None:
    """Later races vanish and the day's own results are blank: as on the morning's card."""
    starts = random_starts(seed=seed, races=150)
    whole = oracle_of(starts)
    for race_id in random.Random(seed).sample(sorted(whole.races), 10):
        day = next(s.date for s in starts if s.race_id == race_id)
        morning = [blank(s) if s.date == day else s for s in starts if s.date <= day]
        assert oracle_of(morning).features(race_id) == whole.features(race_id)
