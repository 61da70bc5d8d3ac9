"""Every start of the warehouse as arrays, with what its race makes of it (feature-rules.md, Words).

Nothing of the offline tables is read or reused: this is the other side of the brute force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from velo.arrays import Floats, Integers


@dataclass(frozen=True, eq=False)
class History:
    """Starts in the order in which they were run; every array has one entry a start.

    Attributes:
        day: days since 1970.
        race: number of the race, counted up in the order of the starts.
        ids: `race_id`, `horse_id` and the other keys as the warehouse has them.
        keys: for each key a whole number that stands for it, -1 where it is unknown.
        facts: numbers as they were told, NaN where they were not.
        win: share of the win.
        percentile: finishing percentile.
        n: starters in the race.
        third: of the stalls, NaN without one.
        first_of_race: place of each race's first start.
        winning_seconds: for each race its winner's seconds, NaN where nobody timed it.
    """

    day: Integers
    race: Integers
    ids: dict[str, Integers]
    keys: dict[str, Integers]
    facts: dict[str, Floats]
    win: Floats
    percentile: Floats
    n: Integers
    third: Floats
    first_of_race: Integers
    winning_seconds: Floats

    def before(self, day: int) -> int:
        """How many starts were run before a day; they stand in front of the others."""
        return int(np.searchsorted(self.day, day))


KEYS = ("horse_id", "trainer_id", "jockey_id", "course_id")
TEXTS = ("surface", "distance_band", "going_group", "region")
FACTS = (
    "finish",
    "seconds",
    "ts",
    "rpr",
    "pounds",
    "official_rating",
    "draw",
    "distance_m",
    "declared_level",
    "prize",
)


def read_history(con: duckdb.DuckDBPyConnection, until: date | None) -> History:
    """Read the starts of a warehouse.

    A percentile is not below 0: a file that misses runners may place a horse behind its field.

    Args:
        con: an open warehouse.
        until: the last race day, or None for all.
    """
    limit = f"AND races.date <= DATE '{until.isoformat()}'" if until else ""
    texts = ", ".join(f"races.{name}" for name in TEXTS)
    frame = con.execute(f"""
        SELECT races.race_id, CAST(races.date - DATE '1970-01-01' AS BIGINT) AS day,
            horse_id, trainer_id, jockey_id, races.course_id, {texts},
            finish, seconds, ts, rpr, pounds, official_rating, draw, races.distance_m,
            races.declared_level, races.prize
        FROM results
        JOIN runners USING (race_id, horse_id)
        JOIN races USING (race_id)
        WHERE status IN ('finished', 'non-finisher') {limit}
        ORDER BY races.date, coalesce(races.off, ''), coalesce(races.race_no, 0), race_id, horse_id
    """).df()
    race_ids = frame["race_id"].to_numpy(np.int64)
    race = np.cumsum(np.r_[False, race_ids[1:] != race_ids[:-1]]).astype(np.int64)
    first = np.flatnonzero(np.r_[True, race_ids[1:] != race_ids[:-1]]).astype(np.int64)
    facts = {name: frame[name].to_numpy(np.float64, na_value=np.nan) for name in FACTS}
    won = facts["finish"] == 1
    n = np.bincount(race)[race]
    winners = np.bincount(race, won)[race]
    with np.errstate(divide="ignore", invalid="ignore"):
        win = np.where(won, 1 / winners, 0.0)
        placed = np.where(n == 1, 1.0, 1 - (facts["finish"] - 1) / (n - 1))
    rank = pd.Series(facts["draw"]).groupby(race).rank(method="min").to_numpy(np.float64)
    timed = pd.Series(np.where(won, facts["seconds"], np.nan)).groupby(race).min()
    return History(
        day=frame["day"].to_numpy(np.int64),
        race=race,
        ids={"race_id": race_ids, "horse_id": frame["horse_id"].to_numpy(np.int64)},
        keys={name: _numbered(frame[name]) for name in (*KEYS, *TEXTS)},
        facts=facts,
        win=win,
        percentile=np.where(np.isnan(facts["finish"]), 0.0, np.maximum(placed, 0.0)),
        n=n.astype(np.int64),
        third=np.ceil(3 * rank / n),
        first_of_race=first,
        winning_seconds=np.asarray(timed, dtype=np.float64),
    )


def _numbered(values: pd.Series[Any]) -> Integers:
    codes, _ = pd.factorize(values)
    return np.asarray(codes, dtype=np.int64)
