"""What one feature says alone: of the result, and of what the market leaves unsaid.

Every gain is out of fold, in nats a race: fitted on the days before a fold, judged on the fold's
own. A feature is put to the result as a line (a conditional logit on it, standardised), as its
rank within the race, and as a curve (boosted trees on it alone), which finds a strength that has
no one direction, such as that of a layoff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from training.blending import blend, market_chances
from training.blending.market_chances import Method
from training.data.dataset import Dataset
from training.data.inputs import Inputs
from training.model import linear
from training.model.model import market_start
from training.statistics import bootstrap, likelihood
from training.statistics.bootstrap import Estimate, Resampling
from training.statistics.races import Races
from training.walk import walk_forward
from training.walk.walk_forward import FoldFit, OutOfFold, RaceArrays
from velo.arrays import Floats
from velo.settings import Settings


@dataclass(frozen=True)
class FeatureStrength:
    """One feature's strength alone; gains in nats a race, intervals by race day.

    Attributes:
        feature: its name.
        line, rank, curve: gain over a field of equals.
        weight: of the line fitted before the last fold, log-strength a standard deviation.
        agreeing: folds whose line has that weight's sign.
        flag: gain of knowing only for which runners the feature is missing; it is part of `line`,
            `rank` and `curve`.
        line_over_market, curve_over_market: gain over the power-calibrated market, races with a
            whole book only.
        weight_over_market: beside the market, log-strength a standard deviation, fitted on every
            day: it judges nothing and needs no later days.
    """

    feature: str
    line: Estimate
    weight: float
    agreeing: int
    flag: Estimate
    rank: Estimate
    curve: Estimate
    line_over_market: Estimate
    weight_over_market: Estimate
    curve_over_market: Estimate


def measure(data: Dataset, feature: str, settings: Settings, devig: Method) -> FeatureStrength:
    """One feature's strength alone, over the folds of a data set.

    Args:
        data: its plan's folds are walked; it should hold no day of a holdout.
        feature: one of its features.
        settings: the ranker's parameters; draws and seed of the intervals.
        devig: how the margin is taken out of a book.

    Raises:
        DataError: a fold has no usable race, or none with a complete book.
    """
    races = Races.of(data.frame["race_id"].to_numpy())
    values = data.file.frame([feature], slice(len(data.frame)))[feature].to_numpy(np.float64)
    by_race = filled(values, races)
    straight = columns_of(data, by_race)
    ranked = columns_of(data, filled(ranks(values, races), races))
    flags = columns_of(data, {"missing": np.isnan(values).astype(np.float64)})
    bare = columns_of(data, {feature: values})
    line = _walk(straight, settings, devig, "linear")
    residual = _walk(bare, settings, devig, "conditional_logit", "residual")
    weights = [_weight(fit) for fit in line.fits]
    return FeatureStrength(
        feature,
        line=_over_equals(line, settings),
        weight=weights[-1],
        agreeing=sum(bool(np.sign(weight) == np.sign(weights[-1])) for weight in weights),
        flag=_over_equals(_walk(flags, settings, devig, "linear"), settings),
        rank=_over_equals(_walk(ranked, settings, devig, "linear"), settings),
        curve=_over_equals(_walk(bare, settings, devig, "conditional_logit"), settings),
        line_over_market=_over_market(_beside_market(straight, residual, devig), settings),
        weight_over_market=_weight_over_market(data, by_race["value"], settings, devig),
        curve_over_market=_over_market(residual, settings),
    )


def columns_of(data: Dataset, columns: Mapping[str, Floats]) -> Dataset:
    """The data set with these columns, [rows] each, in the place of its features."""
    names = tuple(columns)
    declared = replace(data.declared, features=names, families={"alone": names})
    matrix = np.column_stack([columns[name].astype(np.float32) for name in names])
    return replace(data, matrix=matrix, declared=declared, inputs=Inputs(names))


def filled(values: Floats, races: Races) -> dict[str, Floats]:
    """`value`, the mean of its race where it is missing, and `missing`, 1 where it is; [rows].

    A race of which nothing is known has 0 throughout, which says nothing of its runners.
    """
    known = ~np.isnan(values)
    sums = races.sum(np.where(known, values, 0.0))
    means = bootstrap.divide(sums, races.sum(known))
    fill = np.nan_to_num(races.broadcast(means))
    return {"value": np.where(known, values, fill), "missing": (~known).astype(np.float64)}


def ranks(values: Floats, races: Races) -> Floats:
    """Rank among the race's known values, 0 the lowest to 1 the highest, ties shared; [rows].

    A value that is alone in its race is .5, a missing one stays missing.
    """
    by_race = pd.Series(values).groupby(races.index)
    rank, known = by_race.rank().to_numpy(), by_race.transform("count").to_numpy()
    alone = np.where(np.isnan(values), np.nan, 0.5)
    return np.where(known > 1, (rank - 1) / np.maximum(known - 1, 1), alone)


def _walk(
    data: Dataset, settings: Settings, devig: Method, objective: str, mode: str = "benter"
) -> OutOfFold:
    training = settings.training.model_copy(update={"blend": mode})
    chosen = settings.model_copy(update={"training": training})
    return walk_forward.out_of_fold(data, chosen, devig, objective)


def _weight(fit: FoldFit) -> float:
    scorer = fit.straight.scorer
    assert isinstance(scorer, linear.Linear)
    return float(scorer.weights[0])


def _over_equals(oof: OutOfFold, settings: Settings) -> Estimate:
    races = Races.of(oof.frame["race_id"].to_numpy())
    p = races.softmax(_column(oof.frame, "column"))
    return _gain(p, races.uniform(), oof.frame, races, settings)


def _beside_market(data: Dataset, walked: OutOfFold, devig: Method) -> OutOfFold:
    """The line fitted from where the market's own exponent leaves off, fold by fold."""
    parts = []
    for fit in walked.fits:
        fold = fit.fold
        before = RaceArrays.between(data, fold.train_start, fold.train_end, priced_only=True)
        test = RaceArrays.between(data, fold.test_start, fold.test_end)
        start = market_start(before.odds, fit.beta0, before.races, devig)
        line = linear.fit(before.sample(start), data.inputs)
        parts.append(
            data.frame.iloc[test.rows].assign(
                fold=fold.number,
                column=line.scores(test.matrix),
                p_market=market_chances.probabilities(test.odds, test.races, devig),
            )
        )
    return replace(walked, frame=pd.concat(parts, ignore_index=True))


