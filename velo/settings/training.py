"""The model, its walk, and the gate."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from velo.cores import usable_cores
from velo.settings.section import Count, Days, Draws, Finite, Positive, Section, Share, Threads

Objective = Literal["conditional_logit", "lambdarank", "rank_xendcg", "linear", "auto"]
FieldRelative = Literal["none", "difference", "rank", "both"]
Alpha = Annotated[float, Field(ge=-10, le=10)]


class Ranker(Section):
    """LightGBM parameters of the fundamental model."""

    objective: Objective = "conditional_logit"
    field_relative: FieldRelative = Field(
        "none", description="what the model sees of a number beside its field"
    )
    monotone: dict[str, Literal[-1, 1]] = Field(
        {}, description="feature -> 1: never less likely by more of it, -1: never more"
    )
    interactions: tuple[tuple[str, ...], ...] = Field(
        (), description="groups of features that may stand on one branch; () lets all"
    )
    rounds: int = Field(400, ge=1, le=100_000)
    early_stopping: int = Field(30, ge=1, le=100_000)
    learning_rate: float = Field(0.06, ge=1e-6, le=1)
    num_leaves: int = Field(6, ge=2, le=131_072)
    min_data_in_leaf: Count = Field(
        100, description="runners, as LightGBM reckons them from a leaf's information: about"
    )
    min_sum_hessian_in_leaf: Positive = 5.0
    lambda_l2: float = Field(10.0, ge=0, le=1e9)
    feature_fraction: float = Field(0.5, ge=1e-6, le=1)
    bagging_fraction: float = Field(
        1.0, ge=1e-6, le=1, description="share of the runners that each tree is grown on"
    )
    max_bin: int = Field(127, ge=3, le=65_535)
    threads: Threads = Field(default_factory=usable_cores)


class Training(Section):
    """Folds, holdout and the blend."""

    history_days: int = Field(
        365, ge=0, le=36_500, description="first days of a data set: history only"
    )
    folds: int = Field(5, ge=2, le=100)
    first_test_share: float = Field(0.4, gt=0, lt=1, description="of the days, before fold one")
    embargo_days: int = Field(
        0, ge=0, le=36_500, description="days left out between train and test"
    )
    holdout_days: Days = 90
    stopping_share: float = Field(
        0.15, gt=0, lt=0.5, description="last share of the first fold's days"
    )
    blend: Literal["benter", "residual"] = "benter"
    calibration: Literal["auto", "none", "isotonic", "beta"] = Field(
        "auto", description="auto keeps what gains out of fold, for blend and market each"
    )
    alpha_start: Alpha = 0.25
    bootstrap_draws: Draws = 2000
    seed: int = Field(20150101, ge=0, le=2**31 - 1)
    service: str = "velo_v1_1_0"


class Gate(Section):
    """Targets of the promotion gate (evaluation.md, Promotion gate)."""

    calibration_error: Positive = 0.023
    band_calibration_margin: Share = 0.002
    ae_ratio: Positive = 1.03
    roi_top20: Finite = 0.0
    alpha_low: Alpha = 0.3
    alpha_high: Alpha = 0.5
    null_rate: Share = 0.02
    dead_share: Share = Field(0.95, description="a feature null more often than this is dead")
    waived_dead: tuple[str, ...] = ()
    training_rows: int = Field(50_000, ge=0, le=10**9)
    holdout_days: Days = 90
    top1_alarm: Share = Field(0.05, description="top-1 hit rate above the favourite's by more")
    underpowered: Share = Field(0.05, description="half-width of the ROI interval above this")
