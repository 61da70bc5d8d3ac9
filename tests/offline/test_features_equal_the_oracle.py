"""Every feature of every starter, from the warehouse to the retrieval, is the page's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.feature_repo.null_counts import null_counts
from tests.offline.built_world import (
    ORACLE_PRIORS,
    SERVICE,
    SETTINGS,
    Applied,
    LittleWorld,
    differences,
    oracle_features,
    oracle_priors,
    record,
    retrieved,
)
from tests.oracle.features import FEATURES, Start
from tests.oracle.random_world import random_starts
from training.data import feature_retrieval
from training.data.dataset import retrieve
from training.data.entity_sql import entity_sql
from training.data.feature_retrieval import retrieve_to_disk
from training.data.inputs import Inputs
from training.data.service_features import declared
from training.statistics.races import Races
from velo.offline.spine import Spine
from velo.settings import Layoff
from velo.store.online.entity_rows import ServiceColumns
from velo.warehouse.connection import warehouse


def test_every_feature_of_every_starter_is_the_oracles(
    applied: Applied, little_world: LittleWorld
) -> None:
    features = applied.features_of(little_world.starts)
    assert len(features) == sum(s.started for s in little_world.starts)
    assert differences(features, little_world.features) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 28))
def test_the_oracle_agrees_on_more_worlds(applied: Applied, seed: int) -> None:
    starts = random_starts(seed)
    assert differences(applied.features_of(starts), oracle_features(starts)) == []


def test_the_oracle_agrees_on_a_world_of_few_who_meet_every_week(applied: Applied) -> None:
    starts = random_starts(6, races=150, horses=9, trainers=2, jockeys=2, max_field=5)
    assert differences(applied.features_of(starts), oracle_features(starts)) == []


def test_the_oracle_agrees_where_nothing_but_the_result_is_known(applied: Applied) -> None:
    """No stalls, goings, levels, ratings or times: many tables are empty."""
    bare: list[Start] = [
        replace(
            s,
            draw=None,
            going_group=None,
            surface=None,
            distance_band=None,
            distance_key=None,
            race_level=None,
            prize=None,
            pounds=None,
            official_rating=None,
            ts=None,
            rpr=None,
            seconds=None,
        )
        for s in random_starts(7, races=60)
    ]
    features = applied.features_of(bare)
    assert differences(features, oracle_features(bare)) == []
    assert {values["draw_iv"] for values in features.values()} == {1.0}


def training_rows(applied: Applied, spine: Spine) -> str:
    asked = ServiceColumns.by(applied.store, SERVICE)
    end = spine.last_day + timedelta(1)
    return entity_sql(spine, oracle_priors(), Layoff(), spine.first_day, end, "sp", "bsp", asked)


def test_training_sees_the_oracles_features_in_whole_races(
    applied: Applied, little_world: LittleWorld
) -> None:
    """Of races with a winner and two starters, by date, race and horse."""
    applied.features_of(little_world.starts)
    spine = Spine(applied.home)
    rows = training_rows(applied, spine)
    frame = retrieve(applied.store, declared(applied.store, SERVICE), rows)
    keys = ["event_timestamp", "race_id", "horse_id"]
    assert frame[keys].equals(frame[keys].sort_values(keys, ignore_index=True))
    assert (frame.groupby("race_id")["win_share"].sum() - 1).abs().max() < 1e-12
    assert frame["priced"].sum() == 0
    races: dict[str, list[Start]] = {}
    for s in little_world.starts:
        if s.started:
            races.setdefault(s.race_id, []).append(s)
    usable = {
        race
        for race, field in races.items()
        if len(field) > 1 and any(s.finished and s.position == 1 for s in field)
    }
    assert len(frame) == sum(len(races[race]) for race in usable)
    expected = sorted(
        values["form_ewma"] or 0.0
        for (race, _), values in little_world.features.items()
        if race in usable
    )
    assert frame["form_ewma"].sort_values().tolist() == pytest.approx(expected, abs=1e-9)


def test_training_reads_from_disk_what_feast_retrieves_to_the_bit(
    applied: Applied, little_world: LittleWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Features, labels, what a model sees and what is missing, in batches of whole races."""
    applied.features_of(little_world.starts)
    spine = Spine(applied.home)
    rows = training_rows(applied, spine)
    service = declared(applied.store, SERVICE)
    frame = retrieve(applied.store, service, rows)
    monkeypatch.setattr(feature_retrieval, "BATCH", 40)
    file, nulls = retrieve_to_disk(applied.store, service, rows, tmp_path)
    names = ["race_id", "horse_id", "date", *service.features, *feature_retrieval.LABELS]
    pd.testing.assert_frame_equal(file.frame(names), frame[names], check_exact=True)
    races = [set(part["race_id"]) for part in file.batches(["race_id"])]
    assert len(races) > 4
    assert sum(map(len, races)) == frame["race_id"].nunique(), "no race is cut in two"
    inputs = Inputs(service.features, "both")
    whole = inputs.matrix(frame, Races.of(frame["race_id"].to_numpy()))
    np.testing.assert_array_equal(file.matrix(inputs), whole)
    assert nulls == null_counts(frame, service)


def test_an_unseen_trainer_and_jockey_are_served_p0(
    applied: Applied, little_world: LittleWorld
) -> None:
    last = max(s.date for s in little_world.starts) + timedelta(1)
    card = Start("card", last, 1, "Debutant", trainer="Nora", jockey="Ned", draw=1)
    debutant = applied.features_of([*little_world.starts, card])["card", "Debutant"]
    assert [debutant[name] for name in FEATURES[:6]] == pytest.approx([ORACLE_PRIORS.p0] * 6)
    assert debutant["tj_combo_uplift"] == 0


def test_a_declared_race_without_results_has_the_features_of_the_morning(
    applied: Applied, little_world: LittleWorld
) -> None:
    """A card in the warehouse: all declared are the field, and nothing of it is history."""
    day = max(s.date for s in little_world.starts)
    last_race = max(
        {s.race_id for s in little_world.starts if s.date == day},
        key=lambda race: sum(s.race_id == race and s.started for s in little_world.starts),
    )
    starts = [s for s in little_world.starts if s.race_id != last_race or s.started]
    record(applied.home, starts)
    with warehouse(applied.home, SETTINGS.store, write=True) as con:
        con.execute(
            "DELETE FROM results WHERE race_id IN "
            "(SELECT race_id FROM races WHERE source_race_id = ?)",
            [last_race],
        )
    run = applied.rebuilt(starts)
    assert all(race != last_race for race, _ in run)
    card = retrieved(applied.home, applied.store, "not was_run")
    names = {s.horse for s in starts if s.race_id == last_race}
    assert len(card) == len(names)
    expected = [little_world.features[last_race, horse] for horse in names]
    for name in FEATURES:
        got = sorted(card[name].dropna())
        want = sorted(v for row in expected if (v := row[name]) is not None)
        assert got == pytest.approx(want, abs=1e-9), name
