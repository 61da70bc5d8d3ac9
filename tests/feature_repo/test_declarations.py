"""What the registry says of the 21 features: order, families, keys, and what missing means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.features import FEATURES
from training.data.dataset import feature_store
from training.data.service_features import Declared, declared
from velo.errors import HomeError
from velo.home import Home
from velo.offline.description import Description
from velo.offline.tables import load_tables
from velo.settings import Windows
from velo.store.registration import apply
from velo.store.undescribed import undescribed

FAMILIES = {"velocity": 7, "class_layoff": 7, "bias": 3, "form": 4}


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The store of a home in which the declarations are applied; the home is in force."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("registered")))
        apply()
        store = feature_store()
        store.refresh_registry()
        yield store


@pytest.fixture(scope="module")
def service(registered: Any) -> Declared:
    return declared(registered, "velo_v1_1_0")


def test_the_service_has_the_21_features_in_the_pages_order(service: Declared) -> None:
    assert service.features == FEATURES
    assert len(set(service.features)) == 21


def test_the_features_come_in_four_families(service: Declared) -> None:
    assert {name: len(features) for name, features in service.families.items()} == FAMILIES
    assert [f for features in service.families.values() for f in features] == list(FEATURES)


def test_only_what_the_page_lets_be_missing_may_be_missing(service: Declared) -> None:
    structural = {*FEATURES[7:14], "form_slope", "form_var", "ts_trend"}
    assert set(service.missing_when) == structural
    assert set(service.cold_when) == set(FEATURES) - structural


def test_every_feature_says_in_the_registry_what_it_is_and_in_which_unit(
    registered: Any, service: Declared
) -> None:
    service.require_described()
    assert undescribed(Home.current().registry, service.service) is None
    (curve,) = [
        field
        for field in registered.get_on_demand_feature_view("class_layoff").features
        if field.name == "layoff_penalty"
    ]
    assert curve.description.startswith("The layoff on the settings' curve")
    assert curve.tags == {"unit": "points of the curve", "missing_when": "not (horse_starts > 0)"}
    assert service.descriptions["layoff_penalty"] == Description.of(curve)


def test_a_feature_that_does_not_say_what_it_is_sends_to_feast_apply(service: Declared) -> None:
    before = replace(service, descriptions={})
    with pytest.raises(HomeError, match=r"^[^\n]*trainer_sr_14d of velocity[^\n]*feast -c[^\n]*$"):
        before.require_described()
    unit = replace(service.descriptions["form_var"], unit="")
    with pytest.raises(HomeError, match=r"form_var of form.*apply.*unit"):
        replace(
            service, descriptions={**service.descriptions, "form_var": unit}
        ).require_described()


def test_a_view_is_keyed_on_what_lives_on_between_races(registered: Any) -> None:
    lasting = {
        *("horse_id", "trainer_id", "jockey_id", "course_id"),
        *("surface", "distance_band", "going_group", "draw_third"),
        *("sire", "region", "race_code", "class_cell", "metres", "stall", "rail_place"),
    }
    for view in registered.list_feature_views():
        assert {column.name for column in view.entity_columns} <= lasting, view.name
        assert view.ttl.days > 36_000
        assert view.batch_source.timestamp_field == "event_timestamp"


def test_every_view_reads_the_offline_table_of_its_name(registered: Any) -> None:
    views = registered.list_feature_views()
    tables = {table.name for table in load_tables(Windows()) if table.kind == "feature"}
    assert {view.name for view in views} == tables
    for view in views:
        assert Path(view.batch_source.path).parts[-3:] == ("offline", "current", view.name)


def test_an_unknown_service_says_what_to_run(registered: Any, home: Home) -> None:
    with pytest.raises(HomeError, match=r"velo_v9.*feast -c feature_repo apply"):
        declared(registered, "velo_v9")
    with pytest.raises(HomeError, match="feast -c feature_repo apply"):
        declared(feature_store(), "velo_v1_1_0")


def test_two_homes_in_one_process_never_touch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        monkeypatch.setenv("VELO_HOME", str(tmp_path / name))
        apply()
        for view in feature_store().list_feature_views():
            assert Path(view.batch_source.path).is_relative_to(tmp_path / name), view.name
