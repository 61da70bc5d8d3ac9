"""The promotion gate refuses, passes and says why."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.judging.gate import judge
from velo.settings import Gate

TARGETS = Gate()
FAMILIES = {"velocity": ("trainer_sr_14d", "jockey_sr_14d"), "form": ("form_ewma",)}


@dataclass(frozen=True)
class Count:
    rows: int = 100_000
    unexplained: int = 0
    structural: int = 0
    cold_start: int = 0
    constant: bool = False


CLEAN = {feature: Count() for family in FAMILIES.values() for feature in family}
EDGE: dict[str, float | None] = {
    "calibration_error": 0.006,
    "calibration_slope": 1.02,
    "calibration_slope_low": 0.97,
    "calibration_slope_high": 1.07,
    "band_calibration_error": 0.004,
    "band_calibration_error_market": 0.005,
    "ae_ratio": 1.22,
    "ae_ratio_low": 1.10,
    "ae_ratio_high": 1.34,
    "ae_ratio_bets": 4000,
    "roi_top20": 0.21,
    "roi_top20_low": 0.17,
    "roi_top20_high": 0.25,
    "roi_top20_bets": 4000,
    "alpha_share": 0.35,
    "alpha_share_low": 0.31,
    "alpha_share_high": 0.39,
    "training_rows": 240_000,
    "holdout_days": 90,
    "delta_ll": 0.018,
    "delta_ll_low": 0.012,
    "delta_ll_high": 0.024,
    "top1_hit": 0.31,
    "top1_hit_favourite": 0.30,
}


def test_a_planted_edge_is_promoted():
    verdict = judge(EDGE, CLEAN, FAMILIES, TARGETS)
    assert verdict.promoted
    assert verdict.words == "Passed: every criterion holds."
    assert verdict.refused_by == ()
    assert not verdict.underpowered


def test_an_efficient_market_is_refused_and_told_by_how_much():
    efficient = EDGE | {
        "ae_ratio": 0.89,
        "roi_top20": -0.11,
        "roi_top20_low": -0.16,
        "roi_top20_high": -0.06,
        "alpha_share": 0.03,
        "delta_ll": 0.0,
        "delta_ll_low": -0.001,
    }
    verdict = judge(efficient, CLEAN, FAMILIES, TARGETS)
    assert not verdict.promoted
    missed = {criterion.name: criterion.missed_by for criterion in verdict.refused_by}
    assert missed == pytest.approx(
        {"ae_ratio": 0.14, "roi_top20": 0.11, "alpha_share": 0.27, "delta_ll": 0.001}
    )
    assert "ae_ratio 0.89" in verdict.words
    assert "by 0.14" in verdict.words


SINGLE_FAILURES = {
    "calibration_error": {"calibration_error": 0.0231},
    "calibration_slope": {"calibration_slope_low": 1.001},
    "band_calibration_error": {"band_calibration_error": 0.0071},
    "ae_ratio": {"ae_ratio": 1.029},
    "roi_top20": {"roi_top20": -0.0001},
    "alpha_share": {"alpha_share": 0.51},
    "training_rows": {"training_rows": 50_000},
    "holdout_days": {"holdout_days": 89},
    "delta_ll": {"delta_ll_low": 0.0},
}


@pytest.mark.parametrize(("name", "change"), SINGLE_FAILURES.items())
def test_one_criterion_alone_refuses(name, change):
    verdict = judge(EDGE | change, CLEAN, FAMILIES, TARGETS)
    assert not verdict.promoted
    assert [criterion.name for criterion in verdict.refused_by] == [name]


DECISIVE = [
    "calibration_error",
    "calibration_slope",
    "calibration_slope_low",
    "calibration_slope_high",
    "band_calibration_error",
    "band_calibration_error_market",
    "ae_ratio",
    "roi_top20",
    "alpha_share",
    "training_rows",
    "holdout_days",
    "delta_ll",
    "delta_ll_low",
]


@pytest.mark.parametrize("name", DECISIVE)
@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf"), float("-inf")])
def test_a_metric_that_is_no_finite_number_never_passes(name, nothing):
    assert not judge(EDGE | {name: nothing}, CLEAN, FAMILIES, TARGETS).promoted


@pytest.mark.parametrize("name", DECISIVE)
def test_a_metric_that_is_absent_never_passes(name):
    without = {key: value for key, value in EDGE.items() if key != name}
    verdict = judge(without, CLEAN, FAMILIES, TARGETS)
    assert not verdict.promoted
    assert verdict.refused_by[0].note == "not measured"


def test_targets_are_met_at_their_very_bound():
    bound = {"calibration_error": 0.023, "ae_ratio": 1.03, "roi_top20": 0.0, "alpha_share": 0.5}
    assert judge(EDGE | bound, CLEAN, FAMILIES, TARGETS).promoted


@given(
    st.fixed_dictionaries(
        {
            name: st.one_of(st.none(), st.floats(allow_nan=True))
            for name in (
                "calibration_error",
                "ae_ratio",
                "roi_top20",
                "alpha_share",
                "delta_ll_low",
            )
        }
    )
)
def test_promoted_means_that_every_criterion_holds(change):
    verdict = judge(EDGE | change, CLEAN, FAMILIES, TARGETS)
    assert verdict.promoted == all(criterion.holds for criterion in verdict.criteria)
    assert verdict.promoted == (not verdict.refused_by)
    json.dumps(verdict.to_dict(), allow_nan=False)


def test_a_share_outside_its_band_is_said_to_be_just_that():
    verdict = judge(EDGE | {"alpha_share": 0.62}, CLEAN, FAMILIES, TARGETS)
    assert verdict.words.startswith("Refused by alpha_share alone: 0.62 lies outside 0.3 to 0.5")
    assert "gate.alpha_low" in verdict.words


def test_a_share_outside_its_band_beside_another_miss_is_not_called_alone():
    verdict = judge(EDGE | {"alpha_share": 0.62, "ae_ratio": 1.0}, CLEAN, FAMILIES, TARGETS)
    assert "alone" not in verdict.words


def test_residual_mode_asks_for_a_positive_gamma_instead_of_a_share():
    residual = EDGE | {"alpha_share": None, "gamma": 0.8, "gamma_low": 0.1, "gamma_high": 1.5}
    assert judge(residual, CLEAN, FAMILIES, TARGETS, blend="residual").promoted
    verdict = judge(residual | {"gamma_low": 0.0}, CLEAN, FAMILIES, TARGETS, blend="residual")
    assert [criterion.name for criterion in verdict.refused_by] == ["gamma"]


def test_a_wide_roi_interval_is_called_underpowered_with_the_bets_it_takes():
    wide = EDGE | {"roi_top20_low": 0.11, "roi_top20_high": 0.31, "roi_top20_bets": 500}
    verdict = judge(wide, CLEAN, FAMILIES, TARGETS)
    assert verdict.promoted
    assert verdict.underpowered
    assert verdict.bets_needed == 2000  # twice as sharp takes four times the bets
    assert "Underpowered" in verdict.words
    assert "2,000 bets" in verdict.words


def test_without_a_bet_the_verdict_is_underpowered_and_refused():
    none = EDGE | {name: None for name in EDGE if name.startswith(("roi_top20", "ae_ratio"))}
    verdict = judge(none, CLEAN, FAMILIES, TARGETS)
    assert not verdict.promoted
    assert verdict.underpowered
    assert verdict.bets_needed is None


def test_two_per_cent_unexplained_nulls_in_a_family_refuse_with_the_worst_feature_named():
    nulls = CLEAN | {"trainer_sr_14d": Count(unexplained=4_000)}
    verdict = judge(EDGE, nulls, FAMILIES, TARGETS)
    (missed,) = verdict.refused_by
    assert missed.name == "null_rate_velocity"
    assert missed.value == pytest.approx(0.02)
    assert "trainer_sr_14d 0.04" in missed.note


def test_structural_nulls_are_no_fault_until_the_feature_is_dead():
    half = CLEAN | {"form_ewma": Count(structural=50_000)}
    assert judge(EDGE, half, FAMILIES, TARGETS).promoted
    dead = CLEAN | {"form_ewma": Count(structural=95_001)}
    verdict = judge(EDGE, dead, FAMILIES, TARGETS)
    assert [criterion.name for criterion in verdict.refused_by] == ["dead_features"]
    assert "form_ewma" in verdict.refused_by[0].note


def test_a_constant_feature_is_dead_unless_the_settings_waive_it_by_name():
    nulls = CLEAN | {"form_ewma": Count(constant=True)}
    assert not judge(EDGE, nulls, FAMILIES, TARGETS).promoted
    waived = Gate(waived_dead=("form_ewma",))
    verdict = judge(EDGE, nulls, FAMILIES, waived)
    assert verdict.promoted
    assert any("waived" in criterion.note for criterion in verdict.criteria)


def test_a_feature_whose_nulls_were_never_counted_refuses():
    nulls = {feature: count for feature, count in CLEAN.items() if feature != "form_ewma"}
    verdict = judge(EDGE, nulls, FAMILIES, TARGETS)
    assert {item.name for item in verdict.refused_by} == {"null_rate_form", "dead_features"}


def test_a_top_choice_far_better_than_the_favourite_raises_the_leak_alarm_without_refusing():
    verdict = judge(EDGE | {"top1_hit": 0.73}, CLEAN, FAMILIES, TARGETS)
    assert verdict.promoted
    assert "look for a leak" in verdict.alarms[0]
    assert judge(EDGE | {"top1_hit": 0.35}, CLEAN, FAMILIES, TARGETS).alarms == ()


def test_a_hit_rate_that_was_not_measured_is_itself_an_alarm():
    (alarm,) = judge(EDGE | {"top1_hit": None}, CLEAN, FAMILIES, TARGETS).alarms
    assert "not measured" in alarm


def test_the_table_has_one_row_a_criterion():
    verdict = judge(EDGE, CLEAN, FAMILIES, TARGETS)
    rows = verdict.rows()
    assert len(rows) == len(verdict.criteria) == 6 + len(FAMILIES) + 1 + 3
    assert rows[3]["bets"] == "4,000"
    assert all(isinstance(cell, str) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("low", "high", "worse"),
    [(-0.004, -0.001, True), (-0.004, 0.001, False), (0.001, 0.004, False)],
)
def test_a_blend_is_called_worse_than_the_market_if_its_whole_interval_is_below_0(
    low: float, high: float, worse: bool
) -> None:
    metrics = EDGE | {"delta_ll": (low + high) / 2, "delta_ll_low": low, "delta_ll_high": high}
    words = judge(metrics, CLEAN, FAMILIES, TARGETS).words
    assert ("(the blend is worse than the calibrated market)" in words) is worse
