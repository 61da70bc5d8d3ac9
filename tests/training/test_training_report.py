"""The training report is plain JSON whatever was measured."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from training.judging.diagnosis import Contribution
from training.judging.gate import judge
from training.record.report import TrainingReport, plain
from training.statistics.bootstrap import Estimate
from velo.settings import Gate


def report(**changes: object) -> TrainingReport:
    usual: dict[str, object] = {
        "run_id": "a" * 32,
        "data": {"rows": np.int64(3), "first_day": date(2015, 1, 1)},
        "plan": {},
        "settings": {},
        "prices": {"decision": "sp", "settlement": "sp"},
        "nulls": {},
        "folds": [{"r2": np.float64("nan")}],
        "model": {},
        "holdout": {"roi_top20": float("nan"), "r2": 0.19},
        "earlier_looks": 0,
        "verdict": judge({}, {}, {}, Gate()),
        "slices": {"course": ()},
        "contributions": (
            Contribution("draw_iv", Estimate(-0.01, -0.02, -0.001), "hurts"),
            Contribution("form_ewma", Estimate(0.01, 0.005, 0.02), "helps"),
        ),
        "importance": {},
        "seconds": {},
    }
    return TrainingReport(**{**usual, **changes})  # type: ignore[arg-type]


def test_a_report_is_plain_json_with_nulls_for_what_is_not_a_number():
    found = report().to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["holdout"] == {"roi_top20": None, "r2": 0.19}
    assert found["folds"] == [{"r2": None}]
    assert found["data"]["first_day"] == "2015-01-01"


def test_features_that_hurt_or_add_nothing_are_named():
    assert report().to_dict()["features_to_question"] == ["draw_iv"]


def test_the_report_says_when_bets_settle_at_the_price_they_were_selected_on():
    assert report().to_dict()["prices"]["note"] == "selected on the price it settles at"
    other = {"decision": "morning", "settlement": "bsp"}
    assert "morning" in report(prices=other).to_dict()["prices"]["note"]


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError, match="no plain JSON form"):
        plain(object())
