"""Out-of-fold predictions by expanding walk-forward, and the model that is fitted last.

A fold finds its number of rounds on the last share of the days before it, is fitted on all of
them, and predicts its own. Nothing that judges a fold has seen it (evaluation.md, Fundamental
model).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from training import blend, linear, market, scorer, temperature
from training.dataset import Dataset
from training.folds import Fold, stopping_start
from training.market import Method
from training.model import Fundamental, market_start
from training.races import Floats, Races
from training.ranker import Ranker
from training.sample import Sample
from velo.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Part:
    """Whole races of some days as arrays, in the data set's order; `matrix` [rows, columns]."""

    matrix: npt.NDArray[np.float32]
    win_share: Floats
    odds: Floats
    races: Races
    priced: npt.NDArray[np.bool_]
    dates: npt.NDArray[np.datetime64]
    rows: npt.NDArray[np.int64]

    @classmethod
    def between(cls, data: Dataset, start: date, end: date, priced_only: bool = False) -> Part:
        """The races dated in [start, end), by default priced or not."""
        frame = data.frame
        days = frame["date"].to_numpy()
        chosen = (days >= np.datetime64(start)) & (days < np.datetime64(end))
        if priced_only:
            chosen &= frame["priced"].to_numpy(dtype=np.bool_)
        rows = np.flatnonzero(chosen)
        part = frame.iloc[rows]
        return cls(
            data.matrix[_span(rows)],
            part["win_share"].to_numpy(dtype=np.float64),
            part["decision_odds"].to_numpy(dtype=np.float64),
            Races.of(part["race_id"].to_numpy()),
            part["priced"].to_numpy(dtype=np.bool_),
            days[rows],
            rows,
        )

    def sample(self, start: Floats | None = None) -> Sample:
        """What a model can be fitted on."""
        return Sample(self.matrix, self.win_share, self.races, start)


@dataclass(frozen=True)
class FoldFit:
    """One fold's models: that of the recipe, and the linear one, which may be the same.

    In residual mode both start from the market. `curve` is the stopping slice's race
    log-likelihood after each round; `began` and `ended` are seconds since 1970.
    """

    fold: Fold
    boosted: Fundamental
    rounds: int
    beta0: float
    straight: Fundamental
    curve: tuple[float, ...] = ()
    began: float = 0.0
    ended: float = 0.0


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of every fold's test days.

    Attributes:
        frame: race_id, horse_id, date, course, labels, `fold`, `column` (ln f or s of the boosted
            model), `column_linear`, `p_market`, in the data set's order.
        fits: each fold's models.
    """

    frame: pd.DataFrame
    fits: tuple[FoldFit, ...]


def choose_devig(data: Dataset, settings: Settings) -> Method:
    """The de-vig that is set; with `auto` the likeliest on the days before the first test."""
    method = settings.prices.devig
    if method != "auto":
        return method
    part = Part.between(data, data.plan.history_end, data.plan.folds[0].test_start)
    return market.choose(part.odds, part.win_share, part.races)


def out_of_fold(
    data: Dataset,
    settings: Settings,
    devig: Method,
    objective: str,
    progress: Progress = lambda stage: None,
) -> OutOfFold:
    """Fit and predict every fold.

    Raises:
        DataError: a fold has no usable race.
    """
    fits, parts = [], []
    for fold in data.plan.folds:
        progress(f"fold {fold.number} of {len(data.plan.folds)}")
        began = time.time()
        fit = _fit_fold(data, fold, settings, devig, objective)
        test = Part.between(data, fold.test_start, fold.test_end)
        kept = data.frame.iloc[test.rows].drop(columns=list(data.features))
        parts.append(
            kept.assign(
                fold=fold.number,
                column=fit.boosted.column(test.matrix, test.races),
                column_linear=fit.straight.column(test.matrix, test.races),
                p_market=market.probabilities(test.odds, test.races, devig),
            )
        )
        fits.append(replace(fit, began=began, ended=time.time()))
    return OutOfFold(pd.concat(parts, ignore_index=True), tuple(fits))


def fit_last(
    data: Dataset, settings: Settings, devig: Method, objective: str, oof: OutOfFold
) -> Fundamental:
    """The model that is kept: fitted on every training day, sized as the folds found best."""
    residual = settings.training.blend == "residual"
    part = Part.between(data, data.plan.history_end, data.plan.train_end, priced_only=residual)
    beta0 = _beta0(part, devig) if residual else 0.0
    start = market_start(part.odds, beta0, part.races, devig) if residual else None
    rounds = round(float(np.median([fit.rounds for fit in oof.fits])))
    kept = scorer.fit(
        objective, part.sample(start), data.inputs, settings.ranker, settings.training.seed,
        rounds=rounds,
    )  # fmt: skip
    heat = float(np.median([fit.boosted.temperature for fit in oof.fits]))
    return Fundamental(data.inputs, kept, heat, residual)


def _fit_fold(
    data: Dataset, fold: Fold, settings: Settings, devig: Method, objective: str
) -> FoldFit:
    residual = settings.training.blend == "residual"
    whole = Part.between(data, fold.train_start, fold.train_end, priced_only=residual)
    beta0 = _beta0(whole, devig) if residual else 0.0

    def sample(part: Part) -> Sample:
        if not residual:
            return part.sample()
        return part.sample(market_start(part.odds, beta0, part.races, devig))

    straight = Fundamental(data.inputs, linear.fit(sample(whole), data.inputs), 1.0, residual)
    if objective == "linear":
        return FoldFit(fold, straight, 0, beta0, straight)
    turn = stopping_start(fold.train_start, fold.train_end, settings.training.stopping_share)
    gap = timedelta(days=settings.training.embargo_days)
    early = sample(Part.between(data, fold.train_start, turn - gap, priced_only=residual))
    late = sample(Part.between(data, turn, fold.train_end, priced_only=residual))
    knobs, seed = settings.ranker, settings.training.seed
    stopped = scorer.fit(objective, early, data.inputs, knobs, seed, stopping=late)
    heat = 1.0
    if not residual:
        heat = temperature.fit(stopped.scores(late.features), late.win_share, late.races)
    # The days that said when to stop are then learnt from too: what judges a fold, and the blend,
    # is as well taught as the model that is kept.
    taught = scorer.fit(objective, sample(whole), data.inputs, knobs, seed, rounds=stopped.rounds)
    return FoldFit(
        fold, Fundamental(data.inputs, taught, heat, residual), stopped.rounds, beta0, straight,
        stopped.curve if isinstance(stopped, Ranker) else (),
    )  # fmt: skip


def _span(rows: npt.NDArray[np.int64]) -> slice | npt.NDArray[np.int64]:
    """Rows in one piece as a slice, for which numpy copies nothing."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _beta0(part: Part, devig: Method) -> float:
    rows, races = part.races.keep(part.races.all(part.priced))
    fair = market.probabilities(part.odds[rows], races, devig)
    return blend.power_market(fair, part.win_share[rows], races).beta
