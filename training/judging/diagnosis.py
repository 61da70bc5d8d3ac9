"""Why a model was refused: where it does worst, and which features add nothing or hurt.

Slices are of the judged days; the features are examined on the last out-of-fold fold, never on
the holdout (evaluation.md, Promotion gate), because what is learnt there will be acted on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.judging import betting, selection
from training.judging.metrics import Predictions
from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Estimate, Resampling
from training.statistics.races import Races
from velo.arrays import Flags, Floats
from velo.settings import OddsBand

Kind = Literal["odds_band", "course", "month"]
Judgement = Literal["helps", "adds nothing", "hurts", "not measured"]
Score = Callable[[pd.DataFrame], Floats]
# 21.0 itself belongs below its edge, as in the last price bucket.
ODDS_EDGES = (1.0, 2.0, 3.0, 5.0, 8.0, 11.0, 15.0, float(np.nextafter(21.0, 22.0)), 34.0, np.inf)
NONE_AT_ALL = Estimate(0.0, 0.0, 0.0)
"""What is lost with a feature that the model never looks at, whatever days are drawn."""
UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class Slice:
    """One odds band, course or month of the judged days; intervals are 95%, by race day.

    Attributes:
        kind, name: what was cut, and which piece this is.
        races, runners: whole races of a course or month; of an odds band the races it occurs in.
        days: their race days; of fewer than `bootstrap.FEWEST_DAYS` there is no interval.
        gain: log-likelihood gain over the power-calibrated market, nats a race; NaN for an odds
            band, which holds no whole races.
        calibration: winners / sum of blended probability over all runners, 1 is right.
        bets, bet_days: Top20% selections that could be settled, and their race days.
        ae_ratio: their winners / sum of 1/settlement odds.
    """

    kind: Kind
    name: str
    races: int
    runners: int
    days: int
    gain: Estimate
    calibration: Estimate
    bets: int
    bet_days: int
    ae_ratio: Estimate


@dataclass(frozen=True)
class Contribution:
    """What one feature adds: nats a race that are lost when it is shuffled within races.

    A feature whose neighbour says the same (14 and 30 days) may add nothing although the pair
    does, so drop one at a time.
    """

    feature: str
    loss: Estimate
    judgement: Judgement


def slices(
    frame: pd.DataFrame, top20: float, band: OddsBand, resampling: Resampling
) -> dict[Kind, tuple[Slice, ...]]:
    """Cut the judged days by odds band, course and month, each piece in its natural order.

    Args:
        frame: predictions as `Predictions.of` takes them, with `course`.
        top20: the cut-off of the Top20% selection.
        band: decision prices at which bets are struck.
        resampling: of the race days.
    """
    given = Predictions.of(frame)
    value = selection.expected_value(given.p, given.decision_odds)
    backed = selection.select(value, given.decision_odds, band, top20)
    course = frame.drop_duplicates("race_id").set_index("race_id")["course"]
    labels: dict[Kind, tuple[npt.NDArray[Any], Sequence[str]]] = {
        "odds_band": odds_bands(given.decision_odds),
        "course": _labels(course.reindex(given.race_id).to_numpy()),
        "month": _labels(pd.DatetimeIndex(given.dates).strftime("%Y-%m").to_numpy()),
    }
    return {
        kind: tuple(
            _slice(given, backed, kind, name, index == number, resampling)
            for number, name in enumerate(names)
            if (index == number).any()
        )
        for kind, (index, names) in labels.items()
    }


def worst(pieces: Sequence[Slice], most: int = 5) -> tuple[Slice, ...]:
    """The pieces that are most surely bad, worst first.

    Courses and months are ordered by the upper end of their gain, odds bands by that of their
    A/E, so that a small piece does not come first by chance alone. Pieces without an interval,
    those of few race days among them, are left out.
    """

    def upper(piece: Slice) -> float:
        return piece.ae_ratio.high if piece.kind == "odds_band" else piece.gain.high

    known = [piece for piece in pieces if np.isfinite(upper(piece))]
    return tuple(sorted(known, key=upper)[:most])


def contributions(
    frame: pd.DataFrame,
    features: Sequence[str],
    score: Score,
    resampling: Resampling,
    most_races: int = 10_000,
) -> tuple[Contribution, ...]:
    """Shuffle each feature within its races and see what is lost; the most harmful come first.

    Args:
        frame: the last out-of-fold fold, sorted by race, with race_id, date, win_share and the
            features; races with a winner only.
        features: which to examine, in this order.
        score: gives probabilities that sum to 1 in each race, [rows] of the frame it is given.
        resampling: of the race days; its seed also shuffles.
        most_races: a larger fold is sampled down to so many whole races.
    """
    generator = np.random.default_rng(resampling.seed)
    sample = _some_races(frame, most_races, generator)
    races = Races.of(sample["race_id"].to_numpy())
    won = sample["win_share"].to_numpy(dtype=np.float64)
    days = Days.of(races.first(sample["date"].to_numpy()))
    before = races.log_likelihood(score(sample), won)
    rows = []
    for feature in features:
        order = np.lexsort((generator.random(races.n), races.index))
        shuffled = sample.assign(**{feature: sample[feature].to_numpy()[order]})
        lost = before - races.log_likelihood(score(shuffled), won)
        loss = bootstrap.mean(lost, days, resampling) if lost.any() else NONE_AT_ALL
        rows.append(Contribution(feature, loss, _judgement(loss)))
    return tuple(sorted(rows, key=lambda item: (np.isnan(item.loss.value), item.loss.value)))


def _slice(
    given: Predictions, backed: Flags, kind: Kind, name: str, rows: Flags, resampling: Resampling
) -> Slice:
    races = given.races
    inside = races.sum(rows) > 0
    bets = given.bets(backed & rows)
    ae_ratio = betting.ae_ratio(bets, resampling)
    gain = UNKNOWN
    if kind != "odds_band":
        gains = races.log_likelihood(given.p, given.win_share) - races.log_likelihood(
            given.p_market_power, given.win_share
        )
        dates = races.first(given.dates)[inside]
        gain = bootstrap.mean(gains[inside], Days.of(dates), resampling)
    return Slice(
        kind=kind,
        name=name,
        races=int(inside.sum()),
        runners=int(rows.sum()),
        days=len(np.unique(given.dates[rows])),
        gain=gain,
        calibration=bootstrap.ratio(
            given.win_share[rows], given.p[rows], Days.of(given.dates[rows]), resampling
        ),
        bets=len(bets),
        bet_days=ae_ratio.days,
        ae_ratio=Estimate(ae_ratio.value, ae_ratio.low, ae_ratio.high),
    )


def odds_bands(odds: Floats) -> tuple[npt.NDArray[Any], Sequence[str]]:
    """The odds band of each price, [rows], as a place among the names of all bands."""
    names = [f"{low:g} to {high:g}" for low, high in pairwise(ODDS_EDGES[:-1])]
    names.append(f"{ODDS_EDGES[-2]:g} and over")
    return np.searchsorted(ODDS_EDGES, odds, side="right") - 1, names


def _labels(column: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Sequence[str]]:
    names, index = np.unique(column.astype(str), return_inverse=True)
    return index.reshape(-1), [str(name) for name in names]


def _some_races(
    frame: pd.DataFrame, most_races: int, generator: np.random.Generator
) -> pd.DataFrame:
    races = Races.of(frame["race_id"].to_numpy())
    if len(races) <= most_races:
        return frame
    chosen = np.zeros(len(races), dtype=bool)
    chosen[generator.choice(len(races), most_races, replace=False)] = True
    return frame[races.keep(chosen)[0]]


def _judgement(loss: Estimate) -> Judgement:
    if np.isnan(loss.high):
        return "not measured"
    if loss.high < 0:
        return "hurts"
    return "helps" if loss.low > 0 else "adds nothing"
