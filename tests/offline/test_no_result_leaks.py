"""No result reaches a feature of its own day or before: poisoned, shuffled, and by mutation."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.offline.built_world import (
    SETTINGS,
    Applied,
    Features,
    LittleWorld,
    differences,
    moved_features,
    record,
)
from tests.oracle.features import FEATURES
from velo.home import Home
from velo.offline.tables import FEATURE_REPO
from velo.warehouse.connection import warehouse

ON_OR_AFTER = "race_id IN (SELECT race_id FROM races WHERE date >= DATE '{}')"


def middle_day(world: LittleWorld) -> date:
    """The day in the middle half of the world that has most starters."""
    days = sorted(s.date for s in world.starts if s.started)
    inner = days[len(days) // 4 : -len(days) // 4]
    return max(set(inner), key=inner.count)


def features_on(
    world: LittleWorld, features: Features, first: date, last: date = date.max
) -> Features:
    """Those of races dated from the first to the last day."""
    dates = {s.race_id: s.date for s in world.starts}
    return {key: row for key, row in features.items() if first <= dates[key[0]] <= last}


def test_poisoned_results_move_no_feature_up_to_their_first_day(
    applied: Applied, little_world: LittleWorld
) -> None:
    """From the cut on every starter wins in a second with ratings of 999, or falls."""
    cut = middle_day(little_world)
    record(applied.home, little_world.starts)
    with warehouse(applied.home, SETTINGS.store, write=True) as con:
        con.execute(f"""
            UPDATE results SET
                finish = CASE WHEN horse_id % 2 = 0 THEN 1 END,
                status = CASE WHEN horse_id % 2 = 0 THEN 'finished' ELSE 'non-finisher' END,
                position = 'poison', seconds = 1, beaten = 999, rpr = 999, ts = 999,
                prize_won = 1e9, comment = 'poison'
            WHERE status <> 'withdrawn' AND {ON_OR_AFTER.format(cut)}
        """)
    features = applied.rebuilt(little_world.starts)
    before = features_on(little_world, features, date.min, cut)
    assert len(before) > 300
    true = features_on(little_world, little_world.features, date.min, cut)
    assert differences(before, true) == []
    assert differences(features, little_world.features)


def test_a_days_own_results_in_another_order_move_none_of_its_features(
    applied: Applied, little_world: LittleWorld
) -> None:
    """Everything that is known only after the race is dealt out anew among the day's starters."""
    day = middle_day(little_world)
    today = f"status <> 'withdrawn' AND race_id IN (SELECT race_id FROM races WHERE date = '{day}')"
    record(applied.home, little_world.starts)
    with warehouse(applied.home, SETTINGS.store, write=True) as con:
        rows = con.execute(f"SELECT * FROM results WHERE {today}").df()
        known_after = [c for c in rows.columns if c not in ("race_id", "horse_id", "batch_id")]
        order = np.random.default_rng(1).permutation(len(rows))
        rows[known_after] = rows[known_after].to_numpy()[order]
        con.execute(f"DELETE FROM results WHERE {today}")
        con.execute("INSERT INTO results BY NAME SELECT * FROM rows")
    features = applied.rebuilt(little_world.starts)
    mine = features_on(little_world, features, day, day)
    assert len(mine) > 10
    theirs = features_on(little_world, little_world.features, day, day)
    assert differences(mine, theirs) == []
    assert differences(features, little_world.features)


MUTATIONS = {
    "a window one day too wide": (
        "fragments/wins_and_starts.sql",
        "(14 - 1)",
        "(14 - 0)",
        {"trainer_sr_14d", "jockey_sr_14d"},
    ),
    "a day that never falls out": (
        "fragments/wins_and_starts.sql",
        "    UNION ALL\n    SELECT {person}_id, CAST(known + INTERVAL '90' DAY "
        "AS DATE), 0.0, 0 FROM days\n",
        "",
        {"trainer_sr_90d", "jockey_sr_90d", "tj_combo_uplift"},
    ),
    "results known on their own day": (
        "base/starts.sql",
        "field.date + INTERVAL '1' DAY",
        "field.date + INTERVAL '0' DAY",
        set(FEATURES),
    ),
    "a draw cell over all time": (
        "draw_course.sql",
        "PARTITION BY course_id, draw_third ORDER BY known ROWS UNBOUNDED PRECEDING",
        "PARTITION BY course_id, draw_third",
        {"draw_iv"},
    ),
    "stallmates who do not compete": (
        "draw_cell.sql",
        "round(expected * (1.0 - expected) * 1099511627776.0) / 1099511627776.0",
        "expected * 0.9",
        {"draw_bias_z"},
    ),
    "non-finishers dropped": (
        "base/starts.sql",
        "WHERE field.was_run",
        "WHERE field.was_run AND field.finish IS NOT NULL",
        {"form_ewma", "layoff_days", "trainer_sr_14d", "course_going_iv", "draw_bias_z"},
    ),
    "a dead heat that pays in full": (
        "fragments/win_share.sql",
        "1.0 / count(CASE WHEN {won} THEN 1 END) OVER race",
        "1.0",
        {"trainer_sr_90d", "draw_iv", "course_going_iv"},
    ),
    "the wrong last race of a day": (
        "base/starts.sql",
        "ORDER BY field.off,",
        "ORDER BY field.off DESC,",
        {"weight_delta", "form_ewma"},
    ),
    "a par that knows the day's own races": (
        "base/par_times.sql",
        "INTERVAL '1' DAY PRECEDING",
        "CURRENT ROW",
        {"ts_trend"},
    ),
    "a prize ladder that never forgets": (
        "base/race_levels.sql",
        "RANGE BETWEEN INTERVAL '{prize_ladder}' DAY PRECEDING",
        "RANGE BETWEEN UNBOUNDED PRECEDING",
        {"class_drop"},
    ),
    "the first five starts": (
        "horse_form.sql",
        "ORDER BY known, nth_of_day)",
        "ORDER BY known DESC, nth_of_day DESC)",
        {"form_ewma", "form_slope", "form_var", "ts_trend"},
    ),
}


@pytest.fixture(scope="module")
def recorded(applied: Applied, little_world: LittleWorld) -> Home:
    record(applied.home, little_world.starts)
    return applied.home


@pytest.mark.few(3)
@pytest.mark.parametrize("mistake", MUTATIONS)
def test_the_oracle_catches(
    mistake: str, applied: Applied, recorded: Home, little_world: LittleWorld, tmp_path: Path
) -> None:
    file, right, wrong, moved = MUTATIONS[mistake]
    repo = Path(shutil.copytree(FEATURE_REPO, tmp_path / "feature_repo"))
    sql = repo / "tables" / file
    text = sql.read_text(encoding="utf-8")
    assert right in text
    sql.write_text(text.replace(right, wrong), encoding="utf-8")
    features = applied.rebuilt(little_world.starts, repo=repo)
    assert moved <= moved_features(differences(features, little_world.features))
