"""A whole training report for tests, of which each changes what it asks about."""

from __future__ import annotations

from datetime import date
from typing import Any

from training.data.folds import plan
from training.data.nulls import NullCount
from training.judging.gate import judge
from training.record.run_report import TrainingReport
from velo import settings

PLAN = plan(
    date(2015, 1, 1), date(2018, 7, 21), settings.Training(history_days=0, holdout_days=120)
)
WEIGHTS = {
    "exponent": 0.4,
    "beta": 0.8,
    "alpha": 0.4,
    "gamma": None,
    "alpha_share": 0.33,
}


def training_report(**changes: Any) -> TrainingReport:
    """A run that measured little; `changes` are arguments of `TrainingReport.of`."""
    usual: dict[str, Any] = {
        "run_id": "a" * 32,
        "data": {
            "build": "a3a8476784fcaed3",
            "starts": "70000",
            "corrections": "always so",
            "first_day": "2015-01-01",
            "last_day": "2018-07-21",
            "rows": 70_000,
            "races": 7_000,
            "excluded": {},
            "families": {"form": ["form_ewma"]},
            "priors": {},
        },
        "plan": PLAN.to_dict(),
        "settings": settings.Settings().model_dump(mode="json", exclude={"home"}),
        "prices": {"decision": "sp", "settlement": "sp", "devig": "shin", "commission": 0.02},
        "nulls": {"form_ewma": NullCount(100_000, 0, 0, 0, False).to_dict()},
        "folds": [],
        "model": {
            "objective": "conditional_logit",
            "rounds": 30,
            "temperature": 1.0,
            "blend": {"mode": "benter", **WEIGHTS},
            "power_market": {"mode": "market", **WEIGHTS},
            "figures": {},
            "out_of_fold": {},
            "linear_is_better": False,
            "note": "boosting does better",
            "calibration": {},
        },
        "holdout": {},
        "earlier_looks": 0,
        "verdict": judge({}, {}, {}, settings.Gate()),
        "slices": {"course": ()},
        "contributions": (),
        "importance": {},
        "seconds": {},
    }
    return TrainingReport.of(**{**usual, **changes})
