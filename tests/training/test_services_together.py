"""A model may be trained on several feature services: the features of all, none of them twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from training.data.dataset import retrieve
from training.data.entity_sql import ENTRY, entity_sql
from training.data.service_features import declared
from training.record.service_definition import definition
from velo.errors import HomeError, SettingsError
from velo.offline.spine import Spine
from velo.settings import Layoff, Priors
from velo.store.online.entity_rows import ServiceColumns

if TYPE_CHECKING:
    from tests.offline.built_world import Applied, LittleWorld

BOTH = "velo_v1_1_0+velo_pace_v1"


def training_rows(applied: Applied, service: str) -> str:
    spine, asked = Spine(applied.home), ServiceColumns.by(applied.store, service)
    end = spine.last_day + timedelta(1)
    return entity_sql(spine, Priors(), Layoff(), spine.first_day, end, "sp", "sp", asked)


def test_several_services_have_the_features_of_all_in_their_order(applied: Applied) -> None:
    first, second, both = (
        declared(applied.store, name) for name in ("velo_v1_1_0", "velo_pace_v1", BOTH)
    )
    assert both.service == BOTH
    assert both.features == first.features + second.features
    assert both.families == first.families | second.families
    assert both.ingredients == second.ingredients
    assert both.field_wide == second.field_wide


def test_services_that_share_a_feature_are_refused_in_one_line(applied: Applied) -> None:
    with pytest.raises(
        SettingsError, match=r"^training.service: velo_v1_1_0 and velo_v1_1_1 both have class_drop:"
    ):
        declared(applied.store, "velo_v1_1_0+velo_v1_1_1")
    with pytest.raises(SettingsError, match=r"velo_pace_v1 and velo_pace_v1 both have early_mean"):
        declared(applied.store, "velo_pace_v1+velo_pace_v1")


def test_the_one_of_several_that_the_registry_lacks_is_named(applied: Applied) -> None:
    with pytest.raises(HomeError, match=r"^the registry has no feature service 'velo_v9'"):
        declared(applied.store, "velo_v1_1_0+velo_v9")


def test_features_are_the_same_alone_and_together(
    applied: Applied, little_world: LittleWorld
) -> None:
    applied.features_of(little_world.starts)
    together = retrieve(applied.store, declared(applied.store, BOTH), training_rows(applied, BOTH))
    for service in ("velo_v1_1_0", "velo_pace_v1"):
        known = declared(applied.store, service)
        alone = retrieve(applied.store, known, training_rows(applied, service))
        names = ["race_id", "horse_id", *known.features]
        pd.testing.assert_frame_equal(together[names], alone[names], check_exact=True)


def test_rows_carry_no_fact_that_no_feature_asks_for(
    applied: Applied, little_world: LittleWorld
) -> None:
    applied.features_of(little_world.starts)
    asked = ServiceColumns.by(applied.store, "velo_v1_1_0")
    rows = Spine(applied.home).connect().sql(training_rows(applied, "velo_v1_1_0")).columns
    labels = ["win_share", "finish", "market_flag", "decision_odds", "settlement_odds", "priced"]
    assert sorted(rows) == sorted({*ENTRY, *asked.keys, *asked.requested, *labels})
    assert not {"gear", "rider", "mark"} & set(rows)


def test_a_run_keeps_the_definition_of_each_service(applied: Applied) -> None:
    one, both = (definition(applied.store, name) for name in ("velo_v1_1_0", BOTH))
    assert one["service"]["spec"]["name"] == "velo_v1_1_0"
    assert [each["spec"]["name"] for each in both["services"]] == ["velo_v1_1_0", "velo_pace_v1"]
    views = [view["spec"]["name"] for view in both["on_demand_views"]]
    assert views == ["velocity", "class_layoff", "bias", "form", "style", "stalls", "pace"]
