"""What drifts is found, what does not is not, and too little says so."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from tests.monitoring.worlds import chances, reference, seen
from training.judging.reference import Reference
from velo.monitoring.drift import INVESTIGATE, NOTHING, RETRAIN, advice
from velo.monitoring.reading import Reading
from velo.monitoring.readings import of_chances, of_features
from velo.settings import DriftLimits, Training

LIMITS = DriftLimits()
TRAINING = Training(bootstrap_draws=400)
DRAWS = 200


@pytest.fixture(scope="module")
def then() -> Reference:
    return reference()


def drifting(readings: list[Reading]) -> set[tuple[str, str]]:
    return {(each.name, each.measure) for each in readings if each.drifts}


@pytest.mark.slow
def test_of_many_windows_without_drift_hardly_one_raises_an_alarm(then: Reference) -> None:
    """Six features, two families and the three figures of the chances, of every window."""
    alarms: Counter[tuple[str, str]] = Counter()
    windows = 0
    for draw in range(DRAWS):
        readings = of_features(then, seen(seed=1000 + draw), LIMITS)
        readings += of_chances(then.judged, chances(600, 1000 + draw), LIMITS, TRAINING)
        windows += bool(drifting(readings))
        alarms.update(drifting(readings))
    assert windows <= 0.02 * DRAWS, alarms


@pytest.mark.slow
def test_small_windows_without_drift_raise_no_more(then: Reference) -> None:
    """A small course: 1,200 runners in 30 days. What cannot be told is not told."""
    windows = 0
    for draw in range(DRAWS):
        readings = of_features(then, seen(a_day=40, seed=3000 + draw), LIMITS)
        windows += bool(drifting(readings))
    assert windows <= 0.02 * DRAWS


def test_a_feature_that_moved_is_found_and_no_other(then: Reference) -> None:
    now = seen()
    now["form"] += 0.8
    readings = of_features(then, now, LIMITS)
    assert drifting(readings) == {("form", "psi"), ("form", "distance")}
    moved = next(each for each in readings if each.name == "form" and each.measure == "psi")
    assert moved.excess == pytest.approx(0.8**2, rel=0.35)
    assert advice(readings).step == INVESTIGATE
    assert "form has moved" in advice(readings).why


def test_a_family_that_is_killed_into_nulls_is_found_and_to_be_mended_first(
    then: Reference,
) -> None:
    now = seen()
    now[["form", "rate"]] = np.nan
    readings = of_features(then, now, LIMITS)
    assert drifting(readings) == {("form", "nulls"), ("rate", "nulls")}
    assert {each.kind for each in readings if each.drifts} == {"feature", "family"}
    assert advice(readings).step == INVESTIGATE
    assert "mend the source" in advice(readings).why


def test_a_feature_that_is_gone_from_the_predictions_is_missing_throughout(
    then: Reference,
) -> None:
    readings = of_features(then, seen().drop(columns=["draw"]), LIMITS)
    assert ("draw", "nulls") in drifting(readings)


def test_a_tenth_of_missing_form_is_what_training_had(then: Reference) -> None:
    nulls = next(
        each
        for each in of_features(then, seen(), LIMITS)
        if each.name == "form" and each.measure == "nulls" and each.kind == "feature"
    )
    assert nulls.reference == pytest.approx(0.1, abs=0.01)
    assert not nulls.drifts


def test_chances_that_are_stated_too_boldly_are_found_and_ask_for_training(
    then: Reference,
) -> None:
    readings = of_chances(then.judged, chances(1800, 5, steeper=1.6), LIMITS, TRAINING)
    assert {("calibration error", "error"), ("calibration slope", "slope")} <= drifting(readings)
    assert advice(readings).step == RETRAIN


def test_a_market_that_knows_all_that_the_model_does_is_found(then: Reference) -> None:
    readings = of_chances(then.judged, chances(1800, 6, knows=0), LIMITS, TRAINING)
    assert ("gain over the market", "gain") in drifting(readings)
    assert advice(readings).step == RETRAIN


def test_too_few_runners_are_told_by_how_many(then: Reference) -> None:
    readings = of_features(then, seen(a_day=20), LIMITS)
    nulls = [each for each in readings if each.measure == "nulls"]
    assert {each.missing for each in nulls} == {"400 runners"}
    assert all(each.drifts is None for each in readings)
    assert advice(readings).step == NOTHING
    assert "not enough" in advice(readings).why


def test_four_days_are_no_days_whatever_ran_on_them(then: Reference) -> None:
    readings = of_features(then, seen(days=4, a_day=1000), LIMITS)
    assert {each.missing for each in readings} == {"1 race days"}


def test_too_few_races_and_a_holdout_that_kept_nothing_tell_nothing(then: Reference) -> None:
    few = of_chances(then.judged, chances(100, 7), LIMITS, TRAINING)
    assert {each.missing for each in few} == {"200 races"}
    none = of_chances({}, chances(1800, 7), LIMITS, TRAINING)
    assert {each.missing for each in none} == {"a holdout's figure"}
    empty = of_chances(then.judged, chances(100, 7).iloc[:0], LIMITS, TRAINING)
    assert {each.missing for each in empty} == {"300 races"}


def test_what_a_season_of_the_training_year_showed_is_no_drift() -> None:
    """A feature that is higher every summer moves no further than it did."""
    from tests.monitoring.worlds import FAMILIES, FEATURES, runners
    from training.judging.reference import described

    year = runners(364, 100, 1)
    season = np.sin(2 * np.pi * year["date"].dt.dayofyear / 365)
    then = described(year.assign(form=year["form"] + season), FEATURES, FAMILIES, 30, {})
    summer = seen()
    summer["form"] += np.sin(2 * np.pi * summer["day"].dt.dayofyear / 365)
    assert drifting(of_features(then, summer, LIMITS)) == set()
    plain = described(year, FEATURES, FAMILIES, 30, {})
    assert ("form", "psi") in drifting(of_features(plain, summer, LIMITS))


def test_the_reference_is_read_as_it_was_written(then: Reference) -> None:
    assert Reference.from_dict(json.loads(json.dumps(then.to_dict()))) == then


def test_readings_are_plain_json_and_come_back_whole(then: Reference) -> None:
    """Those of enough runners, of too few, and of the chances."""
    readings = of_features(then, seen(), LIMITS) + of_features(then, seen(days=1, a_day=5), LIMITS)
    readings += of_chances(then.judged, chances(600, 1), LIMITS, TRAINING)
    plain = [each.to_dict() for each in readings]
    back = json.loads(json.dumps(plain, allow_nan=False))
    assert [Reading(**each) for each in back] == readings
    assert {each["drifts"] for each in back} == {False, None}
    assert all((each["missing"] is None) == (each["drifts"] is not None) for each in back)
