"""Each blend walked forward by calendar year: what it adds to the market, year by year and in all.

    python -m benchmarks.blends --first 2013 --until 2021-01-01

The first year's scores only teach the blend. A year is judged by blend and power-calibrated market
of the years before it, without calibrators. No row from `--until` on is read, so nothing there is
looked at. Gains are in thousandths of a nat a race, with 95% by race day.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from training.blending import blend, blend_choice
from training.blending.calibration_choice import Trials
from training.data.dataset import Dataset, gather
from training.data.folds import Fold, Plan
from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Resampling
from training.statistics.races import Races
from training.walk import evaluation
from training.walk.recipe import Recipe
from velo import settings
from velo.arrays import Floats
from velo.home import Home
from velo.offline.spine import Spine
from velo.settings import Settings


@dataclass(frozen=True, eq=False)
class Year:
    """One year's predictions: the blend's column as it counts, and log-likelihoods a race."""

    year: int
    races: Races
    dates: np.ndarray
    column: Floats
    fair: Floats
    won: Floats
    model: Floats
    market: Floats
    power: Floats
    blended: Floats
    uniform: Floats


def by_year(first_day: date, first: int, until: date, history_days: int) -> Plan:
    """A fold a calendar year from `first` on; the days before it are the first training days."""
    start = first_day + timedelta(days=history_days)
    years = range(first, until.year)
    folds = tuple(
        Fold(number, start, date(year, 1, 1), date(year, 1, 1), date(year + 1, 1, 1))
        for number, year in enumerate(years, start=1)
    )
    return Plan(start, folds, until, until, until + timedelta(days=1))


def judged(data: Dataset, chosen: Settings) -> Iterator[Year]:
    """Every year but the first, as the years before it blend it."""
    oof = Recipe.of(data, chosen).out_of_fold(data)
    frame = oof.frame[oof.frame["priced"]]
    for fold in data.plan.folds[1:]:
        known, own = frame[frame["fold"] < fold.number], frame[frame["fold"] == fold.number]
        fitted = evaluation.fit_blend(known, chosen, Trials())
        races = Races.of(own["race_id"].to_numpy())
        column, fair, won = (own[name].to_numpy(float) for name in evaluation.COLUMNS)

        def nats(p: Floats, races: Races = races, won: Floats = won) -> Floats:
            return races.log_likelihood(p, won)

        yield Year(
            fold.test_start.year,
            races,
            races.first(own["date"].to_numpy()),
            fitted.blend.scaled(column, fair),
            fair,
            won,
            nats(races.softmax(column)),
            nats(fair),
            nats(fitted.power_market.probabilities(None, fair, races)),
            nats(fitted.blend.probabilities(column, fair, races)),
            nats(races.uniform()),
        )


def row(mode: str, label: str, years: list[Year], resampling: Resampling) -> str:
    """One line of the table."""
    model, fair, power, blended, uniform = (
        np.concatenate([getattr(year, name) for year in years])
        for name in ("model", "market", "power", "blended", "uniform")
    )
    dates = np.concatenate([year.dates for year in years])
    total = uniform.sum()
    gain = bootstrap.mean(1000 * (blended - power), Days.of(dates), resampling)
    races = Races.of(
        np.repeat(np.arange(len(dates)), np.concatenate([y.races.sizes for y in years]))
    )
    column, market, won = (
        np.concatenate([getattr(year, name) for year in years])
        for name in ("column", "fair", "won")
    )
    slope = blend.slope(
        blend.Blend("residual", 1.0, 1.0), column, market, won, races, dates, resampling
    )
    alone = "" if mode == "residual" else f"{1 - model.sum() / total:.4f}"
    return (
        f"| {mode} | {label} | {len(dates):,} | {alone} | {1 - fair.sum() / total:.4f} "
        f"| {1 - power.sum() / total:.4f} | {(power - blended).sum() / total:+.4f} "
        f"| {gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f}) "
        f"| {slope.value:+.2f} ({slope.low:+.2f} to {slope.high:+.2f}) |"
    )


def main() -> None:
    """Print the table of the home that is in force."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=2013)
    parser.add_argument("--until", type=date.fromisoformat, default=date(2021, 1, 1))
    parser.add_argument("--blends", nargs="+", default=blend_choice.MODES)
    parser.add_argument("--service")
    given = parser.parse_args()
    home, base = Home.current(), settings.load()
    if given.service:
        own = base.training.model_copy(update={"service": given.service})
        base = base.model_copy(update={"training": own})
    plan = by_year(Spine(home).first_day, given.first, given.until, base.training.history_days)
    data = gather(home, base, plan, given.until)
    print(f"{len(data.frame):,} runners, {len(data.features)} features, {base.training.service}\n")
    print("| blend | year | races | R² model | R² market | R² power | delta R² | gain | slope |")
    print("| --- " * 9 + "|")
    for mode in given.blends:
        begun = time.perf_counter()
        training = base.training.model_copy(update={"blend": mode})
        chosen = base.model_copy(update={"training": training})
        years, resampling = list(judged(data, chosen)), Resampling.of(training)
        for year in years:
            print(row(mode, str(year.year), [year], resampling))
        print(row(mode, "all", years, resampling), flush=True)
        print(f"<!-- {mode}: {time.perf_counter() - begun:.0f} s -->", flush=True)


if __name__ == "__main__":
    main()
