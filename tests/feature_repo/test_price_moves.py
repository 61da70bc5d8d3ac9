"""Today's price path as training retrieves it and as a card is served it, by brute force."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.offline.built_world import SETTINGS, Applied, build_tables
from tests.offline.snapshot_world import forget_prices, record_snapshots
from tests.oracle.random_world import random_starts
from training.data.dataset import retrieve
from training.data.entity_sql import entity_sql
from training.data.service_features import declared
from training.data.todays_prices import todays_prices
from velo.audit.brute_force_prices import BruteForcePrices, read_quotes
from velo.audit.history import read_history
from velo.audit.price_facts import read_price_facts
from velo.live.earlier_prices import with_price_path
from velo.live.entries import read_entries
from velo.live.features import Source, online
from velo.offline.spine import Spine
from velo.settings import Layoff, PriceHours, Priors
from velo.store.online.entity_rows import ServiceColumns
from velo.warehouse.connection import warehouse

pytestmark = pytest.mark.slow

SERVICE = "velo_market"
KEYS = ["race_id", "horse_id"]
USUAL = PriceHours()


@pytest.fixture(scope="module")
def priced(applied: Applied) -> Iterator[Applied]:
    record_snapshots(applied.home, random_starts(seed=9, races=110))
    build_tables(applied.home)
    yield applied
    forget_prices(applied.home)


def trained(applied: Applied, decision: str, clock: PriceHours = USUAL) -> pd.DataFrame:
    """As a training would see them, by race and horse."""
    spine, known = Spine(applied.home), declared(applied.store, SERVICE)
    asked = ServiceColumns.by(applied.store, SERVICE)
    first, end = spine.first_day, spine.last_day + timedelta(1)
    with todays_prices(applied.home, known, first, end, decision, clock) as paths:
        rows = entity_sql(
            spine, Priors(), Layoff(), first, end, decision, "bsp", asked, paths=paths
        )
        frame = retrieve(applied.store, known, rows)
    return frame.set_index(KEYS)[list(known.features)].astype(np.float64)


@pytest.mark.parametrize(
    ("decision", "clock"),
    [
        ("bsp", USUAL),
        ("morning", USUAL),
        ("breakfast", USUAL),
        ("evening", USUAL),
        ("morning", PriceHours(morning="07:30", breakfast="09:00")),
    ],
)
def test_every_feature_of_every_starter_is_the_brute_forces(
    priced: Applied, decision: str, clock: PriceHours
) -> None:
    ours = trained(priced, decision, clock)
    with warehouse(priced.home, SETTINGS.store, write=False) as con:
        history = read_history(con, None)
        facts = read_price_facts(con, history, SETTINGS.windows)
        quotes = read_quotes(con, np.unique(history.ids["race_id"]).tolist())
    judge = BruteForcePrices(history, facts, quotes, decision, clock)
    page = pd.DataFrame([judge.features(i) for i in range(len(history.day))])
    page.index = pd.MultiIndex.from_arrays([history.ids[key] for key in KEYS], names=KEYS)
    theirs = page.astype(np.float64).loc[ours.index]
    for name in ours.columns:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=0, atol=1e-9, err_msg=name)
    assert ours["price_gone_out"].std() > 0
    if decision in ("bsp", "morning"):
        assert (ours.notna().mean() > 0.3).all()
        assert (ours[["steam_flag", "drift_flag"]].mean() > 0.01).all()
        # Of two earlier kinds a later one may turn the move; where 07:30 decides there is but one.
        assert ours["turned_flag"].any() == (clock == USUAL)
    if decision == "evening":
        assert ours["move_total"].isna().all()


@pytest.mark.parametrize("decision", ["bsp", "morning"])
def test_a_card_of_a_day_that_is_over_is_served_what_training_retrieves(
    priced: Applied, decision: str, tmp_path: Path
) -> None:
    day = Spine(priced.home).last_day
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        morning = datetime(day.year, day.month, day.day, tzinfo=UTC)
        priced.store.materialize(datetime(2000, 1, 1, tzinfo=UTC), morning)
    entries = read_entries(priced.home, SETTINGS, [day])
    index = pd.MultiIndex.from_arrays([entries[key].to_numpy() for key in KEYS], names=KEYS)
    odds = decision_odds(priced, decision, day).reindex(index).to_numpy(np.float64)
    kinds = dict.fromkeys(entries["race_id"].to_pylist(), decision)
    now = morning + timedelta(30)
    path = with_price_path(entries, odds, kinds, now, tmp_path / "none.db", USUAL)
    served = online(Source.of(priced.store, SERVICE), path, {}).set_axis(index)
    theirs = trained(priced, decision)
    both = index.intersection(theirs.index)
    assert len(both) > 5
    pd.testing.assert_frame_equal(served.loc[both], theirs.loc[both], check_exact=True)
    assert theirs.loc[both, "snapshot_age"].notna().any()


def decision_odds(applied: Applied, kind: str, day: date) -> pd.Series:
    with warehouse(applied.home, SETTINGS.store, write=False) as con:
        rows = con.execute(
            "SELECT race_id, horse_id, decimal_odds FROM prices JOIN races USING (race_id) "
            "WHERE kind = ? AND date = ?",
            [kind, day],
        ).df()
    return rows.set_index(KEYS)["decimal_odds"]
