"""`velo materialize` in a built world: the morning's store serves what training would retrieve."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from feast import FeatureStore, RepoConfig
from feast.infra.online_stores.online_store import OnlineStore

from tests.offline.built_world import (
    SERVICE,
    SETTINGS,
    Applied,
    LittleWorld,
    build_tables,
    oracle_priors,
    record,
    retrieved,
)
from tests.oracle.features import FEATURES, Start
from velo.errors import HomeError, InputError
from velo.home import Home
from velo.offline.spine import Spine
from velo.offline.tables import FEATURE_REPO
from velo.racing.layoff import knots_text
from velo.settings import Layoff
from velo.store.online.digest import is_untouched
from velo.store.online.entity_rows import ServiceColumns
from velo.store.online.materialize import Materialized, materialize
from velo.store.online.serving import online_standing, require_morning_of, views_not_as_written
from velo.warehouse.connection import warehouse


def last_day(starts: list[Start]) -> date:
    return max(s.date for s in starts)


def card(starts: list[Start], day: date) -> list[Start]:
    """A race of forty old horses, a debutant without jockey or stall among them."""
    horses = sorted({s.horse for s in starts})[:40]
    return [
        Start(
            "card",
            day,
            1,
            horse,
            trainer=f"Trainer {n % 6}" if n % 9 else None,
            jockey=f"Jockey {n % 7}" if n % 8 else None,
            draw=n + 1 if n % 10 else None,
            course="Kempton",
            race_level=4.0,
            pounds=None if n % 5 == 0 else 120.0 + n,
            official_rating=None if n % 3 == 0 else 60.0 + n,
        )
        for n, horse in enumerate([*horses, "Debutant"])
    ]


def built(applied: Applied, starts: list[Start], day: date) -> None:
    """Build with a card of the day, whose race is not run."""
    record(applied.home, [*starts, *card(starts, day)])
    with warehouse(applied.home, SETTINGS.store, write=True) as con:
        con.execute(
            "DELETE FROM results WHERE race_id IN "
            "(SELECT race_id FROM races WHERE source_race_id = 'card')"
        )
    build_tables(applied.home)


def brought(applied: Applied, as_of: date | None = None, **how: Any) -> Materialized:
    return materialize(applied.home, SETTINGS, applied.store, as_of, **how)


def changed(done: Materialized) -> int:
    return sum(each.written + each.removed for each in done.views)


def request_of(applied: Applied) -> dict[str, list[Any]]:
    """What is asked of the store for the card."""
    entries = (
        Spine(applied.home)
        .connect()
        .sql("FROM entries WHERE NOT was_run ORDER BY horse_id")
        .to_arrow_table()
    )
    assert len(entries) == 41
    layoff = Layoff()
    constants = {
        **oracle_priors().model_dump(),
        "layoff_knots": knots_text(layoff.knots),
        "sweet_spot_from": float(layoff.sweet_spot[0]),
        "sweet_spot_to": float(layoff.sweet_spot[1]),
    }
    return ServiceColumns.by(applied.store, SERVICE).entity_rows(entries, constants)


def differing(applied: Applied) -> list[str]:
    """The features that the card has otherwise online than offline."""
    offline = retrieved(applied.home, applied.store, "not was_run ORDER BY horse_id")
    online = applied.store.get_online_features(
        features=applied.store.get_feature_service(SERVICE), entity_rows=request_of(applied)
    ).to_df()
    assert (online["horse_id"].to_numpy() == offline["horse_id"].to_numpy()).all()
    return [
        name
        for name in FEATURES
        if not np.allclose(
            online[name].astype(np.float64), offline[name], atol=1e-9, equal_nan=True
        )
    ]


@pytest.fixture(scope="module")
def world(little_world: LittleWorld) -> list[Start]:
    return little_world.starts


@pytest.mark.slow
def test_a_card_has_the_same_features_online_and_offline_day_after_day(
    applied: Applied, world: list[Start]
) -> None:
    """The default morning; again; another day's results; a correction; a vanished horse."""
    days = sorted({s.date for s in world})
    cut = days[-12]
    known = [s for s in world if s.date < cut]
    built(applied, known, last_day(known) + timedelta(1))
    first = brought(applied, full=True)
    assert first.as_of == str(last_day(known) + timedelta(1))
    assert differing(applied) == []
    assert changed(brought(applied)) == 0

    built(applied, world, last_day(world) + timedelta(1))
    assert 0 < changed(brought(applied)) < changed(first)
    assert differing(applied) == []

    horse = world[-1].horse
    corrected = [
        replace(s, position=None, finished=False) if s.horse == horse and s.started else s
        for s in world
    ]
    built(applied, corrected, last_day(world) + timedelta(1))
    assert changed(brought(applied)) > 0
    assert differing(applied) == []

    gone = sorted({s.horse for s in world})[0]
    without = [s for s in corrected if s.horse != gone]
    built(applied, without, last_day(world) + timedelta(1))
    assert sum(each.removed for each in brought(applied).views) > 0
    assert differing(applied) == []
    assert changed(brought(applied, full=True)) == 0


