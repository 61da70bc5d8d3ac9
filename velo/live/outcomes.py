"""What became of the runners of races, as the warehouse holds it now."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from training.data.excluded import MARKET_FLAGS
from velo.home import Home
from velo.offline.fragments import fragments, with_fragments
from velo.settings import Settings
from velo.warehouse.connection import warehouse

DOUBTFUL = ("no-winner", "two-winners")
"""Flags of a race whose result is not whole: its bets wait for a correction."""


def outcomes(home: Home, settings: Settings, races: Collection[int]) -> pd.DataFrame:
    """Every runner with a result in the races, by race and horse.

    Returns:
        `race_id`, `horse_id`, `status` (finished, non-finisher, withdrawn, void), `finish` (NaN
        without a position), `win_share` (1/k for each of k dead-heaters for first), `ran` (how many
        of the race came under orders), `handicap`, `doubt` (a flag of `DOUBTFUL`, None), `flag`
        (one of `MARKET_FLAGS`: the race's prices make no market; None), `sp` and `bsp` (NaN where
        there is none).

    Raises:
        NothingIngested: there is no warehouse.
        HomeError: it is in use.
    """
    with warehouse(home, settings.store, write=False) as con:
        results: pd.DataFrame = con.execute(
            with_fragments(_OUTCOMES, fragments(), __name__),
            {
                "races": sorted(races),
                "doubtful": list(DOUBTFUL),
                "no_market": list(MARKET_FLAGS),
            },
        ).df()
    return results


_OUTCOMES = """
WITH quoted AS (
    SELECT race_id, horse_id, max(decimal_odds) FILTER (kind = 'sp') AS sp,
        max(decimal_odds) FILTER (kind = 'bsp') AS bsp
    FROM prices
    WHERE kind IN ('sp', 'bsp') AND race_id IN (SELECT unnest($races))
    GROUP BY race_id, horse_id
),
doubts AS (
    SELECT race_id, min(flag) FILTER (flag IN (SELECT unnest($doubtful))) AS doubt,
        min(flag) FILTER (flag IN (SELECT unnest($no_market))) AS flag
    FROM race_flags GROUP BY race_id
)
SELECT results.race_id, results.horse_id, results.status, CAST(results.finish AS DOUBLE) AS finish,
    {win_share(won: results.finish = 1 AND results.status = 'finished')} AS win_share,
    count(*) FILTER (results.status IN ('finished', 'non-finisher')) OVER race AS ran,
    {is_handicap} AS handicap,
    doubts.doubt, doubts.flag, CAST(quoted.sp AS DOUBLE) AS sp, CAST(quoted.bsp AS DOUBLE) AS bsp
FROM results
JOIN races ON races.race_id = results.race_id
LEFT JOIN quoted ON quoted.race_id = results.race_id AND quoted.horse_id = results.horse_id
LEFT JOIN doubts ON doubts.race_id = results.race_id
WHERE results.race_id IN (SELECT unnest($races))
WINDOW race AS (PARTITION BY results.race_id)
ORDER BY results.race_id, results.horse_id
"""
