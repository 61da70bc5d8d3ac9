"""The sections of a training report, each as it stands in `training_report.json`.

A figure that came later is missing from an older report, and a part that this version does not know
is kept as it stands.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from training.data.nulls import NullCount
from velo.formats import in_text

Figure = int | float | None
"""An integer stays one; what could not be measured is null."""
Figures = dict[str, Figure]


class ReportSection(BaseModel):
    """A part of the report; it cannot be changed."""

    model_config = ConfigDict(extra="allow", frozen=True)


class FigureInterval(ReportSection):
    """A figure with its 95% interval."""

    value: Figure
    low: Figure
    high: Figure


class FeatureWords(ReportSection):
    """What a feature is, as it was declared."""

    description: str
    unit: str


class UnfittedYearRow(ReportSection):
    """Runners of a region and year whose price curve is not fitted: not trained on."""

    region: str
    year: int
    rows: int


class DiscoveryOverlap(ReportSection):
    """How many of the races of some days are among those that the features were chosen on.

    Attributes:
        judges: what the days are, `holdout` or `walk`.
        first, last: the days, both included.
        races: that were run on them.
        chosen_on: of these, those on which the features were chosen.
        words: what a reader must know.
    """

    judges: str
    first: date
    last: date
    races: int
    chosen_on: int
    words: str


class DataSection(ReportSection):
    """What was trained and judged on.

    Attributes:
        build, starts, corrections: fingerprint of the offline tables.
        first_day, last_day: race days.
        rows, races: of them all.
        excluded: reason -> races left out.
        families: family -> its features.
        features: what each is; empty in reports of before features were described.
        priors: that were fitted; empty in reports without them.
        unmet_needs: feature of the service that was left out -> what it needs and the training days
            do not have.
        unfitted: runners that were not trained on, of years whose price curve is not fitted.
        discovery: holdout and walk, where they fall on days that the features were chosen on.
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
    features: dict[str, FeatureWords] = Field(default_factory=dict)
    priors: Figures = Field(default_factory=dict)
    unmet_needs: dict[str, str] = Field(default_factory=dict)
    unfitted: list[UnfittedYearRow] = Field(default_factory=list)
    discovery: list[DiscoveryOverlap] = Field(default_factory=list)

    @property
    def unmet_words(self) -> str:
        """What was left out as not in these data, and for want of what; empty if nothing was."""
        return ", ".join(f"{feature} ({need})" for feature, need in self.unmet_needs.items())

    @property
    def unfitted_words(self) -> str:
        """How many runners of which regions and years were not trained on; empty if all were."""
        return ", ".join(f"{each.rows:,} of {each.region} {each.year}" for each in self.unfitted)


class FoldSpan(ReportSection):
    """One fold: fitted on [train_start, train_end), tested on [test_start, test_end)."""

    number: int
    train_start: date
    train_end: date
    test_start: date
    test_end: date


class PlanSection(ReportSection):
    """History, folds and holdout, as `Plan.to_dict`."""

    history_end: date
    folds: list[FoldSpan]
    train_end: date
    holdout_start: date
    holdout_end: date


class PriceSection(ReportSection):
    """Kinds of the decision and the settlement price, de-vig, commission on winnings."""

    decision: str
    settlement: str
    devig: str
    commission: float
    note: str


class NullSection(ReportSection):
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


class BlendSection(ReportSection):
    """A blend: the exponents, each null in a mode that has none."""

    mode: str
    exponent: float
    beta: float
    alpha: Figure
    gamma: Figure
    alpha_share: Figure


class CalibratorChoice(ReportSection):
    """What calibrates one side, and what each kind gained out of fold."""

    kind: str
    gains: dict[str, FigureInterval]
    races: int


class BlendChoiceSection(ReportSection):
    """The blend that was kept of all, and what each gained over the first out of fold."""

    kind: str
    gains: dict[str, FigureInterval]
    races: int


class ChoiceSection(ReportSection):
    """Features that were chosen among those of the service.

    Attributes:
        count, among: how many, of how many.
        features: of the model that was kept, chosen on all training days.
        by_fold: number of a fold -> what the days before it chose.
        strengths: feature -> |z| alone beside the market, on all training days.
        nested, once: gain out of fold over the power-calibrated market, nats a race: chosen anew in
            each fold, and chosen on all training days.
    """

    count: int
    among: int
    features: list[str]
    by_fold: dict[str, list[str]]
    strengths: Figures
    nested: FigureInterval | None
    once: FigureInterval | None

    @property
    def words(self) -> str:
        """Both gains in one sentence."""
        return (
            f"{self.count} of {self.among} features, chosen anew in each fold: "
            f"{_nats(self.nested)} nats a race over the power-calibrated market out of fold; "
            f"chosen on all training days, which flatters: {_nats(self.once)}"
        )


def _nats(gain: FigureInterval | None) -> str:
    if gain is None:
        return "no figure"
    value, low, high = map(in_text.nats, (gain.value, gain.low, gain.high))
    return f"{value} [{low}, {high}]"


class ModelSection(ReportSection):
    """The model that was kept, and what was fitted beside it.

    Attributes:
        objective: that the ranker was fitted to, `auto` resolved; `beside` of the line beside
            the market.
        rounds: trees, 0 for a linear model.
        temperature: of the softmax.
        blend, power_market: with the market, and the market alone.
        figures: the blend's exponents with intervals, flat.
        out_of_fold: R² of boosting, line and market.
        linear_is_better: whether the line does better out of fold, and `note` says so.
        calibration: side -> the calibrator's choice.
        blend_choice: how the blends did, where the blend was left open.
        features: how they were chosen, where they were.
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
    blend_choice: BlendChoiceSection | None = None
    features: ChoiceSection | None = None


class CriterionRow(ReportSection):
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


class GateVerdict(ReportSection):
    """The gate's verdict, as it was on the day of training."""

    promoted: bool
    words: str
    underpowered: bool
    bets_needed: int | None
    alarms: list[str]
    criteria: list[CriterionRow]


class SliceRow(ReportSection):
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


class ContributionRow(ReportSection):
    """What is lost when a feature is shuffled within races, on the last out-of-fold fold."""

    feature: str
    loss: FigureInterval
    judgement: str

    @property
    def is_questionable(self) -> bool:
        """Whether the model might do without the feature."""
        return self.judgement in ("hurts", "adds nothing")


class BestTrial(ReportSection):
    """The best trial of a search."""

    number: int
    parameters: dict[str, Any]
    log_likelihood: float
    gain: FigureInterval
    rounds: list[int]
    began: float
    ended: float


class SearchSection(ReportSection):
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


class FoldWeight(ReportSection):
    """The blend's weight on the model over one fold's days."""

    fold: int
    first: date
    end: date
    races: int
    name: str
    weight: FigureInterval
