"""Hong Kong's last race days lived one by one, and what the ledger says at their end.

    VELO_HOME=... python -m benchmarks.replay --days 60

Needs the real files (see tests/real). A home without a model gets one of the days before: loaded,
built, applied and trained. Each day is built and materialized, its card predicted online and
offline, its results loaded and settled. At the end the same days are backtested on tables that are
built as known, and the two are set against one another.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from datetime import date
from pathlib import Path

import numpy as np


def main() -> None:
    """Print what differed, the ledger's figures and the seconds by stage."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=60)
    chosen = parser.parse_args()
    from tests.real.against_backtest import BUCKETS, backtested, largest_difference
    from tests.real.hong_kong_days import LIVE, Days, differences, race_days, trained
    from training.data.dataset import feature_store
    from training.scoring import stored_model
    from velo import settings
    from velo.errors import ModelError
    from velo.home import Home
    from velo.live.journal import predictions
    from velo.live.ledger_view import view_ledger
    from velo.offline.build import build
    from velo.store.online.materialize import materialize

    def bring(day: date) -> None:
        lived.timed("materialize", lambda: materialize(home, own, feature_store(), day))

    home, own = Home.current(), settings.load(live=LIVE)
    days = race_days()[-chosen.days :]
    folder = Path(tempfile.mkdtemp())
    try:
        lived = Days(home, own, folder)
        stored = stored_model(home, "challenger")
    except ModelError:
        lived = trained(folder, own, days[0])
        stored = stored_model(home, "challenger")
    print(
        f"version {stored.version}, trained on days before {stored.train_end}; lived are "
        f"{days[0]} to {days[-1]}"
    )
    differ = 0
    for number, day in enumerate(days):
        if number:
            lived.timed("build", lambda: build(home, own))
        bring(day)
        online = lived.predict(day).predictions
        offline = lived.predict(day, offline=True).predictions
        differing = differences(online, offline)
        differ += len(differing)
        for each in differing[:3]:
            print("  differs:", each)
        new = sum("horse" in each.unknown for race in online for each in race.runners)
        counts = lived.settle(lived.results(day), at=day).days[0]
        book = lived.timed("ledger", lambda: view_ledger(home, own))
        print(
            f"{day}: {counts['races']} races, {counts['runners']} runners, {counts['bets']} bets, "
            f"{counts['profit']:+.1f}; "
            f"horses never seen {new}, unmatched {counts['unmatched']}, "
            f"waiting {counts['waiting']}; "
            f"{len(book.bets)} bets in all",
            flush=True,
        )
    print(
        f"values online that are not the offline ones, bit for bit: {differ}, of "
        f"{len(predictions(home.ledger))} predictions"
    )
    done = backtested(lived)
    print(
        "largest differences of ledger and backtest:", json.dumps(largest_difference(lived, done))
    )
    print(f"races that no backtest has: {done.left_out}")
    for name in BUCKETS:
        print(name, json.dumps(done.ledger[name].to_dict()))
    book = view_ledger(home, own)
    print("ledger, all races:", json.dumps(book.figures(own)[-1].to_dict()))
    for stage, taken in lived.seconds.items():
        print(
            f"{stage:<16} {len(taken):>3} times: median {np.median(taken):.2f} s, "
            f"most {max(taken):.2f} s, in all {sum(taken):.1f} s"
        )


if __name__ == "__main__":
    main()
