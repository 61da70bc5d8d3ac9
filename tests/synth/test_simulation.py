"""The simulated world: riders ride one horse a race, careers go on, signals do what they say."""

from __future__ import annotations

import numpy as np
import pytest

from velo.synth.connections import Connections
from velo.synth.scale import scale_for
from velo.synth.simulation import Simulation, World


def test_no_jockey_rides_twice_in_a_race_nor_at_two_meetings_a_day(simulated: World) -> None:
    race, jockey = simulated.runners["race"], simulated.runners["jockey"]
    rides = np.unique(np.stack([race, jockey]), axis=1)
    assert rides.shape[1] == len(race)
    races = simulated.races
    day, course = races["day"][race], races["course"][race]
    meetings = np.unique(np.stack([day, jockey, course]), axis=1)
    _, courses = np.unique(meetings[:2], axis=1, return_counts=True)
    assert (courses > 1).mean() < 0.02  # the last rider left is lent from elsewhere


def test_no_horse_runs_twice_in_a_day(simulated: World) -> None:
    on = simulated.runners["started"]
    day = simulated.races["day"][simulated.runners["race"]][on]
    runs = np.unique(np.stack([day, simulated.runners["horse"][on]]), axis=1)
    assert runs.shape[1] == on.sum()


def test_rides_are_heavy_tailed(simulated: World) -> None:
    rides = np.sort(np.bincount(simulated.runners["jockey"]))[::-1]
    riders = simulated.scale.jockeys
    assert rides[: max(1, riders // 10)].sum() > 0.5 * rides.sum()
    assert (rides < 0.1 * rides.max()).sum() > 0.4 * riders


def test_flat_racing_on_turf_keeps_to_its_season_and_jumping_does_not(simulated: World) -> None:
    races = simulated.races
    kinds = simulated.courses.kind[races["course"]]
    month = (
        (np.datetime64("2015-01-01") + races["day"]).astype("datetime64[M]").astype(int) % 12
    ) + 1
    turf, jumps = month[kinds == 0], month[kinds == 2]
    assert not np.isin(turf, (1, 2, 12)).any()
    assert len(np.unique(jumps)) == 12
    assert np.isin(jumps, (11, 12, 1, 2, 3)).mean() > 0.5


def test_handicap_weights_follow_the_official_ratings(simulated: World) -> None:
    races, runners = simulated.races, simulated.runners
    race = runners["race"]
    handicap = np.isin(races["kind"], (2, 6, 9))[race]
    starts = np.flatnonzero(np.diff(race, prepend=-1))
    index = np.cumsum(np.diff(race, prepend=-1) != 0) - 1
    top_rating = np.maximum.reduceat(runners["rating"].astype(int), starts)[index]
    top_weight = np.maximum.reduceat(runners["weight"].astype(int), starts)[index]
    below = handicap & (runners["rating"] > 0) & (top_rating - runners["rating"] < 15)
    gap = (top_weight - runners["weight"]) - (top_rating - runners["rating"])
    assert (gap[below] == 0).mean() > 0.99


def test_a_better_outcome_is_a_better_strength_on_average(simulated: World) -> None:
    on = simulated.runners["started"]
    luck = simulated.runners["outcome"][on] - simulated.runners["strength"][on]
    assert abs(luck.mean() - 0.577) < 0.05  # Gumbel's mean
    assert abs(luck.std() - np.pi / np.sqrt(6)) < 0.05


def test_a_pair_of_trainer_and_jockey_is_always_worth_the_same() -> None:
    people = Connections(50, 100, 3, np.random.default_rng(0))
    trainer, jockey = np.repeat(np.arange(50), 100), np.tile(np.arange(100), 50)
    worth = people.affinity(trainer, jockey)
    assert np.array_equal(worth, people.affinity(trainer, jockey))
    assert abs(worth.mean()) < 0.01
    assert 0.08 < worth.std() < 0.12


def test_trainers_form_comes_and_goes_with_its_half_life() -> None:
    rng = np.random.default_rng(1)
    people = Connections(4_000, 100, 3, rng)
    before = people.trainer_form.copy()
    for _ in range(40):
        people.pass_a_day(rng)
    assert abs(np.corrcoef(before, people.trainer_form)[0, 1] - 0.5) < 0.05


@pytest.mark.slow
def test_without_interactions_only_what_signals_do_together_is_left_out() -> None:
    with_them, without = (
        Simulation(scale_for(3_000), 7, interactions=chosen).run() for chosen in (True, False)
    )
    # The first days' results are not yet anybody's past: the same horses meet on both cards.
    first = int(np.count_nonzero(with_them.races["day"] == with_them.races["day"].min()))
    rows = with_them.runners["race"] < first
    count = int(rows.sum())
    moved = with_them.runners["signal"][:count] - without.runners["signal"][:count]
    np.testing.assert_array_equal(
        with_them.runners["horse"][:count], without.runners["horse"][:count]
    )
    assert 0 < (np.abs(moved) > 1e-9).mean() < 0.9
    luck = [w.runners["outcome"] - w.runners["strength"] for w in (with_them, without)]
    np.testing.assert_allclose(luck[0][:count], luck[1][:count], atol=1e-9)