@pytest.mark.slow
def test_a_row_that_was_changed_past_the_store_is_mended_and_named(
    applied: Applied, world: list[Start]
) -> None:
    day = last_day(world) + timedelta(1)
    built(applied, world, day)
    brought(applied, full=True)
    assert is_untouched(applied.home.online)
    with closing(sqlite3.connect(applied.home.online)) as con, con:
        con.execute("UPDATE velo_trainer_form SET trainer_wins = trainer_wins + 1")
    assert not is_untouched(applied.home.online)
    assert views_not_as_written(applied.home, applied.store) == ["trainer_form"]
    done = brought(applied)
    assert [each.view for each in done.views if each.mended] == ["trainer_form"]
    assert differing(applied) == []
    assert views_not_as_written(applied.home, applied.store) == []
    assert changed(brought(applied)) == 0


@pytest.mark.slow
def test_the_store_goes_back_to_an_earlier_morning(applied: Applied, world: list[Start]) -> None:
    days = sorted({s.date for s in world})
    built(applied, world, days[-5])
    brought(applied, as_of=days[-5])
    assert differing(applied) == []
    later = last_day(world) + timedelta(40)
    built(applied, world, later)
    brought(applied, as_of=later)
    assert differing(applied) == []
    built(applied, world, days[-9])
    brought(applied, as_of=days[-9])
    assert differing(applied) == []


@pytest.mark.slow
def test_feast_materialize_serves_the_same_and_voids_the_standing(
    applied: Applied, world: list[Start]
) -> None:
    day = last_day(world) + timedelta(1)
    built(applied, world, day)
    brought(applied, as_of=day)
    require_morning_of(applied.home, applied.store, day)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    applied.store.materialize(datetime(2000, 1, 1, tzinfo=UTC), midnight)
    assert differing(applied) == []
    assert online_standing(applied.home, applied.store) is None
    with pytest.raises(HomeError, match="velo materialize"):
        require_morning_of(applied.home, applied.store, day)
    assert changed(brought(applied, as_of=day)) == 0
    require_morning_of(applied.home, applied.store, day)


