"""The training report, `training_report.json`: declared once, for writing it and for reading it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from training.judging.diagnosis import Contribution, Kind, Slice, worst
from training.judging.gate import Blend, Verdict
from training.record.report_sections import (
    ContributionRow,
    DataSection,
    Figure,
    Figures,
    FoldWeight,
    GateVerdict,
    ModelSection,
    NullSection,
    PlanSection,
    PriceSection,
    ReportSection,
    SearchSection,
    SliceRow,
)
from training.statistics.bootstrap import Resampling
from velo.settings import Gate, OddsBand

FILE = "training_report.json"
SAME_PRICE = "selected on the price it settles at"


class TrainingReport(ReportSection):
    """What a training run measured.

    Attributes:
        run_id: MLflow's.
        data: what was read.
        plan: history, folds and holdout.
        settings: everything that was set, targets of the gate included, as it was recorded.
        prices: kinds of the decision and the settlement price, de-vig, commission.
        nulls: feature -> counts of missing values.
        folds: each fold's figures, in order; a calibrator's kind is text.
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
        worst: kind -> the pieces that are most surely bad, worst first.
        features_to_question: that hurt or add nothing.
    """

    run_id: str
    data: DataSection
    plan: PlanSection
    settings: dict[str, Any]
    prices: PriceSection
    nulls: dict[str, NullSection]
    folds: list[dict[str, Figure | str]]
    model: ModelSection
    holdout: Figures
    earlier_looks: int
    verdict: GateVerdict
    slices: dict[str, list[SliceRow]]
    contributions: list[ContributionRow]
    importance: Figures
    seconds: Figures
    tuning: SearchSection | None = None
    attribution: Figures | None = None
    weights: list[FoldWeight] = Field(default_factory=list)
    champion: str = ""
    worst: dict[str, list[SliceRow]]
    features_to_question: list[str]

    @classmethod
    def of(
        cls,
        verdict: Verdict,
        slices: Mapping[Kind, Sequence[Slice]],
        contributions: Sequence[Contribution],
        prices: Mapping[str, Any],
        **parts: Any,
    ) -> TrainingReport:
        """Of what a run measured; a figure that is NaN or infinite is null.

        Args:
            verdict: the gate's.
            slices: the judged days by kind.
            contributions: what each feature adds.
            prices: kinds, de-vig and commission; the note is added.
            parts: the other attributes, as dataclasses, mappings, arrays, dates and numbers.
        """
        losses = [ContributionRow(**plain(each)) for each in contributions]
        optional = {"tuning": None, "attribution": None, "weights": (), "champion": ""}
        return cls(
            **plain(optional | parts),
            prices=PriceSection(
                **plain(prices), note=price_note(prices["decision"], prices["settlement"])
            ),
            verdict=GateVerdict(**plain(verdict.to_dict())),
            slices=plain(slices),
            contributions=losses,
            worst={kind: plain(worst(pieces)) for kind, pieces in slices.items()},
            features_to_question=[each.feature for each in losses if each.is_questionable],
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, in the order of the attributes; what an older report lacks stays out."""
        return self.model_dump(mode="json", exclude_unset=True)

    @property
    def holdout_days(self) -> tuple[date, date]:
        """First and last day that judged the run, both included."""
        return self.plan.holdout_start, self.plan.holdout_end - timedelta(days=1)

    @property
    def gate(self) -> Gate:
        """The targets that the run was held to.

        Raises:
            ValidationError, KeyError: a recorded target is not known any more.
        """
        return Gate(**self.settings["gate"])

    @property
    def odds_band(self) -> OddsBand:
        """Decision prices at which bets were struck."""
        return OddsBand(**self.settings["odds_band"])

    @property
    def blend(self) -> Blend:
        """The mode of the blend, `auto` resolved."""
        mode: Blend = self.settings["training"]["blend"]
        return mode

    @property
    def service(self) -> str:
        """The feature service."""
        return str(self.settings["training"]["service"])

    @property
    def resampling(self) -> Resampling:
        """Of the run's intervals."""
        training = self.settings["training"]
        return Resampling(training["bootstrap_draws"], training["seed"])


def price_note(decision: str, settlement: str) -> str:
    """Whether bets settle at the very price that they were selected on."""
    if decision == settlement:
        return SAME_PRICE
    return f"selected on {decision}, settled at {settlement}"


def plain(value: Any) -> Any:
    """Any value of a report as plain JSON: dataclasses, mappings, arrays, dates and numbers.

    NaN and infinities become null; a type that has no plain form raises TypeError.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
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
