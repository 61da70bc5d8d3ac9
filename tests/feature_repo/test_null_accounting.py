"""A missing value is missing by nature, for want of a past, or without a reason."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import pandas as pd
import pytest

from tests.feature_repo.null_counts import null_counts
from tests.offline.built_world import Applied, build_tables, record, retrieved
from tests.oracle.by_hand import TODAY, ago, only, race
from tests.oracle.features import FEATURES
from training.data.nulls import NullCount
from training.data.service_features import Declared, declared
from velo.racing.names import stable_id

VELOCITY, CLASS_LAYOFF, BIAS = FEATURES[:7], FEATURES[7:14], FEATURES[14:17]


@pytest.fixture(scope="module")
def counted(applied: Applied) -> dict[str, NullCount]:
    """Four run today.

    Arkle ran four times for Tess and Jock from stalls, rated throughout. Bula ran once, of unknown
    class and weight and unrated. Crisp ran once but is not rated today. Desert Orchid never ran,
    and neither did his trainer and jockey send out or ride anyone.
    """
    known: dict[str, Any] = {
        "trainer": "Tess",
        "jockey": "Jock",
        "pounds": 140.0,
        "official_rating": 80.0,
        "race_level": 3.0,
    }
    arkle = [
        race(
            ago(10 * n),
            ["Arkle", f"rival {n}", f"other {n}"],
            {"Arkle": {"draw": 1}},
            ts=50.0 + n,
            **known,
        )
        for n in (4, 3, 2, 1)
    ]
    bula = only(
        race(ago(5), ["Bula", "rival 5"], **known),
        race_level=None,
        pounds=None,
        official_rating=None,
    )
    crisp = race(ago(6), ["Crisp", "rival 6"], **known)
    card = race(
        TODAY,
        ["Arkle", "Bula", "Crisp", "Desert Orchid"],
        {
            "Arkle": {"draw": 1},
            "Crisp": {"official_rating": None},
            "Desert Orchid": {"trainer": "Nora", "jockey": "Ned"},
        },
        race_id="today",
        **known,
    )
    starts = [replace(s) for s in chain(*arkle, bula, crisp, card)]
    record(applied.home, starts)
    build_tables(applied.home)
    frame = retrieved(
        applied.home, applied.store, f"race_id = {stable_id('race', 'today')} AND was_run"
    )
    assert len(frame) == 4
    return null_counts(frame, declared(applied.store, "velo_v1_1_0"))


def reasons(counted: dict[str, NullCount], feature: str) -> tuple[int, int, int]:
    each = counted[feature]
    return each.unexplained, each.structural, each.cold_start


def test_every_feature_is_counted_over_all_runners(counted: dict[str, NullCount]) -> None:
    assert tuple(counted) == FEATURES
    assert {each.rows for each in counted.values()} == {4}


@pytest.mark.parametrize("feature", VELOCITY)
def test_an_unseen_trainer_or_jockey_is_a_cold_start(
    counted: dict[str, NullCount], feature: str
) -> None:
    assert reasons(counted, feature) == (0, 0, 1)


@pytest.mark.parametrize("feature", ["layoff_days", "layoff_penalty", "freshness_flag"])
def test_a_debutants_layoff_is_missing_by_nature(
    counted: dict[str, NullCount], feature: str
) -> None:
    assert reasons(counted, feature) == (0, 1, 0)


@pytest.mark.parametrize("feature", ["class_drop", "classdrop_flag", "weight_delta"])
def test_an_unknown_class_or_weight_at_the_last_start_has_no_excuse(
    counted: dict[str, NullCount], feature: str
) -> None:
    """Bula's is unexplained; Desert Orchid's is not."""
    assert reasons(counted, feature) == (1, 1, 0)


def test_a_horse_unrated_today_or_then_has_no_rating_change_by_nature(
    counted: dict[str, NullCount],
) -> None:
    assert reasons(counted, "or_delta") == (0, 3, 0)


def test_bias_is_never_missing_but_cold_where_nothing_was_seen(
    counted: dict[str, NullCount],
) -> None:
    """Three horses have a past here; the low stalls were Arkle's alone."""
    assert reasons(counted, "course_going_iv") == (0, 0, 1)
    assert reasons(counted, "draw_iv") == (0, 0, 3)
    assert reasons(counted, "draw_bias_z") == (0, 0, 3)


def test_form_is_neutral_at_first_and_curves_want_runs(counted: dict[str, NullCount]) -> None:
    """Arkle alone has three starts and three ratings; Bula and Crisp have one start."""
    assert reasons(counted, "form_ewma") == (0, 0, 1)
    assert reasons(counted, "form_slope") == (0, 3, 0)
    assert reasons(counted, "form_var") == (0, 3, 0)
    assert reasons(counted, "ts_trend") == (0, 3, 0)


def test_one_value_throughout_is_constant(counted: dict[str, NullCount]) -> None:
    assert counted["weight_delta"].constant
    assert not counted["layoff_days"].constant


def test_a_null_that_should_not_be_is_unexplained() -> None:
    frame = pd.DataFrame({"rate": [None, None, 0.1], "starts": [0.0, 3.0, 3.0]}, dtype=float)
    service = Declared("s", ("rate",), {"f": ("rate",)}, {"rate": "not (starts > 0)"}, {})
    assert null_counts(frame, service)["rate"] == NullCount(3, 1, 1, 0, True)


def test_nothing_but_nulls_is_not_constant_and_no_rows_are_no_nulls() -> None:
    service = Declared("s", ("rate",), {"f": ("rate",)}, {}, {"rate": "starts == 0"})
    nothing = pd.DataFrame({"rate": [float("nan")], "starts": [0.0]})
    assert null_counts(nothing, service)["rate"] == NullCount(1, 1, 0, 0, False)
    assert null_counts(nothing[:0], service)["rate"] == NullCount(0, 0, 0, 0, False)
