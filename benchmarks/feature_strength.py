"""What each feature of the service says alone: missing values, and strength out of fold.

    VELO_HOME=... python -m benchmarks.feature_strength --holdout-days 365

Needs a home that is built and applied. Prints the periods and a Markdown table, a row a feature:
shares of missing values (unexplained, structural, cold start) and gains of race log-likelihood in
millinats a race with their 95% intervals by race day. The last `--holdout-days` are left out of
everything. Priors are fitted on the days before the first fold's; a fold is judged by what the
days before it taught (`training/walk/feature_strength.py`).
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.data.dataset import Dataset
    from training.data.nulls import NullCount
    from training.statistics.bootstrap import Estimate
    from training.walk.feature_strength import FeatureStrength

HEAD = (
    "feature",
    "unexpl.",
    "struct.",
    "cold",
    "flag alone",
    "line",
    "weight",
    "rank",
    "curve",
    "line over market",
    "weight beside it",
    "curve over market",
)


def main() -> None:
    """Print one row a feature as Markdown, each when it is done."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--holdout-days", type=int, default=365, help="left out of everything")
    chosen = parser.parse_args()
    from training.data.dataset import before_the_holdout
    from training.walk import walk_forward
    from training.walk.feature_strength import measure
    from velo import settings
    from velo.home import Home

    own = settings.load()
    data = before_the_holdout(Home.current(), own, chosen.holdout_days)
    devig = walk_forward.choose_devig(data, own)
    print(f"{_periods(data)}; {data.decision} de-vigged by {devig}.\n")
    print(f"| {' | '.join(HEAD)} |\n{'| --- ' * len(HEAD)}|", flush=True)
    for feature in data.features:
        begun = time.perf_counter()
        print(
            _row(data.nulls[feature], measure(data, feature, own, devig), len(data.plan.folds)),
            flush=True,
        )
        print(f"{feature}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def _periods(data: Dataset) -> str:
    plan, folds, frame = data.plan, data.plan.folds, data.frame
    judged = frame[frame["date"] >= str(folds[0].test_start)]
    starts = ", ".join(str(fold.test_start) for fold in folds)
    return (
        f"{len(frame):,} runners in {frame['race_id'].nunique():,} races from {plan.history_end} "
        f"to {plan.train_end - timedelta(days=1)}; {judged['race_id'].nunique():,} races judged "
        f"({judged.loc[judged['priced'], 'race_id'].nunique():,} against the market) in "
        f"{len(folds)} folds that begin on {starts}"
    )


def _row(nulls: NullCount, strength: FeatureStrength, folds: int) -> str:
    missing = (nulls.unexplained, nulls.structural, nulls.cold_start)
    cells = (
        f"`{strength.feature}`",
        *(f"{count / nulls.rows:.1%}" for count in missing),
        _millinats(strength.flag) if nulls.unexplained + nulls.structural else "-",
        _millinats(strength.line),
        f"{strength.weight:+.3f} ({strength.agreeing}/{folds})",
        _millinats(strength.rank),
        _millinats(strength.curve),
        _millinats(strength.line_over_market),
        _interval(strength.weight_over_market, 1.0, "+.3f"),
        _millinats(strength.curve_over_market),
    )
    return f"| {' | '.join(cells)} |"


def _millinats(gain: Estimate) -> str:
    return _interval(gain, 1000.0, "z.1f")


def _interval(estimate: Estimate, scale: float, shape: str) -> str:
    value, low, high = (
        format(scale * x, shape) for x in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} ({low} to {high})"


if __name__ == "__main__":
    main()
