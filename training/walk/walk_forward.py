"""Out-of-fold predictions by expanding walk-forward, and the model that is fitted last.

A fold is fitted on all days before it, for as many rounds as the folds before it found best on
days that they had not learnt, and predicts its own. Then it goes on boosting until its own days
say that it is enough, for the sake of the folds that follow: so each is fitted once. The first
fold finds its rounds on the last share of the days before it. Nothing that judges a fold has
seen it (evaluation.md, Fundamental model).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.blending import blend, market_chances
from training.blending.market_chances import Method
from training.data import constraints
from training.data.dataset import Dataset
from training.data.folds import Fold
from training.data.some_features import with_features
from training.model import linear, scorer, temperature
from training.model.model import Fundamental, market_start
from training.model.ranker import FittedRanker
from training.model.scorer import Scorer
from training.statistics.races import Races
from training.statistics.sample import Sample
from velo.arrays import Flags, Floats, Integers
from velo.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class RaceArrays:
    """Whole races of some days as arrays, in the data set's order; `matrix` [rows, columns]."""

    matrix: npt.NDArray[np.float32]
    win_share: Floats
    odds: Floats
    races: Races
    priced: Flags
    dates: npt.NDArray[np.datetime64]
    rows: Integers

    @classmethod
    def between(
        cls, data: Dataset, start: date, end: date, priced_only: bool = False
    ) -> RaceArrays:
        """The races dated in [start, end), by default priced or not."""
        frame = data.frame
        days = frame["date"].to_numpy()
        chosen = (days >= np.datetime64(start)) & (days < np.datetime64(end))
        if priced_only:
            chosen &= frame["priced"].to_numpy(dtype=np.bool_)
        rows = np.flatnonzero(chosen)
        span = _span(rows)
        part = frame.iloc[span]
        return cls(
            data.matrix[span],
            part["win_share"].to_numpy(dtype=np.float64),
            part["decision_odds"].to_numpy(dtype=np.float64),
            Races.of(part["race_id"].to_numpy()),
            part["priced"].to_numpy(dtype=np.bool_),
            days[span],
            rows,
        )

    def sample(self, start: Floats | None = None) -> Sample:
        """What a model can be fitted on."""
        return Sample(self.matrix, self.win_share, self.races, start)


@dataclass(frozen=True)
class Size:
    """How many rounds to boost, and the softmax's temperature, as unlearnt days found them best."""

    rounds: int
    temperature: float

    @classmethod
    def median(cls, sizes: Sequence[Size]) -> Size:
        """The middle of the rounds and of the temperatures, each by itself."""
        return cls(
            round(float(np.median([each.rounds for each in sizes]))),
            float(np.median([each.temperature for each in sizes])),
        )


