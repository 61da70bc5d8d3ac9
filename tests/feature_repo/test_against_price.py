"""Families 6 and 8 as Feast serves them, offline and online, against the oracle's brute force."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from tests.offline.built_world import (
    ORACLE_PRIORS,
    PRIZE_RACES,
    SETTINGS,
    Applied,
    build_tables,
    entity_rows,
)
from tests.offline.priced_world import record_priced
from tests.oracle.against_price import AgainstPrice
from tests.oracle.features import Oracle, Start
from tests.oracle.random_world import random_starts
from training.data.dataset import retrieve
from training.data.service_features import declared
from velo.live.features import Source, online
from velo.offline.spine import Spine
from velo.racing.names import stable_id
from velo.warehouse.connection import warehouse

pytestmark = pytest.mark.slow

SERVICES = {"velo_prices_v1": "prices", "velo_runs_v1": "runs", "velo_pace_v1": "pace"}
"""Service -> what the oracle calls its features; forecasts of pace are the audit's to judge."""


@dataclass(frozen=True)
class PricedWorld:
    """A little world with prices, built and applied."""

    applied: Applied
    starts: list[Start]
    judge: AgainstPrice

    def expected(self, which: str) -> pd.DataFrame:
        """The oracle's, a row a starter, by race and horse."""
        rows = [
            {
                "race_id": stable_id("race", s.race_id),
                "horse_id": stable_id("horse", s.horse),
                **getattr(self.judge, which)(s),
            }
            for s in self.starts
            if s.started
        ]
        return pd.DataFrame(rows).set_index(["race_id", "horse_id"]).astype(np.float64)

    def offline(self, service: str) -> pd.DataFrame:
        """As training retrieves them."""
        known = declared(self.applied.store, service)
        frame = retrieve(self.applied.store, known, entity_rows(self.applied.home))
        return frame.set_index(["race_id", "horse_id"])[list(known.features)].astype(np.float64)


@pytest.fixture(scope="module")
def world(applied: Applied) -> PricedWorld:
    starts = random_starts(seed=8, races=110)
    odds, sires, early = record_priced(applied.home, starts)
    build_tables(applied.home)
    judge = Oracle(starts, ORACLE_PRIORS, min_prize_races=PRIZE_RACES)
    yield PricedWorld(applied, starts, AgainstPrice(judge, odds, sires, early))
    with warehouse(applied.home, SETTINGS.store, write=True) as con:
        con.execute("DELETE FROM prices_history")


@pytest.mark.parametrize("service", SERVICES)
def test_every_feature_of_every_starter_is_the_oracles(world: PricedWorld, service: str) -> None:
    ours, theirs = world.offline(service), world.expected(SERVICES[service])
    assert len(ours) == len(theirs)
    judged = ours.columns.intersection(theirs.columns)
    assert len(judged) == len(theirs.columns)
    for name in judged:
        np.testing.assert_allclose(
            ours[name], theirs.loc[ours.index, name], rtol=0, atol=1e-9, err_msg=name
        )
        assert ours[name].std() > 0 or name == "gear_off", name


@pytest.mark.parametrize("service", SERVICES)
def test_a_card_is_served_online_what_training_retrieves(world: PricedWorld, service: str) -> None:
    day = max(s.date for s in world.starts)
    store = world.applied.store
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        store.materialize(
            datetime(2000, 1, 1, tzinfo=UTC), datetime(day.year, day.month, day.day, tzinfo=UTC)
        )
    rows = entity_rows(world.applied.home, f"event_timestamp = TIMESTAMPTZ '{day} 00:00:00+00'")
    entries = Spine(world.applied.home).connect().sql(rows).to_arrow_table()
    served = online(Source.of(store, service), entries, {})
    index = pd.MultiIndex.from_arrays(
        [entries["race_id"].to_numpy(), entries["horse_id"].to_numpy()]
    )
    trained = world.offline(service).reindex(index)
    for name in trained.columns:
        np.testing.assert_allclose(
            served[name].astype(np.float64), trained[name], atol=1e-12, err_msg=name
        )
