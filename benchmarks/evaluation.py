"""Seconds of everything that is resampled, fitted or shuffled to judge a model.

python -m benchmarks.evaluation --races 200000
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from training.blending import blend, calibration
from training.blending.calibration import Uncalibrated
from training.blending.calibration_choice import Forecast, Sides, Trials
from training.data.inputs import Inputs
from training.judging import betting, diagnosis
from training.judging.betting import Bets
from training.model import scorer
from training.model.model import Fundamental, Model
from training.statistics import calibration_curve, likelihood
from training.statistics.bootstrap import Resampling
from training.statistics.paired import paired_gain
from training.statistics.races import Races
from training.statistics.sample import Sample
from velo.settings import Ranker

FEATURES = tuple(f"x{number}" for number in range(21))
FITTED_ON = 20_000
RACES_A_DAY = 50


def main() -> None:
    """Simulate a world and print what each step took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--races", type=int, default=200_000)
    options.add_argument("--draws", type=int, default=2_000)
    given = options.parse_args()
    frame, races = world(given.races)
    print(f"{len(races):,} races, {races.n:,} runners, {given.draws:,} draws")
    print(f"world: peak {peak():.2f} GB\n")
    print("| step | seconds | of one core, s | peak GB |\n| --- | --- | --- | --- |")
    for name, step in steps(frame, races, given.draws).items():
        begun, busy = time.perf_counter(), time.process_time()
        step()
        seconds, cpu = time.perf_counter() - begun, time.process_time() - busy
        print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {peak():.2f} |", flush=True)


def world(count: int) -> tuple[pd.DataFrame, Races]:
    """Runners of `count` races whose market knows a part of their strength."""
    rng = np.random.default_rng(1)
    races = Races.of(np.repeat(np.arange(count), rng.integers(6, 15, count)))
    columns = rng.standard_normal((races.n, len(FEATURES)), dtype=np.float32)
    strength = 0.5 * columns[:, 0] + 0.4 * columns[:, 1] + 0.6 * columns[:, 2]
    run = strength + rng.gumbel(size=races.n)
    market = races.softmax(0.4 * columns[:, 1] + 0.6 * columns[:, 2].astype(np.float64))
    odds = 1 / (1.15 * market)
    day = np.datetime64("2010-01-01", "D") + races.index // RACES_A_DAY
    frame = pd.DataFrame(columns, columns=list(FEATURES)).assign(
        race_id=races.index,
        horse_id=np.arange(races.n),
        date=day,
        win_share=(run == races.broadcast(races.max(run))).astype(np.float64),
        decision_odds=np.maximum(odds, 1.01),
        log_model=races.log_softmax(0.5 * columns[:, 0] + 0.4 * columns[:, 1].astype(np.float64)),
        p_market=market,
    )
    return frame, races


def steps(frame: pd.DataFrame, races: Races, draws: int) -> dict[str, Callable[[], Any]]:
    """What is measured, by name."""
    column, fair, won, odds = (
        frame[name].to_numpy(dtype=np.float64)
        for name in ("log_model", "p_market", "win_share", "decision_odds")
    )
    rows, dates = frame["date"].to_numpy(), races.first(frame["date"].to_numpy())
    fitted = blend.benter(column, fair, won, races)
    opponent = blend.power_market(fair, won, races)
    p, against = (
        fitted.probabilities(column, fair, races),
        opponent.probabilities(None, fair, races),
    )
    predictions = frame[["race_id", "horse_id", "date", "win_share"]].assign(p=p)
    side = Sides(Forecast(p, won, races, dates), Forecast(against, won, races, dates))
    ids = frame["race_id"].to_numpy()
    bets = Bets.struck(p * odds > 1, won, odds, fair, ids, rows)
    model = small_model(frame, races, fitted, opponent)
    fold = frame[frame["race_id"] >= 0.8 * len(races)].assign(priced=True)

    def score(shuffled: pd.DataFrame) -> Any:
        return model.predict(shuffled)["p"].to_numpy(dtype=np.float64)

    return {
        "delta_ll with its interval": lambda: likelihood.delta_ll(
            p, against, won, races, dates, Resampling(draws, 1)
        ),
        "ROI with its interval": lambda: betting.roi(bets, 0.02, Resampling(draws, 1)),
        "A/E with its interval": lambda: betting.ae_ratio(bets, Resampling(draws, 1)),
        "calibration slope": lambda: calibration_curve.calibration_slope(p, won, rows),
        "blend: fit": lambda: blend.benter(column, fair, won, races),
        "blend: intervals": lambda: blend.intervals(
            fitted, column, fair, won, races, dates, Resampling(draws, 1)
        ),
        "isotonic: fit": lambda: calibration.fit("isotonic", p, won, races),
        "beta: fit": lambda: calibration.fit("beta", p, won, races),
        "calibrators of one fold, both sides": lambda: Trials().tried_on(3, side, side, "auto"),
        "paired gain of two models": lambda: paired_gain(
            predictions, predictions.assign(p=against), Resampling(draws, 1)
        ),
        "permutation of 21 features": lambda: diagnosis.contributions(
            fold, FEATURES, score, Resampling(draws, 1)
        ),
    }


def small_model(
    frame: pd.DataFrame, races: Races, fitted: blend.Blend, opponent: blend.Blend
) -> Model:
    """A boosted model of a hundred rounds, fitted on the first races."""
    rows, some = races.keep(np.arange(len(races)) < FITTED_ON)
    part = frame[rows]
    params, inputs = Ranker(), Inputs(FEATURES)
    sample = Sample(
        part[list(FEATURES)].to_numpy(dtype=np.float32),
        part["win_share"].to_numpy(dtype=np.float64),
        some,
        None,
    )
    boosted = scorer.fit("conditional_logit", sample, inputs, params, 1, rounds=100)
    fundamental = Fundamental(inputs, boosted, 1.0, starts_from_market=False)
    return Model(fundamental, "shin", fitted, opponent, Uncalibrated(), Uncalibrated())


def peak() -> float:
    """Peak memory of the process so far, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    main()