@dataclass(frozen=True)
class FoldFit:
    """One fold's models: that of the recipe, and the linear one, which may be the same.

    In residual mode both start from the market. `curve` is the race log-likelihood of the test
    days after each round, those past the ones that are kept as well; `began` and `ended` are
    seconds since 1970.
    """

    fold: Fold
    boosted: Fundamental
    beta0: float
    straight: Fundamental
    curve: tuple[float, ...]
    began: float
    ended: float

    @property
    def rounds(self) -> int:
        """Trees in the boosted model, 0 where there are none."""
        return self.boosted.scorer.rounds


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of every fold's test days.

    Attributes:
        frame: race_id, horse_id, date, course, labels, `fold`, `column` (ln f or s of the boosted
            model), `column_linear`, `p_market`, in the data set's order.
        fits: each fold's models.
        size: what all folds together found best, for a model that learns every day.
    """

    frame: pd.DataFrame
    fits: tuple[FoldFit, ...]
    size: Size


def choose_devig(data: Dataset, settings: Settings) -> Method:
    """The de-vig that is set; with `auto` the likeliest on the days before the first test."""
    method = settings.prices.devig
    if method != "auto":
        return method
    part = RaceArrays.between(data, data.plan.history_end, data.plan.folds[0].test_start)
    return market_chances.choose(part.odds, part.win_share, part.races)


def out_of_fold(
    data: Dataset,
    settings: Settings,
    devig: Method,
    objective: str,
    progress: Progress = lambda stage: None,
    features: Mapping[int, Sequence[str]] | None = None,
) -> OutOfFold:
    """Fit and predict every fold.

    Args:
        data: all that is walked through.
        settings, devig, objective: how a fold's model is fitted.
        progress: called with each fold.
        features: number of a fold -> those that its model sees; by default all see all.

    Raises:
        DataError: a fold has no usable race.
    """
    sizes: list[Size] = []
    fits, parts = [], []
    for fold in data.plan.folds:
        progress(f"fold {fold.number} of {len(data.plan.folds)}")
        seen = data if features is None else with_features(data, features[fold.number])
        fitter = _Fitter(seen, settings, devig, objective)
        sizes = sizes or [fitter.first_size(fold)]
        fit = fitter.fit(fold, Size.median(sizes))
        test = RaceArrays.between(seen, fold.test_start, fold.test_end)
        parts.append(
            data.frame.iloc[test.rows].assign(
                fold=fold.number,
                column=fit.boosted.column(test.matrix, test.races),
                column_linear=fit.straight.column(test.matrix, test.races),
                p_market=market_chances.probabilities(test.odds, test.races, devig),
            )
        )
        fits.append(fit)
        if fit.curve:
            sizes.append(fitter.size(fit, test))
    return OutOfFold(pd.concat(parts, ignore_index=True), tuple(fits), Size.median(sizes))


def fit_last(
    data: Dataset, settings: Settings, devig: Method, objective: str, size: Size
) -> Fundamental:
    """The model that is kept: fitted on every training day, sized as the folds found best."""
    fitter = _Fitter(data, settings, devig, objective)
    sample, _ = fitter.sample(data.plan.history_end, data.plan.train_end)
    kept = fitter.scorer(sample, size.rounds)
    return Fundamental(data.inputs, kept, size.temperature, fitter.residual)


@dataclass(frozen=True, eq=False)
class _Fitter:
    """How a model of some days is fitted."""

    data: Dataset
    settings: Settings
    devig: Method
    objective: str

    @property
    def residual(self) -> bool:
        return self.settings.training.blend == "residual"

    def part(self, start: date, end: date) -> RaceArrays:
        return RaceArrays.between(self.data, start, end, priced_only=self.residual)

    def sample(self, start: date, end: date) -> tuple[Sample, float]:
        """The days as a sample, and the exponent of the market that it starts from."""
        part = self.part(start, end)
        beta0 = _beta0(part, self.devig) if self.residual else 0.0
        return self.started(part, beta0), beta0

    def started(self, part: RaceArrays, beta0: float) -> Sample:
        if not self.residual:
            return part.sample()
        return part.sample(market_start(part.odds, beta0, part.races, self.devig))

    def scorer(
        self, sample: Sample, rounds: int | None = None, watched: Sample | None = None
    ) -> Scorer:
        return scorer.fit(
            self.objective,
            sample,
            self.data.inputs,
            constraints.among(self.settings.ranker, self.data.inputs.features),
            self.settings.training.seed,
            watched,
            rounds,
        )

    def first_size(self, fold: Fold) -> Size:
        """By the last share of the first fold's training days, of a model of the days before."""
        if self.objective == "linear":
            return Size(0, 1.0)
        training = self.settings.training
        turn = fold.stopping_start(training.stopping_share)
        gap = timedelta(days=training.embargo_days)
        _, beta0 = self.sample(fold.train_start, fold.train_end)
        early, late = (
            self.started(self.part(start, end), beta0)
            for start, end in ((fold.train_start, turn - gap), (turn, fold.train_end))
        )
        stopped = self.scorer(early, watched=late)
        return Size(stopped.rounds, self.temperature(stopped, late))

    def fit(self, fold: Fold, size: Size) -> FoldFit:
        began = time.time()
        sample, beta0 = self.sample(fold.train_start, fold.train_end)
        inputs = self.data.inputs
        straight = Fundamental(inputs, linear.fit(sample, inputs), 1.0, self.residual)
        if self.objective == "linear":
            return FoldFit(fold, straight, beta0, straight, (), began, time.time())
        later = self.part(fold.test_start, fold.test_end)
        watched = self.started(later, beta0) if len(later.rows) else None
        boosting = self.scorer(sample, size.rounds, watched)
        curve = boosting.curve if isinstance(boosting, FittedRanker) else ()
        boosted = Fundamental(inputs, boosting, size.temperature, self.residual)
        return FoldFit(fold, boosted, beta0, straight, curve, began, time.time())

    def size(self, fit: FoldFit, test: RaceArrays) -> Size:
        """By a fold's own days, now that they are predicted."""
        best = int(np.argmax(fit.curve)) + 1
        return Size(best, self.temperature(fit.boosted.scorer, test.sample()))

    def temperature(self, fitted: Scorer, later: Sample) -> float:
        """Of a fundamental model alone; what starts from the market has none."""
        if self.residual:
            return 1.0
        return temperature.fit(fitted.scores(later.features), later.win_share, later.races)


def _span(rows: Integers) -> slice | Integers:
    """Rows in one piece as a slice, for which numpy copies nothing."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _beta0(part: RaceArrays, devig: Method) -> float:
    rows, races = part.races.keep(part.races.all(part.priced))
    fair = market_chances.probabilities(part.odds[rows], races, devig)
    return blend.power_market(fair, part.win_share[rows], races).beta
