"""A card is served online what training would have retrieved for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.offline.built_world import (
    ORACLE_PRIORS,
    SERVICE,
    SETTINGS,
    Applied,
    LittleWorld,
    build_tables,
    record,
    retrieved,
)
from tests.oracle.features import FEATURES, Start
from velo.warehouse.connection import warehouse

KEYS = (
    *("horse_id", "trainer_id", "jockey_id", "course_id"),
    *("surface", "distance_band", "going_group", "draw_third"),
)
REQUESTED = (
    *("race_date", "class_level", "pounds", "official_rating"),
    *("p0", "trainer_k0", "trainer_k1", "jockey_k0", "jockey_k1", "pair_k2", "horse_k"),
    *("draw_k", "draw_distance_k", "draw_course_k", "form_k", "form_v0"),
    *("layoff_knots", "sweet_spot_from", "sweet_spot_to"),
)


def served(applied: Applied, card: pd.DataFrame) -> pd.DataFrame:
    """Online features of a card's entity rows, in its order."""
    asked = [c for c in card.columns if c in KEYS or c in REQUESTED]
    rows = card[asked].astype(object).where(card[asked].notna(), None).to_dict("records")
    service = applied.store.get_feature_service(SERVICE)
    frame = applied.store.get_online_features(features=service, entity_rows=rows).to_df()
    return frame[list(FEATURES)].astype(np.float64)


@pytest.fixture(scope="module")
def morning(applied: Applied, little_world: LittleWorld) -> pd.DataFrame:
    """Tomorrow's card as training would retrieve it: 30 old horses, a debutant, a stranger."""
    day = max(s.date for s in little_world.starts) + timedelta(1)
    horses = sorted({s.horse for s in little_world.starts})[:30]
    card = [
        Start(
            "card",
            day,
            1,
            horse,
            trainer=f"Trainer {n % 6}",
            jockey=f"Jockey {n % 7}",
            draw=n + 1,
            course="Kempton",
            race_level=4.0,
            pounds=None if n % 5 == 0 else 120.0 + n,
            official_rating=None if n % 3 == 0 else 60.0 + n,
        )
        for n, horse in enumerate([*horses, "Debutant"])
    ]
    card.append(
        Start(
            "card",
            day,
            1,
            "Stranger",
            trainer="Nora",
            jockey="Ned",
            draw=32,
            course="Kempton",
            race_level=4.0,
        )
    )
    record(applied.home, [*little_world.starts, *card])
    with warehouse(applied.home, SETTINGS.store, write=True) as con:
        con.execute(
            "DELETE FROM results WHERE race_id IN "
            "(SELECT race_id FROM races WHERE source_race_id = 'card')"
        )
    build_tables(applied.home)
    applied.store.materialize(
        datetime(2000, 1, 1, tzinfo=UTC), datetime(day.year, day.month, day.day, tzinfo=UTC)
    )
    return retrieved(applied.home, applied.store, "not was_run")


def test_a_card_has_the_same_features_online_and_offline(
    applied: Applied, morning: pd.DataFrame
) -> None:
    assert len(morning) == 32
    online = served(applied, morning)
    for name in FEATURES:
        np.testing.assert_allclose(online[name], morning[name], atol=1e-9, err_msg=name)
    assert not morning[list(FEATURES)].isna().all().any()


def test_a_card_of_strangers_is_served_the_priors(applied: Applied, morning: pd.DataFrame) -> None:
    """Nobody on it was ever seen, nothing about it is known: no crash."""
    strangers = morning.tail(3).assign(
        horse_id=[1, 2, 3],
        trainer_id=1,
        jockey_id=1,
        course_id=1,
        class_level=None,
        pounds=None,
        official_rating=None,
    )
    online = served(applied, strangers)
    np.testing.assert_allclose(online[list(FEATURES[:6])], ORACLE_PRIORS.p0)
    assert online[list(FEATURES[7:14])].isna().all().all()
    assert (online["draw_iv"] == 1).all()
    assert (online["form_ewma"] == 0.5).all()
