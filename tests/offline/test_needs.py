"""A feature says which facts it needs; data that have none of one are no fault of the feature."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.offline.built_world import SETTINGS, Applied, LittleWorld, build_tables, record
from training.data.service_features import Declared, declared
from training.data.unmet import features_unmet
from velo.errors import DataError, HomeError
from velo.offline.build import build
from velo.offline.description import Description
from velo.offline.needs import FACTS, facts_of, lacking, strange_need
from velo.offline.spine import Spine
from velo.warehouse.connection import warehouse


@pytest.mark.parametrize(
    ("needs", "facts", "lacks"),
    [
        ("stall", {"stall"}, ""),
        ("stall", set(), "stall"),
        ("early_position, stall", {"stall"}, "early_position"),
        ("stall, rail", set(), "stall, rail"),
        ("official_rating or rating_band", {"rating_band"}, ""),
        ("official_rating or rating_band", {"gear"}, "official_rating or rating_band"),
        ("official_rating or rating_band, sire", {"sire"}, "official_rating or rating_band"),
        ("", set(), ""),
    ],
)
def test_what_the_data_lack_is_said_as_the_tag_says_it(
    needs: str, facts: set[str], lacks: str
) -> None:
    assert lacking(needs, facts) == lacks


def test_a_tag_names_facts_alone() -> None:
    assert strange_need("early_position, stall") is None
    assert strange_need("stall, weather") == "weather"
    assert set(FACTS) == {
        "rail",
        "early_position",
        "rating_band",
        "stall",
        "gear",
        "sire",
        "official_rating",
        "price_curve",
        "earlier_price",
    }


def service(**needs: str | None) -> Declared:
    """A family of the named features, and one of `draw_slope` alone."""
    about = {name: Description("What it is.", "pounds", needs=need) for name, need in needs.items()}
    return Declared(
        "toy",
        (*needs, "draw_slope"),
        {"own": tuple(needs), "draws": ("draw_slope",)},
        {"draw_slope": "stall != stall"},
        {},
        descriptions=about | {"draw_slope": Description("Slope.", "score", needs="stall, rail")},
        field_wide=("draw_slope",),
    )


def test_features_of_unmet_needs_leave_the_service_and_an_empty_family_goes_with_them() -> None:
    whole = service(form=None, pace="early_position")
    unmet = whole.lacking({"early_position", "stall"})
    assert unmet == {"draw_slope": "rail"}
    left = whole.without(unmet)
    assert left.features == ("form", "pace")
    assert left.families == {"own": ("form", "pace")}
    assert (left.field_wide, left.missing_when) == ((), {})
    assert set(left.descriptions) == {"form", "pace"}
    assert whole.without({}) == whole


def test_a_need_that_is_no_fact_is_refused_with_its_mend() -> None:
    with pytest.raises(HomeError, match=r"pace of own needs 'weather'.*mend its tag"):
        service(pace="weather").require_described()


@pytest.mark.slow
def test_what_a_build_has_none_of_is_looked_for_among_the_training_days(
    applied: Applied, little_world: LittleWorld
) -> None:
    """It has stalls, early positions and ratings; neither rails, gear, sires nor prices."""
    record(applied.home, little_world.starts)
    build_tables(applied.home)
    spine = Spine(applied.home)
    first, end = spine.first_day, spine.last_day + timedelta(days=1)

    def unmet(name: str) -> dict[str, str]:
        return features_unmet(spine, declared(applied.store, name), first, end)

    pace = unmet("velo_pace_v1")
    assert pace.pop("draw_slope_rail") == "rail, price_curve"
    assert set(pace.values()) == {"price_curve"}
    assert not {"early_mean", "style_draw", "wide_and_fast"} & set(pace)
    surprises = dict.fromkeys(("surprise_distance", "surprise_class"), "price_curve")
    assert unmet("velo_runs_v1") == {"gear_off": "gear", **surprises}
    prices = unmet("velo_prices_v1")
    assert prices.pop("sire_surface_vs_price") == "sire, price_curve"
    assert set(prices.values()) == {"price_curve"}
    assert not {"jockey_ae_60d", "trainer_ae_60d"} & set(prices)
    assert unmet("velo_v1_1_0") == {}
    with pytest.raises(DataError, match="train on another service"):
        features_unmet(spine, declared(applied.store, "velo_pace_v1"), first, first)


@pytest.mark.slow
def test_without_any_early_position_pace_is_not_in_the_data(
    applied: Applied, little_world: LittleWorld
) -> None:
    """Every horse that ran has the prior of one whose position is not known."""
    record(applied.home, little_world.starts)
    with warehouse(applied.home, SETTINGS.store, write=True) as con:
        con.execute("UPDATE results SET early_position = NULL")
    build(applied.home, SETTINGS, full=True)
    spine = Spine(applied.home)
    needs = declared(applied.store, "velo_pace_v1").needs.values()
    end = spine.last_day + timedelta(days=1)
    assert facts_of(spine, needs, spine.first_day, end) == {"stall"}
