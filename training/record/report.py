"""The training report, `training_report.json`: one declaration for writing it and for reading it.

Older reports lack figures that came later and may hold what is gone; a part that this version
does not know is kept as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from training.data.nulls import NullCount
from training.judging.diagnosis import Contribution, Kind, Slice, worst
from training.judging.gate import Blend, Verdict
from training.statistics.bootstrap import Resampling
from velo.settings import Gate, OddsBand

FILE = "training_report.json"
SAME_PRICE = "selected on the price it settles at"
Figure = int | float | None
"""An integer stays one; what could not be measured is null."""
Figures = dict[str, Figure]


class Part(BaseModel):
    """A part of the report; it cannot be changed."""

    model_config = ConfigDict(extra="allow", frozen=True)


class FigureInterval(Part):
    """A figure with its 95% interval."""

    value: Figure
    low: Figure
    high: Figure


class DataSection(Part):
    """What was trained and judged on.

    Attributes:
        build, starts, corrections: fingerprint of the offline tables.
        first_day, last_day: race days.
        rows, races: of them all.
        excluded: reason -> races left out.
        families: family -> its features.
        priors: that were fitted; empty in reports without them.
    """

    build: str
    starts: str
    corrections: str
    first_day: date
    last_day: date
    rows: int
    races: int
    excluded: dict[str, int]
    families: dict[str, list[str]]
    priors: Figures = Field(default_factory=dict)


class FoldSpan(Part):
    """One fold: fitted on [train_start, train_end), tested on [test_start, test_end)."""

    number: int
    train_start: date
    train_end: date
    test_start: date
    test_end: date


class PlanSection(Part):
    """History, folds and holdout, as `Plan.to_dict`."""

    history_end: date
    folds: list[FoldSpan]
    train_end: date
    holdout_start: date
    holdout_end: date


class PriceSection(Part):
    """Kinds of the decision and the settlement price, de-vig, commission on winnings."""

    decision: str
    settlement: str
    devig: str
    commission: float
    note: str


class NullSection(Part):
    """Missing values of one feature."""

    rows: int
    unexplained: int
    structural: int
    cold_start: int
    constant: bool

    @property
    def count(self) -> NullCount:
        """As the gate takes it."""
        return NullCount(
            self.rows, self.unexplained, self.structural, self.cold_start, self.constant
        )


class BlendSection(Part):
    """A blend: the exponents, each null in a mode that has none."""

    mode: str
    exponent: float
    beta: float
    alpha: Figure
    gamma: Figure
    alpha_share: Figure


class CalibratorChoice(Part):
    """What calibrates one side, and what each kind gained out of fold."""

    kind: str
    gains: dict[str, FigureInterval]
    races: int


class ModelSection(Part):
    """The model that was kept, and what was fitted beside it.

    Attributes:
        objective: that the ranker was fitted to, `auto` resolved.
        rounds: trees, 0 for a linear model.
        temperature: of the softmax.
        blend, power_market: with the market, and the market alone.
        figures: the blend's exponents with intervals, flat.
        out_of_fold: R² of boosting, line and market.
        linear_is_better: whether the line does better out of fold, and `note` says so.
        calibration: side -> the calibrator's choice.
    """

    objective: str
    rounds: int
    temperature: float
    blend: BlendSection
    power_market: BlendSection
    figures: Figures
    out_of_fold: Figures
    linear_is_better: bool
    note: str
    calibration: dict[str, CalibratorChoice]


class CriterionRow(Part):
    """One row of the gate's table."""

    name: str
    target: str
    value: Figure
    low: Figure
    high: Figure
    bets: int | None
    holds: bool
    missed_by: Figure
    note: str


class GateVerdict(Part):
    """The gate's verdict, as it was on the day of training."""

    promoted: bool
    words: str
    underpowered: bool
    bets_needed: int | None
    alarms: list[str]
    criteria: list[CriterionRow]


class SliceRow(Part):
    """One odds band, course or month of the judged days (`training/judging/diagnosis.py`)."""

    kind: str
    name: str
    races: int
    runners: int
    days: int | None = None
    gain: FigureInterval
    calibration: FigureInterval
    bets: int
    bet_days: int | None = None
    ae_ratio: FigureInterval


class ContributionRow(Part):
    """What is lost when a feature is shuffled within races, on the last out-of-fold fold."""

    feature: str
    loss: FigureInterval
    judgement: str

    @property
    def is_questionable(self) -> bool:
        """Whether the model might do without the feature."""
        return self.judgement in ("hurts", "adds nothing")


class BestTrial(Part):
    """The best trial of a search."""

    number: int
    parameters: dict[str, Any]
    log_likelihood: float
    gain: FigureInterval
    rounds: list[int]
    began: float
    ended: float


class SearchSection(Part):
    """What a search for parameters came to."""

    study: str
    trials: int
    trials_on_these_data: int
    log_likelihood_of_settings: float
    best: BestTrial
    parameters: dict[str, Any]
    by_luck: Figure
    beyond_luck: Figure
    words: str


class FoldWeight(Part):
    """The blend's weight on the model over one fold's days."""

    fold: int
    first: date
    end: date
    races: int
    name: str
    weight: FigureInterval


class TrainingReport(Part):
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
        """The mode of the blend that was set."""
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
