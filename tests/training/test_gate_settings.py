"""Each target of the gate is the one that it says, and is met at its very bound."""

from __future__ import annotations

from typing import Any

import pytest

from tests.training.test_gate import CLEAN, EDGE, FAMILIES, Count
from training.judging.criterion import number_text
from training.judging.gate import Verdict, dead_features, judge, null_rate
from velo.settings import Gate

WIDE = {"roi_top20_low": 0.125, "roi_top20_high": 0.25}
"""Half of it is a sixteenth."""
AHEAD = {"top1_hit": 0.5, "top1_hit_favourite": 0.25}


def judged(target: dict[str, Any], change: dict[str, Any], nulls: Any = CLEAN) -> Verdict:
    return judge(EDGE | change, nulls, FAMILIES, Gate(**target))


@pytest.mark.parametrize(
    ("metric", "target", "criterion", "moved"),
    [
        ({"calibration_error": 0.25}, "calibration_error", "calibration_error", -1),
        ({"ae_ratio": 1.25}, "ae_ratio", "ae_ratio", 1),
        ({"roi_top20": 0.125}, "roi_top20", "roi_top20", 1),
        ({"alpha_share": 0.375}, "alpha_low", "alpha_share", 1),
        ({"alpha_share": 0.375}, "alpha_high", "alpha_share", -1),
        ({"holdout_days": 120}, "holdout_days", "holdout_days", 1),
    ],
)
def test_a_criterion_holds_at_its_target_and_not_beyond(
    metric: dict[str, float], target: str, criterion: str, moved: int
) -> None:
    (value,) = metric.values()
    assert judged({target: value}, metric).promoted
    beyond = moved if target == "holdout_days" else moved * 2**-20
    refused = judged({target: value + beyond}, metric).refused_by
    assert [each.name for each in refused] == [criterion]
    assert refused[0].missed_by == pytest.approx(abs(beyond))


def test_so_many_training_rows_must_be_exceeded() -> None:
    assert judged({"training_rows": 99}, {"training_rows": 100}).promoted
    assert not judged({"training_rows": 100}, {"training_rows": 100}).promoted


def test_the_error_in_the_band_may_be_the_markets_and_the_margin() -> None:
    errors = {"band_calibration_error": 0.75, "band_calibration_error_market": 0.5}
    assert judged({"band_calibration_margin": 0.25}, errors).promoted
    (refused,) = judged({"band_calibration_margin": 0.25 - 2**-20}, errors).refused_by
    assert refused.name == "band_calibration_error"


def test_unexplained_nulls_must_be_fewer_than_the_share_that_is_set() -> None:
    """A quarter of one of two features is an eighth of the family."""
    nulls = CLEAN | {"trainer_sr_14d": Count(unexplained=25_000)}
    assert judged({"null_rate": 0.126}, {}, nulls).promoted
    (refused,) = judged({"null_rate": 0.125}, {}, nulls).refused_by
    assert (refused.name, refused.value, refused.missed_by) == ("null_rate_velocity", 0.125, 0)
    assert refused.note == "worst trainer_sr_14d 0.25"


def test_a_feature_is_dead_when_more_is_missing_than_the_share_for_whatever_reason() -> None:
    half = {"a": Count(rows=100, unexplained=30, structural=20)}
    assert dead_features(half, 0.5) == ()
    assert dead_features(half, 0.499) == ("a",)
    assert dead_features({"a": Count(rows=100, constant=True)}, 0.5) == ("a",)


def test_a_dead_feature_may_be_waived_by_its_name_alone() -> None:
    dead = CLEAN | {"form_ewma": Count(constant=True)}
    assert judged({"waived_dead": ("form_ewma",)}, {}, dead).promoted
    (refused,) = judged({"waived_dead": ("trainer_sr_14d",)}, {}, dead).refused_by
    assert (refused.name, refused.value, refused.missed_by) == ("dead_features", 1, 1)


def test_a_verdict_is_underpowered_when_half_of_the_interval_is_wider_than_is_set() -> None:
    assert not judged({"underpowered": 0.0625}, WIDE).underpowered
    verdict = judged({"underpowered": 0.03125}, WIDE)
    assert (verdict.underpowered, verdict.bets_needed) == (True, 16_000)
    assert "the ROI interval is wider than +-3.125 points" in verdict.words
    assert judged({"underpowered": 0.0625 - 2**-20}, WIDE).underpowered


def test_an_alarm_rings_when_the_top_choice_wins_more_than_so_much_more_than_the_favourite() -> (
    None
):
    assert judged({"top1_alarm": 0.25}, AHEAD).alarms == ()
    (alarm,) = judged({"top1_alarm": 0.25 - 2**-20}, AHEAD).alarms
    assert "50.0% of races, the favourite 25.0%" in alarm
    (alarm,) = judged({"top1_alarm": 0.125}, AHEAD).alarms
    assert alarm.endswith("more than 12.5 points apart")


@pytest.mark.parametrize("unknown", ["top1_hit", "top1_hit_favourite"])
@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_a_hit_rate_that_was_not_measured_is_an_alarm(unknown: str, nothing: float | None) -> None:
    (alarm,) = judged({}, {unknown: nothing}).alarms
    assert "was not measured" in alarm


@pytest.mark.parametrize("missing", ["roi_top20_low", "roi_top20_high", "roi_top20_bets"])
def test_without_an_interval_or_bets_nobody_can_say_how_many_bets_it_takes(missing: str) -> None:
    verdict = judged({}, {missing: None})
    assert (verdict.underpowered, verdict.bets_needed) == (True, None)


def test_a_feature_that_was_not_counted_leaves_its_family_unmeasured() -> None:
    """The others of the family do not stand for it."""
    nulls = {name: count for name, count in CLEAN.items() if name != "jockey_sr_14d"}
    refused = {each.name: each for each in judged({}, {}, nulls).refused_by}
    assert set(refused) == {"null_rate_velocity", "dead_features"}
    assert refused["null_rate_velocity"].value is None
    assert refused["dead_features"].note == "not measured: jockey_sr_14d"


def test_a_family_of_no_rows_was_not_measured() -> None:
    assert null_rate(("a",), {"a": Count(rows=0)}) is None


def test_every_criterion_says_its_target_and_the_bands_what_the_market_has() -> None:
    criteria = {each.name: (each.target, each.note) for each in judged({}, {}).criteria}
    assert criteria["training_rows"] == ("> 50,000", "")
    assert criteria["holdout_days"] == (">= 90", "")
    assert criteria["calibration_error"] == ("<= 0.023", "")
    assert criteria["delta_ll"] == ("lower bound > 0", "")
    assert criteria["alpha_share"] == ("0.3 to 0.5", "")
    band = criteria["band_calibration_error"]
    assert band == ("<= the market's + 0.002", "the market's is 0.005")
    unknown = {"band_calibration_error_market": None}
    notes = {each.name: each.note for each in judged({}, unknown).criteria}
    assert notes["band_calibration_error"] == "not measured"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "not measured"),
        (999.0, "999"),
        (1000.0, "1,000"),
        (999.4, "999.4"),
        (12.0, "12"),
        (1234.5, "1234"),
        (-50_000.0, "-50,000"),
        (0.12345, "0.1235"),
    ],
)
def test_a_number_of_the_gate_has_four_digits_and_a_count_its_thousands(
    value: float | None, text: str
) -> None:
    assert number_text(value) == text
