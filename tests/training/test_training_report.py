"""The training report is plain JSON whatever was measured."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tests.training.reports import training_report
from training.judging.diagnosis import Contribution
from training.record.run_report import FILE, TrainingReport, plain
from training.statistics.bootstrap import Estimate

LOSSES = (
    Contribution("draw_iv", Estimate(-0.01, -0.02, -0.001), "hurts"),
    Contribution("form_ewma", Estimate(0.01, 0.005, 0.02), "helps"),
)
OLD_HOME = Path(__file__).parents[1] / "homes" / "v1.1.0" / "home.tar.gz"


def test_a_report_is_plain_json_with_nulls_for_what_is_not_a_number():
    written = training_report(
        holdout={"roi_top20": float("nan"), "r2": 0.19, "races": np.int64(7)},
        folds=[{"r2": np.float64("nan"), "calibrator": "beta"}],
    ).to_dict()
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert written["holdout"] == {"roi_top20": None, "r2": 0.19, "races": 7}
    assert isinstance(written["holdout"]["races"], int)
    assert written["folds"] == [{"r2": None, "calibrator": "beta"}]
    assert written["data"]["first_day"] == "2015-01-01"


def test_features_that_hurt_or_add_nothing_are_named():
    assert training_report(contributions=LOSSES).features_to_question == ["draw_iv"]


def test_the_report_says_when_bets_settle_at_the_price_they_were_selected_on():
    assert training_report().prices.note == "selected on the price it settles at"
    other = {"decision": "morning", "settlement": "bsp", "devig": "shin", "commission": 0.02}
    assert "morning" in training_report(prices=other).prices.note


def test_a_report_is_read_as_it_was_written_in_the_same_order():
    written = training_report(contributions=LOSSES).to_dict()
    text = json.dumps(written, indent=1)
    assert json.dumps(TrainingReport(**json.loads(text)).to_dict(), indent=1) == text


def test_reports_of_an_earlier_version_are_read_to_the_last_sign():
    with tarfile.open(OLD_HOME) as home:
        files = [home.extractfile(name) for name in home.getnames() if name.endswith(FILE)]
        texts = [file.read().decode() for file in files if file is not None]
    assert texts
    for text in texts:
        report = TrainingReport(**json.loads(text))
        assert json.dumps(report.to_dict(), indent=1, ensure_ascii=False) + "\n" == text
        assert report.holdout_days[1] < report.plan.holdout_end


def test_a_part_that_an_earlier_version_wrote_is_kept():
    written = training_report().to_dict()
    written["data"]["weather"] = "fine"
    assert TrainingReport(**written).to_dict()["data"]["weather"] == "fine"


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError, match="no plain JSON form"):
        plain(object())
