"""The ledger: what became of every prediction. A pure function of predictions and results.

Nothing of it is stored. Results that come late, twice or corrected give the ledger that they would
have given at once; of each race the last prediction before its off counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from velo.live.journal import Prediction
from velo.racing import places, settlement

SETTLED_AT = ("sp", "bsp")
OPEN, UNMATCHED, DOUBTFUL, VOID, WITHDRAWN, RAN = (
    "open",
    "unmatched",
    "doubtful",
    "void",
    "withdrawn",
    "ran",
)
"""What became of a runner: no result yet; a result of its race but none of it; a race without one
winner that makes sense; a void race; a horse that was taken out; a start."""
UNPRICED = "unpriced"
"""A bet whose runner ran and that has no price to settle at."""

_COLUMNS = (
    "race_id",
    "horse_id",
    "day",
    "course",
    "off",
    "horse",
    "version",
    "revision",
    "backfill",
    "indicative",
    "price_kind",
    "settlement",
    "strategy",
    "rank",
    "odds",
    "p_model",
    "p_market",
    "p_market_power",
    "p",
    "verdict",
    "stakes",
)


def counting(
    predictions: Sequence[Prediction], backfilled: bool = False, version: str | None = None
) -> list[Prediction]:
    """Of each race the last prediction that was made before its off.

    Args:
        predictions: any, in any order.
        backfilled: whether, in a race without such, the last one made after the off counts.
        version: of the model, where one alone is asked for.
    """
    last: dict[int, Prediction] = {}
    for each in sorted(predictions, key=lambda each: (not each.backfill, each.revision)):
        if (backfilled or not each.backfill) and version in (None, each.version):
            last[each.race_id] = each
    return sorted(last.values(), key=lambda each: (each.day, each.race_id))


def runners(predictions: Sequence[Prediction], outcomes: pd.DataFrame) -> pd.DataFrame:
    """Every predicted runner with what became of it, by day, race and horse.

    Args:
        predictions: one a race.
        outcomes: as `velo.live.outcomes` reads them.

    Returns:
        The prediction's columns, `state` (one of `OPEN` to `RAN`), and of runners with a result
        `win_share`, `finish`, `ran`, `handicap`, `sp`, `bsp`; `whole` where the starters of the
        race are all predicted and all known.
    """
    rows = _rows(predictions).merge(outcomes, on=["race_id", "horse_id"], how="left")
    by_race = outcomes.drop_duplicates("race_id").set_index("race_id")
    of_race, doubt = (rows["race_id"].map(by_race[name]) for name in ("ran", "doubt"))
    rows["state"] = np.select(
        [
            of_race.isna(),
            doubt.notna(),
            of_race == 0,
            rows["status"].isna(),
            rows["status"] == "withdrawn",
            rows["status"] == "void",
        ],
        [OPEN, DOUBTFUL, VOID, UNMATCHED, WITHDRAWN, VOID],
        RAN,
    )
    starters = (rows["state"] == RAN).groupby(rows["race_id"]).transform("sum")
    lost = rows["state"].isin((UNMATCHED, DOUBTFUL)).groupby(rows["race_id"]).transform("any")
    won = rows["win_share"].fillna(0).groupby(rows["race_id"]).transform("sum")
    rows["whole"] = ((starters == of_race) & ~lost & (won > 0.5)).to_numpy(dtype=bool)
    return rows.drop(columns=["status", "doubt"])


def _rows(predictions: Sequence[Prediction]) -> pd.DataFrame:
    """A row a predicted runner."""
    rows = pd.DataFrame(
        [
            (
                race.race_id,
                each.horse_id,
                race.day,
                race.course,
                race.off,
                each.horse,
                race.version,
                race.revision,
                race.backfill,
                race.indicative,
                race.price_kind,
                race.settlement,
                race.strategy,
                each.rank,
                each.odds,
                each.p_model,
                each.p_market,
                each.p_market_power,
                each.p,
                each.verdict,
                each.stakes,
            )
            for race in predictions
            for each in race.runners
        ],
        columns=list(_COLUMNS),
    )
    numbers = ["odds", "p_model", "p_market", "p_market_power", "p"]
    return rows.astype(
        dict.fromkeys(numbers, np.float64) | {"race_id": np.int64, "horse_id": np.int64}
    )


def bets(
    runners: pd.DataFrame,
    commission: Mapping[str, float],
    strategy: str | None = None,
    settled_at: str | None = None,
) -> pd.DataFrame:
    """The runners that were backed, settled at the starting price and at the exchange's.

    Args:
        runners: as `runners` gives them.
        commission: kind of price -> share of a race's net winnings.
        strategy: whose bets; by default those that each prediction printed.
        settled_at: one of `SETTLED_AT` for every bet; by default the kind of price that each
            prediction's model was judged on.

    Returns:
        Their columns, `stake` (points), `profit_sp` and `profit_bsp` (points, net; NaN where the
        bet cannot be settled so, 0 where it is returned), and at the kind that it is settled at
        `paid_odds`, `profit` and `outcome`: `ran` where it is settled, else why not.
    """
    stakes = np.array(
        [
            each.get(strategy or own, 0.0)
            for each, own in zip(runners["stakes"], runners["strategy"], strict=True)
        ],
        dtype=np.float64,
    )
    frame = runners[stakes > 0].reset_index(drop=True).assign(stake=stakes[stakes > 0])
    ran = (frame["state"] == RAN).to_numpy(dtype=bool)
    returned = frame["state"].isin((VOID, WITHDRAWN)).to_numpy(dtype=bool)
    for kind in SETTLED_AT:
        odds = np.where(ran, frame[kind].to_numpy(dtype=np.float64), np.nan)
        profit = settlement.settle(
            frame["win_share"].fillna(0).to_numpy(dtype=np.float64),
            odds,
            frame["race_id"].to_numpy(),
            commission.get(kind, 0.0),
            frame["stake"].to_numpy(dtype=np.float64),
        )
        frame[f"profit_{kind}"] = settlement.with_returns(profit, returned)
    if settled_at is not None:
        frame["settlement"] = settled_at
    by_exchange = (frame["settlement"] == "bsp").to_numpy(dtype=bool)
    frame["paid_odds"] = np.where(by_exchange, frame["bsp"], frame["sp"]).astype(np.float64)
    frame["profit"] = np.where(by_exchange, frame["profit_bsp"], frame["profit_sp"])
    frame["outcome"] = np.where(ran & np.isnan(frame["profit"]), UNPRICED, frame["state"])
    return frame


def placed(bets: pd.DataFrame) -> np.ndarray:
    """Which bets' horses came in a place that bookmakers pay, bool[bets]."""
    finish = bets["finish"].to_numpy(dtype=np.float64)
    ran = bets["ran"].fillna(0).to_numpy(dtype=np.int64)
    paid, _ = places.place_terms(ran, bets["handicap"].eq(True).to_numpy(dtype=bool))
    return np.asarray(np.nan_to_num(finish, nan=np.inf) <= np.maximum(paid, 1))


def counts(bets: pd.DataFrame) -> dict[str, int]:
    """Bets by outcome, every outcome named."""
    by_outcome: dict[Any, int] = bets["outcome"].value_counts().to_dict()
    return {
        each: int(by_outcome.get(each, 0))
        for each in (RAN, WITHDRAWN, VOID, UNMATCHED, UNPRICED, DOUBTFUL, OPEN)
    }
