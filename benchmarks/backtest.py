"""The backtest's own part: predictions in memory in, the report out.

    python -m benchmarks.backtest --runners 2000000

Random predictions of an efficient market over ten years, every built-in strategy and three declared
ones (each way, fractional Kelly, level to win), 2,000 draws by race day and 1,000 random
selections. Prints seconds and the process's peak memory beside what the predictions alone take.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date

import numpy as np
import pandas as pd

from backtest.cutoffs import Learned
from backtest.periods import Period
from backtest.report import BacktestTerms, Origin, backtest
from backtest.report_schema import Returned, Withdrawals
from training.statistics.bootstrap import Resampling
from velo.settings import OddsBand, Stake, Strategy

YEARS = 10
FIRST = date(2015, 1, 1)
DECLARED = {
    "each_way": Strategy(min_edge=0.05, each_way=True),
    "kelly": Strategy(min_edge=0.0, stake=Stake(plan="kelly", cap_race=0.05, cap_day=0.2)),
    "level": Strategy(top_share=0.2, stake=Stake(plan="level_to_win")),
}


def world(runners: int, seed: int = 1) -> pd.DataFrame:
    """Predictions of so many runners, about 9.5 a race."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(4, 16, runners // 9)
    sizes = sizes[: np.searchsorted(np.cumsum(sizes), runners)]
    race = np.repeat(np.arange(len(sizes)), sizes)
    rows = len(race)
    strength = np.exp(draw.normal(size=rows))
    p = strength / np.bincount(race, strength)[race]
    noisy = p * np.exp(draw.normal(0, 0.2, rows))
    speed = np.log(p) + draw.gumbel(size=rows)
    order = np.lexsort((-speed, race))
    finish = np.empty(rows)
    starts = np.cumsum(sizes) - sizes
    finish[order] = np.arange(rows) - np.repeat(starts, sizes) + 1
    odds = 1 / (p + 0.015)
    day = np.arange(len(sizes)) * 365 * YEARS // len(sizes)
    return pd.DataFrame(
        {
            "race_id": race,
            "horse_id": np.arange(rows),
            "date": (np.datetime64(FIRST) + day[race]).astype("datetime64[us]"),
            "course": np.array(["Ascot", "Kempton (AW)", "York"], dtype=object)[race % 3],
            "race_type": "Flat",
            "class_level": (race % 7 + 1).astype(float),
            "handicap": race % 2 == 0,
            "finish": finish,
            "win_share": (finish == 1).astype(float),
            "decision_odds": odds,
            "settlement_odds": odds,
            "p_market": p,
            "p_market_power": p,
            "p": noisy / np.bincount(race, noisy)[race],
        }
    )


def peak() -> float:
    """The process's peak memory, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, default=2_000_000)
    runners = parser.parse_args().runners
    frame = world(runners)
    before = peak()
    curve = dict(enumerate(np.linspace(0.4, -0.6, 99).tolist(), start=1))
    terms = BacktestTerms(
        "sp",
        "sp",
        0.02,
        OddsBand(),
        (Learned(FIRST, curve),),
        Resampling(2_000, 1),
        declared=DECLARED,
    )
    period = Period(FIRST, date(FIRST.year + YEARS, 1, 1))
    nothing = Withdrawals(horses=0, law="none", unsettleable_races=0)
    none = Returned(withdrawn=0, void=0, void_races=0)
    begun, spent = time.perf_counter(), time.process_time()
    report = backtest(frame, terms, period, Origin("1", "a" * 32, 0.3), nothing, none)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    bets = sum(each["bets"] for each in report["strategies"].values())
    print(
        f"{report['runners']:,} runners, {len(report['days']):,} race days, "
        f"{len(report['strategies'])} strategies, {bets:,} bets: {seconds:.1f} s "
        f"({cpu:.1f} s of CPU), peak {peak():.1f} GB, of which the predictions {before:.1f} GB"
    )


if __name__ == "__main__":
    main()
