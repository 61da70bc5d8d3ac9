"""A version without a training of its own that is champion as `velo promote` leaves one."""

from __future__ import annotations

from typing import Any

from tests.training.reports import training_report
from training.promotion.champion import crown
from training.promotion.recorded_run import REPORT
from training.promotion.succession import PROMOTED, write_succession
from training.record.registry import Registered, resolve
from training.record.tracking import Recorder
from velo.home import Home

PASSES = {
    "calibration_error": 0.006,
    "calibration_slope": 1.02,
    "calibration_slope_low": 0.97,
    "calibration_slope_high": 1.07,
    "band_calibration_error": 0.004,
    "band_calibration_error_market": 0.005,
    "ae_ratio": 1.22,
    "roi_top20": 0.21,
    "alpha_share": 0.35,
    "training_rows": 240_000,
    "holdout_days": 90,
    "delta_ll": 0.018,
    "delta_ll_low": 0.012,
    "delta_ll_high": 0.024,
    "top1_hit": 0.31,
    "top1_hit_favourite": 0.30,
}
"""Figures of a holdout that the gate lets through."""


def report(**figures: float) -> dict[str, Any]:
    """What a run recorded."""
    return training_report(holdout=PASSES | figures).to_dict()


def judged(recorder: Recorder, **figures: float) -> None:
    """Record a holdout that passes, but for these figures."""
    recorder.document(REPORT, report(**figures))


def promoted(home: Home, version: str) -> Registered:
    """Make a judged version champion and record it, as a promotion of it does."""
    registered = resolve(home, version)
    write_succession(registered, PROMOTED, version)
    crown(home, version)
    return registered
