"""The training report: everything that a run measured, as plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from training.judging.diagnosis import Contribution, Kind, Slice, worst
from training.judging.gate import Verdict
from training.walk.blend_path import Weight

SAME_PRICE = "selected on the price it settles at"


@dataclass(frozen=True)
class TrainingReport:
    """What a training run says of itself.

    Attributes:
        run_id: MLflow's.
        data: fingerprint, first and last day, rows, races, races left out by reason, families.
        plan: history, folds and holdout, as `Plan.to_dict`.
        settings: everything that was set, targets of the gate included.
        prices: kinds of the decision and the settlement price, de-vig, commission.
        nulls: feature -> counts of missing values.
        folds: each fold's figures, in order.
        model: objective, rounds, temperature, blend with intervals, and what was fitted beside.
        holdout: the judged figures, flat, as the gate read them.
        earlier_looks: runs that looked at the same holdout days before.
        verdict: the gate's.
        slices: the judged days by odds band, course and month.
        contributions: what each feature adds, on the last out-of-fold fold.
        importance: feature -> split gain; empty for a linear model.
        seconds: stage -> wall clock.
        tuning: trials, the best one's gain and what of it is luck; None where none was asked for.
        attribution: feature -> mean size of its SHAP value within the race, out of fold; None for
            a linear model.
        weights: the blend's weight on the model, fold by fold.
        champion: how the run compares with the champion, in words.
    """

    run_id: str
    data: Mapping[str, Any]
    plan: Mapping[str, Any]
    settings: Mapping[str, Any]
    prices: Mapping[str, Any]
    nulls: Mapping[str, Any]
    folds: Sequence[Mapping[str, Any]]
    model: Mapping[str, Any]
    holdout: Mapping[str, float | None]
    earlier_looks: int
    verdict: Verdict
    slices: Mapping[Kind, Sequence[Slice]]
    contributions: Sequence[Contribution]
    importance: Mapping[str, float]
    seconds: Mapping[str, float]
    tuning: Mapping[str, Any] | None = None
    attribution: Mapping[str, float] | None = None
    weights: Sequence[Weight] = ()
    champion: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; a figure that is NaN or infinite is null."""
        whole: dict[str, Any] = plain(self)
        whole["verdict"] = self.verdict.to_dict()
        whole["prices"]["note"] = price_note(self.prices)
        whole["worst"] = {kind: plain(worst(pieces)) for kind, pieces in self.slices.items()}
        whole["features_to_question"] = [
            item.feature
            for item in self.contributions
            if item.judgement in ("hurts", "adds nothing")
        ]
        return whole


def price_note(prices: Mapping[str, Any]) -> str:
    """Whether bets settle at the very price that they were selected on."""
    if prices["decision"] == prices["settlement"]:
        return SAME_PRICE
    return f"selected on {prices['decision']}, settled at {prices['settlement']}"


def plain(value: Any) -> Any:
    """Any value of a report as plain JSON: dataclasses, mappings, arrays, dates and numbers.

    NaN and infinities become null; a type that has no plain form raises TypeError.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain JSON form")
