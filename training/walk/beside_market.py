"""The walk of the line beside the market (evaluation.md, The line beside the market).

What the tasks need of a race is a sum, so the days are cut into blocks at every boundary of a
fold, an embargo, a refit and a year; each is summed once, and a fold is a sum of blocks and a
solve. Deviations, clip and the market's powers are those of the days before the first fold's test
days, and stay, as priors do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from training.blending import blend, market_chances
from training.blending.market_chances import Method
from training.blending.price_scale import PriceScale
from training.data.dataset import Dataset
from training.data.feature_retrieval import FINISH
from training.data.folds import Plan
from training.data.some_features import with_features
from training.model import beside, tasks
from training.model.beside import LineBeside
from training.model.model import Fundamental
from training.model.standard import PIECE_ROWS, Standard
from training.model.tasks import PricedField, TaskSums
from training.walk.walk_forward import FoldFit, OutOfFold, RaceArrays, Size
from velo.arrays import Floats
from velo.errors import DataError
from velo.settings import Settings

Progress = Callable[[str], None]
NO_TREES = Size(0, 1.0)


def edges(plan: Plan) -> tuple[date, ...]:
    """Where the training days are cut: at folds, embargoes, the refit and every New Year."""
    first, end = plan.history_end, plan.train_end
    folds = {day for each in plan.folds for day in (each.train_end, each.test_start, each.test_end)}
    years = {date(year, 1, 1) for year in range(first.year + 1, end.year + 1)}
    return tuple(sorted(day for day in {first, end} | folds | years if first <= day <= end))


def out_of_fold(
    data: Dataset,
    settings: Settings,
    devig: Method,
    progress: Progress = lambda stage: None,
    features: Mapping[int, Sequence[str]] | None = None,
) -> OutOfFold:
    """Fit and predict every fold.

    Args:
        data: all that is walked through.
        settings, devig: of the line.
        progress: called with each fold.
        features: number of a fold -> those that its line sees; by default all see all.

    Raises:
        DataError: no race before a fold has a whole book and a result.
    """
    fitter = LineFitter(data, settings, devig)
    fits, parts = [], []
    for fold in data.plan.folds:
        progress(f"fold {fold.number} of {len(data.plan.folds)}")
        began = time.time()
        own = data.features if features is None else features[fold.number]
        line = fitter.fit(fold.train_start, fold.train_end, own)
        seen = data if features is None else with_features(data, own)
        test = RaceArrays.between(seen, fold.test_start, fold.test_end)
        column = line.column(test.matrix, test.races)
        parts.append(
            data.frame.iloc[test.rows].assign(
                fold=fold.number,
                column=column,
                column_linear=column,
                p_market=market_chances.probabilities(test.odds, test.races, devig),
            )
        )
        fits.append(FoldFit(fold, line, 0.0, line, (), began, time.time()))
    return OutOfFold(pd.concat(parts, ignore_index=True), tuple(fits), NO_TREES)


def fit_last(data: Dataset, settings: Settings, devig: Method) -> Fundamental:
    """The line that is kept: fitted on every training day.

    Raises:
        DataError: no race has a whole book and a result.
    """
    return LineFitter(data, settings, devig).fit(data.plan.history_end, data.plan.train_end)


@dataclass(frozen=True, eq=False)
class LineFitter:
    """How a line of some days is fitted."""

    data: Dataset
    settings: Settings
    devig: Method

    def fit(self, start: date, end: date, features: Sequence[str] | None = None) -> Fundamental:
        """The line of the days in [start, end), both of them edges; of some features, or of all."""
        inputs, standard, sums = self.data.inputs, self.standard, self.total(start, end)
        if features is not None and tuple(features) != inputs.features:
            inputs = inputs.only(features)
            places = [self.data.inputs.columns.index(name) for name in inputs.columns]
            standard, terms = standard.only(places)
            sums = sums.only(terms)
        shrinkage = self.settings.beside.shrinkage
        shared = sums.tasks(float(self.powers[0]))
        line = LineBeside(
            inputs.columns, standard.owner, beside.weights(shared, shrinkage), shrinkage
        )
        return Fundamental(inputs, line, 1.0, True, standard)

    def total(self, start: date, end: date) -> TaskSums:
        """The sums of the days in [start, end), both of them edges.

        Raises:
            DataError: no race of them has a whole book and a result.
        """
        inside = [part for (a, b), part in self.blocks.items() if start <= a and b <= end and part]
        if not inside:
            raise DataError(
                f"no race from {start} to {end} has a winner and a whole book; import its prices"
            )
        return TaskSums.total(inside)

    @cached_property
    def blocks(self) -> dict[tuple[date, date], TaskSums | None]:
        """The sums of each stretch between two edges; None where it has no race."""
        with threadpool_limits(1, user_api="blas"):
            return {span: self.sum(*span) for span in pairwise(edges(self.data.plan))}

    @cached_property
    def standard(self) -> Standard:
        """Deviations of the days before the first fold's test days."""
        part = self._prior_days
        return Standard.learnt(part.matrix, self.data.inputs.levels, part.races)

    @cached_property
    def powers(self) -> Floats:
        """The market's exponent in each stage on those days, [3]."""
        part = self._prior_days
        fair = blend.log_probability(self._fair(part))
        return tasks.powers(fair, part.win_share, self._finish(part), part.races)

    @cached_property
    def _prior_days(self) -> RaceArrays:
        plan = self.data.plan
        part = self._part(plan.history_end, plan.folds[0].train_end)
        if not len(part.races):
            raise DataError(
                f"no race before {plan.folds[0].test_start} has a winner and a whole book; import "
                "its prices"
            )
        return part

    def _part(self, start: date, end: date) -> RaceArrays:
        return RaceArrays.between(self.data, start, end, priced_only=True)

    def _fair(self, part: RaceArrays) -> Floats:
        return market_chances.probabilities(part.odds, part.races, self.devig)

    def _finish(self, part: RaceArrays) -> Floats:
        finish = self.data.frame[FINISH].to_numpy(dtype=np.float64)
        return np.asarray(finish[part.rows], dtype=np.float64)

    def sum(self, start: date, end: date) -> TaskSums | None:
        """The sums of the days in [start, end); None where no race has a whole book."""
        part = self._part(start, end)
        pieces = list(self._pieces(part))
        return TaskSums.total(pieces) if pieces else None

    def _pieces(self, part: RaceArrays) -> Iterator[TaskSums]:
        """A bounded number of runners at a time."""
        if not len(part.races):
            return
        fair, finish = self._fair(part), self._finish(part)
        scale = PriceScale(self.settings.beside.price_exponent).of(fair)
        log_market = blend.log_probability(fair)
        for rows, races in part.races.pieces(PIECE_ROWS):
            runners = PricedField(
                self.standard.of(part.matrix[rows], races),
                scale[rows],
                log_market[rows],
                part.win_share[rows],
                finish[rows],
                races,
            )
            yield TaskSums.of(runners, self.powers)
