"""The model, its walk, and the gate."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from velo.cores import usable_cores
from velo.settings.section import (
    Count,
    Days,
    Draws,
    Finite,
    Positive,
    Section,
    Share,
    Threads,
    Unit,
)

Objective = Literal["conditional_logit", "lambdarank", "rank_xendcg", "linear", "auto"]
FieldRelative = Literal["none", "difference", "rank", "both"]
Alpha = Annotated[float, Field(ge=-10, le=10), Unit("share of the model in the blend")]


Trees = Annotated[int, Field(ge=1, le=100_000), Unit("trees")]


class Ranker(Section):
    """LightGBM parameters of the fundamental model."""

    objective: Objective = Field("conditional_logit", description="what the trees are grown for")
    field_relative: FieldRelative = Field(
        "none", description="what the model sees of a number beside its field"
    )
    monotone: dict[str, Literal[-1, 1]] = Field(
        {}, description="feature -> 1: never less likely by more of it, -1: never more"
    )
    interactions: tuple[tuple[str, ...], ...] = Field(
        (), description="groups of features that may stand on one branch; () lets all"
    )
    rounds: Trees = Field(400, description="grown at most")
    early_stopping: Trees = Field(30, description="without gain: no more are grown")
    learning_rate: Annotated[float, Unit("share of each tree's answer")] = Field(
        0.06, ge=1e-6, le=1
    )
    num_leaves: Annotated[int, Unit("leaves a tree")] = Field(6, ge=2, le=131_072)
    min_data_in_leaf: Annotated[Count, Unit("runners")] = Field(
        100, description="as LightGBM reckons them from a leaf's information: about"
    )
    min_sum_hessian_in_leaf: Annotated[Positive, Unit("sum of second derivatives")] = 5.0
    lambda_l2: Annotated[float, Unit("weight of the squared leaf values")] = Field(
        10.0, ge=0, le=1e9
    )
    feature_fraction: Annotated[float, Unit("share of the features")] = Field(
        0.5, ge=1e-6, le=1, description="that each tree may use"
    )
    bagging_fraction: Annotated[float, Unit("share of the runners")] = Field(
        1.0, ge=1e-6, le=1, description="that each tree is grown on"
    )
    max_bin: Annotated[int, Unit("bins a feature")] = Field(127, ge=3, le=65_535)
    threads: Threads = Field(
        default_factory=usable_cores, description="by default as many as this process may use"
    )


class Beside(Section):
    """The line that is fitted beside the market."""

    shrinkage: Annotated[float, Unit("precision of the prior of a weight")] = Field(
        3000.0, ge=1, le=1e9, description="the larger, the smaller every weight"
    )
    price_exponent: Annotated[float, Unit("power of the price")] = Field(
        0.45, ge=0, le=2, description="how much more a score counts at longer odds; 0: alike at all"
    )


DaysOrNone = Annotated[int, Field(ge=0, le=36_500), Unit("days")]


class Training(Section):
    """Folds, holdout and the blend."""

    history_days: DaysOrNone = Field(365, description="first days of a data set: history only")
    folds: Annotated[int, Unit("folds")] = Field(5, ge=2, le=100)
    first_test_share: Annotated[float, Unit("share of the days")] = Field(
        0.4, gt=0, lt=1, description="before fold one"
    )
    embargo_days: DaysOrNone = Field(0, description="left out between train and test")
    holdout_days: Days = Field(90, description="length of the holdout")
    stopping_share: Annotated[float, Unit("share of the first fold's days")] = Field(
        0.15, gt=0, lt=0.5, description="the last of them say when to stop growing trees"
    )
    blend: Literal["benter", "residual", "beside", "auto"] = Field(
        "benter", description="how model and market are joined; auto takes the likeliest of three"
    )
    calibration: Literal["auto", "none", "isotonic", "beta"] = Field(
        "auto", description="auto keeps what gains out of fold, for blend and market each"
    )
    alpha_start: Alpha = Field(0.25, description="where the fit of the blend begins")
    bootstrap_draws: Draws = Field(2000, description="of race days, for an interval")
    seed: Annotated[int, Unit("any whole number")] = Field(20150101, ge=0, le=2**31 - 1)
    service: str = Field(
        "velo_v1_1_0", description="feature service that is trained on; several with + between"
    )
    select: Annotated[int, Unit("features")] = Field(
        0, ge=0, le=10_000, description="so many are chosen, anew in each fold; 0 takes all"
    )


class Gate(Section):
    """Targets of the promotion gate (evaluation.md, Promotion gate)."""

    calibration_error: Annotated[Positive, Unit("probability")] = Field(
        0.023, description="at most"
    )
    band_calibration_margin: Share = Field(
        0.002, description="by which the market's error in the odds band may be exceeded"
    )
    ae_ratio: Annotated[Positive, Unit("actual over expected winners")] = Field(
        1.03, description="at least"
    )
    roi_top20: Annotated[Finite, Unit("points a point staked")] = Field(0.0, description="at least")
    alpha_low: Alpha = Field(0.3, description="at least")
    alpha_high: Alpha = Field(0.5, description="at most")
    null_rate: Share = Field(0.02, description="of a family's values, without a reason: below")
    dead_share: Share = Field(0.95, description="a feature null more often than this is dead")
    waived_dead: tuple[str, ...] = Field((), description="features that may be dead")
    training_rows: Annotated[int, Unit("runners")] = Field(
        50_000, ge=0, le=10**9, description="at least"
    )
    holdout_days: Days = Field(90, description="at least")
    top1_alarm: Share = Field(0.05, description="top-1 hit rate above the favourite's by more")
    underpowered: Share = Field(0.05, description="half-width of the ROI interval above this")