@pytest.mark.slow
def test_another_online_store_is_sent_what_changed(
    applied: Applied, world: list[Start], tmp_path: Path
) -> None:
    """Feast's own stands for Redis here: it too can delete no single key."""
    config = RepoConfig(
        project="velo",
        provider="local",
        registry={
            "registry_store_type": "velo.store.in_home.HomeRegistryStore",
            "path": str(applied.home.registry),
        },
        online_store={"type": "sqlite", "path": str(tmp_path / "other.db")},
        offline_store={"type": "velo.store.asof.AsofOfflineStore"},
        entity_key_serialization_version=3,
        repo_path=FEATURE_REPO,
    )
    other = Applied(applied.home, FeatureStore(config=config))
    views = other.store.list_feature_views()
    other.store.provider.online_store.update(config, [], views, [], [], partial=True)
    day = last_day(world) + timedelta(1)
    built(other, world, day)
    brought(other, full=True)
    assert differing(other) == []
    assert changed(brought(other)) == 0
    gone = sorted({s.horse for s in world})[0]
    built(other, [s for s in world if s.horse != gone], day)
    assert 0 < changed(brought(other, as_of=day)) < 2000
    assert differing(other) == []
    require_morning_of(other.home, other.store, day)


@pytest.mark.slow
def test_a_race_is_answered_as_feast_itself_would_answer(
    applied: Applied, world: list[Start]
) -> None:
    built(applied, world, last_day(world) + timedelta(1))
    brought(applied)
    service = applied.store.get_feature_service(SERVICE)
    online, config = applied.store.provider.online_store, applied.store.config
    asked = (service, request_of(applied), applied.store.registry, applied.store.project)
    ours = online.get_online_features(config, *asked).to_df()
    feasts = OnlineStore.get_online_features(online, config, *asked).to_df()
    pd.testing.assert_frame_equal(ours[feasts.columns], feasts)


@pytest.mark.slow
def test_the_store_knows_its_morning_and_its_build(applied: Applied, world: list[Start]) -> None:
    day = last_day(world) + timedelta(1)
    built(applied, world, day)
    brought(applied)
    standing = online_standing(applied.home, applied.store)
    assert standing is not None
    assert standing.as_of == day
    require_morning_of(applied.home, applied.store, day)
    for other in (day - timedelta(1), day + timedelta(1)):
        with pytest.raises(HomeError, match=f"--as-of {other}"):
            require_morning_of(applied.home, applied.store, other)
    build_tables(applied.home)
    with pytest.raises(HomeError, match="build"):
        require_morning_of(applied.home, applied.store, day)


@pytest.mark.slow
def test_an_interrupted_run_leaves_the_earlier_morning(
    applied: Applied, world: list[Start]
) -> None:
    days = sorted({s.date for s in world})
    built(applied, world, days[-6])
    brought(applied, as_of=days[-6])
    seen: list[str] = []

    def stop(view: str) -> None:
        seen.append(view)
        if len(seen) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        brought(applied, as_of=days[-1], progress=stop)
    require_morning_of(applied.home, applied.store, days[-6])
    assert differing(applied) == []


def test_a_home_without_a_build_is_told_to_build(home: Home) -> None:
    with pytest.raises(HomeError, match="velo build"):
        materialize(home, SETTINGS, None)


def test_missing_keys_are_asked_for_as_nobodys(applied: Applied) -> None:
    asked = ServiceColumns.by(applied.store, SERVICE)
    assert set(asked.keys) == {
        *("horse_id", "trainer_id", "jockey_id", "course_id"),
        *("surface", "distance_band", "going_group", "draw_third"),
    }
    entries = pa.table({name: pa.nulls(1) for name in asked.keys | asked.requested})
    rows = asked.entity_rows(entries, {"layoff_knots": "0:0 10:1"})
    assert rows["jockey_id"] == [-1]
    assert rows["surface"] == [""]
    assert rows["pounds"] == [None]
    assert rows["layoff_knots"] == ["0:0 10:1"]


def test_a_number_that_became_a_float_names_nobody(applied: Applied) -> None:
    asked = ServiceColumns.by(applied.store, SERVICE)
    entries = pa.table({name: pa.nulls(1) for name in asked.keys | asked.requested})
    place = entries.column_names.index("jockey_id")
    entries = entries.set_column(place, "jockey_id", pa.array([float(2**60 + 1)]))
    with pytest.raises(InputError, match="jockey_id"):
        asked.entity_rows(entries)
