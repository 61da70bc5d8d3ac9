"""That today's price path knows no price from after the decision, and which features read a price.

A price of the race itself is in no table, so the tables' worlds show nothing of it. Here the prices
that stood after the decision are taken away, poisoned or dealt out anew, and every path must stay
as it is. Which features read today's price at all is found by dealing out the odds of a day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from training.data.todays_prices import PricedStarts
from velo.arrays import Flags, Floats
from velo.audit.differences import Compared
from velo.audit.feature_differences import compare_features
from velo.audit.rebuilding import write_entries
from velo.audit.retrieval import Retrieval
from velo.audit.worlds import odds_shuffled, unaltered
from velo.disk.pattern import as_pattern
from velo.home import Home
from velo.offline.spine import Spine
from velo.racing.price_path import COLUMNS
from velo.settings import Settings
from velo.sql_text import literal

VIEW = "todays_prices"
NONSENSE = 999.0


def priced_starts(home: Home, settings: Settings) -> PricedStarts:
    """Those of the current build, at the settings' decision price.

    Raises:
        NothingBuilt: the build is from before there were offs in it.
    """
    spine, prices = Spine(home), settings.prices
    end = spine.last_day + timedelta(days=1)
    return PricedStarts.read(spine, spine.first_day, end, prices.decision, prices.clock)


def compare_paths(home: Home, starts: PricedStarts, seed: int) -> list[Compared]:
    """Compare every path with what it is once later prices are others.

    Args:
        home: whose build names the runners.
        starts: with all their prices.
        seed: of the dealing.
    """
    runners = (
        Spine(home)
        .connect()
        .execute(
            "SELECT race_id, CAST(event_timestamp AS TIMESTAMP) AS date, course, horse "
            "FROM entries WHERE was_run ORDER BY event_timestamp, race_id, horse_id"
        )
        .df()
    )
    expected = starts.paths().to_pandas()
    worlds: dict[str, Callable[[Floats], Floats]] = {
        "cut": lambda odds: np.full(odds.shape, np.nan),
        "poison": lambda odds: np.full(odds.shape, NONSENSE),
        "shuffle": np.random.default_rng(seed).permutation,
    }
    return [
        each
        for proof, alter in worlds.items()
        for each in compare_features(
            expected,
            _with_later(starts, alter).paths().to_pandas(),
            runners,
            {VIEW: COLUMNS},
            proof,
            f"{proof} after the decision",
            0.0,
        )
    ]


def _with_later(starts: PricedStarts, alter: Callable[[Floats], Floats]) -> PricedStarts:
    decided = starts.minutes[starts.decision]
    altered = {}
    for kind, odds in starts.odds.items():
        later: Flags = starts.minutes[kind] < decided
        altered[kind] = odds.copy()
        altered[kind][later] = alter(odds[later])
    return replace(starts, odds=altered)


def readers_of_todays_price(
    home: Home,
    settings: Settings,
    repo: Path,
    retrieval: Retrieval,
    starts: PricedStarts | None,
    day: date,
    seed: int,
    scratch: Path,
) -> list[str]:
    """The features that are others once the odds of a day are dealt out anew.

    Args:
        home, settings, repo: of the audit.
        retrieval: of the audited service; afterwards it has the paths of `starts` again.
        starts: with all their prices; None where the service asks for no path.
        day: whose odds are dealt.
        seed: of the dealing.
        scratch: an empty folder's path to put a file in.
    """
    where = f"was_run AND event_timestamp = TIMESTAMPTZ '{day} 00:00:00+00'"
    files = [scratch / "entries.parquet", scratch / "entries-dealt.parquet"]
    for file, alter in zip(files, (unaltered, odds_shuffled(day, seed)), strict=True):
        write_entries(home, settings, repo, day, alter, file)
    entries = [f"read_parquet({literal(as_pattern(file))})" for file in files]
    before = retrieval.offline(where, entries[0])
    if starts is not None:
        dealer = np.random.default_rng(seed)
        dealt = {kind: dealer.permutation(odds) for kind, odds in starts.odds.items()}
        retrieval.price(replace(starts, odds=dealt))
    after = retrieval.offline(where, entries[1])
    if starts is not None:
        retrieval.price(starts)
    return [name for name in retrieval.declared.features if not _alike(before[name], after[name])]


def _alike(before: pd.Series, after: pd.Series) -> bool:
    return bool(((before == after) | (before.isna() & after.isna())).all())
