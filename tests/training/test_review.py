"""What a reviewer reads first."""

from __future__ import annotations

import re

import pytest

from tests.training.reports import PLAN, training_report
from training.judging.diagnosis import Contribution, Slice
from training.judging.gate import judge
from training.record.review import Review, gate_columns, gate_tags, outcome
from training.record.trial import Trial
from training.search.tuning import Tuned
from training.statistics.bootstrap import Estimate
from velo.settings import Gate

HELD = {
    "calibration_error": 0.01,
    "calibration_slope": 1.0,
    "calibration_slope_low": 0.9,
    "calibration_slope_high": 1.1,
    "band_calibration_error": 0.01,
    "band_calibration_error_market": 0.01,
    "ae_ratio": 1.1,
    "ae_ratio_bets": 900,
    "roi_top20": 0.05,
    "roi_top20_low": 0.01,
    "roi_top20_high": 0.09,
    "alpha_share": 0.4,
    "training_rows": 60_000,
    "holdout_days": 120,
    "delta_ll": 0.02,
    "delta_ll_low": 0.01,
    "delta_ll_high": 0.03,
    "races": 1500,
    "r2": 0.15,
    "r2_model": 0.05,
    "r2_market": 0.13,
    "r2_market_power": 0.14,
}


class Whole:
    """A feature without a missing value."""

    rows, unexplained, structural, constant = 100, 0, 0, False


def judged(**changes: float):
    nulls = {"form_ewma": Whole()}
    return judge({**HELD, **changes}, nulls, {"form": ("form_ewma",)}, Gate())


NEVER = Estimate(-0.02, -0.03, -0.01)
AYR = Slice("course", "Ayr", 90, 900, 30, NEVER, NEVER, 80, 30, NEVER)
PRICES = {"decision": "morning", "settlement": "bsp", "devig": "shin", "commission": 0.02}


def review(verdict, **changes) -> Review:
    usual = {
        "plan": PLAN.to_dict() | {"holdout_start": "2018-03-24", "holdout_end": "2018-07-22"},
        "prices": PRICES,
        "holdout": HELD,
        "earlier_looks": 2,
        "contributions": (Contribution("draw_iv", NEVER, "hurts"),),
        "slices": {"course": (AYR,), "month": (), "odds_band": ()},
    }
    report = training_report(**{**usual, **changes}, verdict=verdict)
    return Review(report, verdict, "no champion yet")


def test_a_name_begins_with_the_verdict_and_what_refused():
    assert outcome(judged()) == "passed"
    assert outcome(judged(ae_ratio=0.9)) == "refused: ae_ratio"
    several = judged(ae_ratio=0.9, roi_top20=-0.1, alpha_share=0.1, delta_ll_low=-0.01)
    assert outcome(several) == "refused: ae_ratio, roi_top20 +2"
    assert review(several).name("benter to 2018").endswith(" · benter to 2018")


def test_the_first_paragraph_answers_every_question_of_a_reviewer():
    first = review(judged(ae_ratio=0.9)).page().split("\n\n")[0]
    for answer in (
        "Refused",
        "ae_ratio",
        "no champion yet",
        "power-calibrated morning",
        "[0.01, 0.03]",
        "1,500 races from 2018-03-24",
        "60,000 starts",
    ):
        assert answer in first
    assert not first.startswith(("#", "*", "|")), "a version's list shows it as bare text"


def facts(of: Review) -> dict[str, str]:
    """The list of facts: what each is of, and its words."""
    return dict(re.findall(r"(?m)^- \*\*(.+?)\*\*: (.*)$", of.page()))


def test_looks_trials_and_the_two_prices_each_have_their_line():
    best = Trial(3, {}, -1.7, NEVER, (30, 31), 0.0, 1.0)
    tried = Tuned("s", 12, 12, -1.7, best, 0.0).to_dict() | {"words": "12 trials out of fold"}
    tuned = review(judged(), tuning=tried)
    assert facts(tuned)["tuning"] == "12 trials out of fold"
    assert facts(tuned)["holdout"] == (
        "2018-03-24 to 2018-07-22, end excluded; 2 earlier looks at these days"
    )
    assert facts(tuned)["prices"] == (
        "selected on morning, settled at bsp, margin taken out by shin, commission 0.02"
    )
    assert tuned.page().split("\n\n")[0].endswith("60,000 starts of training, 12 trials.")
    plain = review(judged(), earlier_looks=0)
    assert facts(plain)["tuning"] == "none, the settings as they stand"
    assert facts(plain)["holdout"].endswith("end excluded; no earlier look at them")
    assert plain.page().split("\n\n")[0].endswith("60,000 starts of training.")


def test_the_page_names_the_features_to_question_and_the_worst_pieces():
    page = review(judged()).page()
    assert "features that add nothing or hurt**: draw_iv" in page
    assert "worst by course**: Ayr" in page
    assert "worst by month" not in page


@pytest.mark.parametrize(("share", "beginning"), [(0.4, "yes: 0.4"), (0.1, "NO: 0.1")])
def test_each_criterion_is_a_tag_that_begins_with_yes_or_no(share, beginning):
    tags = gate_tags(judged(alpha_share=share))
    assert tags["gate.alpha_share"].startswith(beginning)
    assert ("missed by 0.2" in tags["gate.alpha_share"]) == (share == 0.1)


def test_the_gates_table_by_columns_has_a_row_a_criterion():
    verdict = judged()
    columns = gate_columns(verdict)
    assert {len(column) for column in columns.values()} == {len(verdict.criteria)}
    assert columns["criterion"][0] == "calibration_error"


def test_a_name_with_a_bar_does_not_break_the_table():
    barred = judge(HELD, {"form | ewma": Whole()}, {"form | curves": ("form | ewma",)}, Gate())
    lines = [line for line in review(barred).page().splitlines() if line.startswith("| ")]
    assert sum("form \\| curves" in line for line in lines) == 1
    columns = {len(re.split(r"(?<!\\)\|", line)) for line in lines}
    assert columns == {10}