def _over_market(oof: OutOfFold, settings: Settings) -> Estimate:
    frame = oof.frame[oof.frame["priced"]]
    races = Races.of(frame["race_id"].to_numpy())
    beta0 = frame["fold"].map({fit.fold.number: fit.beta0 for fit in oof.fits}).to_numpy()
    start = beta0 * blend.log_probability(_column(frame, "p_market"))
    p = races.softmax(start + _column(frame, "column"))
    return _gain(p, races.softmax(start), frame, races, settings)


def _weight_over_market(
    data: Dataset, values: Floats, settings: Settings, devig: Method
) -> Estimate:
    frame = data.frame[data.frame["priced"]]
    races = Races.of(frame["race_id"].to_numpy())
    value, won = values[data.frame["priced"].to_numpy(np.bool_)], _column(frame, "win_share")
    standard = (value - value.mean()) / (value.std() or 1.0)
    fair = market_chances.probabilities(_column(frame, "decision_odds"), races, devig)
    fitted = blend.residual(standard, fair, won, races)
    training = settings.training
    return blend.intervals(
        fitted,
        standard,
        fair,
        won,
        races,
        races.first(frame["date"].to_numpy()),
        Resampling.of(training),
    ).exponent


def _gain(
    p: Floats, opponent: Floats, frame: pd.DataFrame, races: Races, settings: Settings
) -> Estimate:
    training = settings.training
    return likelihood.delta_ll(
        p,
        opponent,
        _column(frame, "win_share"),
        races,
        races.first(frame["date"].to_numpy()),
        Resampling.of(training),
    )


def _column(frame: pd.DataFrame, name: str) -> Floats:
    return np.asarray(frame[name].to_numpy(), dtype=np.float64)
