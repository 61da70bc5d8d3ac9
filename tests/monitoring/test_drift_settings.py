"""Each limit of drift is the one that it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.monitoring.worlds import chances, reference, seen
from training.judging.reference import Reference
from velo.monitoring.reading import Reading
from velo.monitoring.readings import of_chances, of_features
from velo.settings import DriftLimits, Training


@pytest.fixture(scope="module")
def then() -> Reference:
    return reference()


def of(readings: list[Reading], name: str, measure: str) -> Reading:
    return next(each for each in readings if (each.name, each.measure) == (name, measure))


def of_moved_form(then: Reference, measure: str, **limits: Any) -> Reading:
    now = seen(a_day=60)
    now["form"] += 0.6
    now.loc[now.index % 3 == 0, "form"] = float("nan")
    return of(of_features(then, now, DriftLimits(**limits)), "form", measure)


@pytest.mark.parametrize("measure", ["psi", "distance", "nulls"])
def test_a_feature_drifts_beyond_its_limit_and_what_training_showed(
    then: Reference, measure: str
) -> None:
    plain = of_moved_form(then, measure)
    assert plain.excess is not None
    usual = plain.limit - getattr(DriftLimits(), measure)
    beyond = plain.excess - usual
    assert of_moved_form(then, measure, **{measure: 0.99 * beyond}).drifts
    assert not of_moved_form(then, measure, **{measure: 1.01 * beyond}).drifts


@pytest.mark.parametrize(
    ("setting", "name", "measure"),
    [
        ("calibration_error", "calibration error", "error"),
        ("slope", "calibration slope", "slope"),
    ],
)
def test_chances_drift_beyond_their_limit(
    then: Reference, setting: str, name: str, measure: str
) -> None:
    bold = chances(1200, 5, steeper=1.6)

    def drifts(limit: float) -> bool | None:
        limits = DriftLimits(**{setting: limit})
        return of(of_chances(then.judged, bold, limits, TRAINING), name, measure).drifts

    excess = of(of_chances(then.judged, bold, DriftLimits(), TRAINING), name, measure).excess
    assert excess is not None
    assert (drifts(0.99 * excess), drifts(1.01 * excess)) == (True, False)


@pytest.mark.parametrize(("kept", "drifts"), [(0.0, False), (0.5, True), (1.0, True)])
def test_the_gain_may_fall_to_the_share_that_is_to_be_kept(
    then: Reference, kept: float, drifts: bool
) -> None:
    level = chances(1800, 6, knows=0)
    readings = of_chances(then.judged, level, DriftLimits(lift_kept=kept), TRAINING)
    gain = of(readings, "gain over the market", "gain")
    assert gain.drifts == drifts
    assert gain.limit == pytest.approx((1 - kept) * gain.reference)


def test_fewer_runners_or_races_than_are_set_tell_nothing(then: Reference) -> None:
    few, races = seen(a_day=20), chances(500, 7)
    for runners, missing in ((600, None), (601, "1 runners")):
        readings = of_features(then, few, DriftLimits(runners=runners))
        assert of(readings, "draw", "nulls").missing == missing
    for least, missing in ((500, None), (501, "1 races")):
        readings = of_chances(then.judged, races, DriftLimits(races=least), TRAINING)
        assert of(readings, "calibration error", "error").missing == missing


TRAINING = Training(bootstrap_draws=400)
