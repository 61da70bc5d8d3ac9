"""The ledger: what became of every prediction. A pure function of predictions and results.

Nothing of it is stored. Results that come late, twice or corrected give the ledger that they would
have given at once; of each race the last prediction before its off counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from velo.arrays import Floats
from velo.live.closes import closes, closing_values
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
    "decision",
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
        `win_share`, `finish`, `ran`, `handicap`, `sp`, `bsp`, `close` and `close_kind` as `closes`
        has them; `whole` where the starters of the race are all predicted and all known.
    """
    keys = ["race_id", "horse_id"]
    known = outcomes.merge(closes(outcomes), on=keys, how="left")
    rows = _rows(predictions).merge(known, on=keys, how="left")
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
    return rows.drop(columns=["status", "doubt", "flag"])


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
                race.decision,
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
    exchange: Collection[str] = (),
) -> pd.DataFrame:
    """The runners that were backed, settled at the starting price and at the exchange's.

    A model that was judged on a fixed price is settled at the odds that it took, if they were of
    that kind.

    Args:
        runners: as `runners` gives them.
        commission: kind of price -> share of a race's net winnings.
        strategy: whose bets; by default those that each prediction printed.
        settled_at: one of `SETTLED_AT` for every bet; by default the kind of price that each
            prediction's model was judged on.
        exchange: kinds of price that are matched on the exchange.

    Returns:
        Their columns, `stake` (points), `profit_sp` and `profit_bsp` (points, net; NaN where the
        bet cannot be settled so, 0 where it is returned), and at the kind that it is settled at
        `paid_odds`, `profit` and `outcome`: `ran` where it is settled, else why not; `taken_odds`,
        `closing_value` and `at_close` as `closing_values` has them.
    """
    stakes = np.array(
        [
            each.get(strategy or own, 0.0)
            for each, own in zip(runners["stakes"], runners["strategy"], strict=True)
        ],
        dtype=np.float64,
    )
    frame = pd.concat([runners, _closing(runners, exchange)], axis="columns")[stakes > 0]
    frame = frame.reset_index(drop=True).assign(stake=stakes[stakes > 0])
    if settled_at is not None:
        frame["settlement"] = settled_at
    for kind in SETTLED_AT:
        frame[f"profit_{kind}"] = _profit(frame, frame[kind], commission.get(kind, 0.0))
    frame["paid_odds"], frame["profit"] = frame["sp"], frame["profit_sp"]
    for kind in set(frame["settlement"]) - {"sp"}:
        at = (frame["settlement"] == kind).to_numpy(dtype=bool)
        paid = frame[kind] if kind in SETTLED_AT else _fixed(frame, kind)
        profit = _profit(frame, paid, commission.get(kind, 0.0))
        frame.loc[at, "paid_odds"], frame.loc[at, "profit"] = paid[at], profit[at]
    ran = (frame["state"] == RAN).to_numpy(dtype=bool)
    frame["outcome"] = np.where(ran & np.isnan(frame["profit"]), UNPRICED, frame["state"])
    return frame


def _closing(runners: pd.DataFrame, exchange: Collection[str]) -> pd.DataFrame:
    state = runners["state"]
    lost = state.isin((UNMATCHED, DOUBTFUL)).groupby(runners["race_id"]).transform("any")
    ran, withdrawn = ((state == each).to_numpy(dtype=bool) for each in (RAN, WITHDRAWN))
    return closing_values(runners, ran, withdrawn, lost.to_numpy(dtype=bool), exchange)


def _fixed(frame: pd.DataFrame, kind: str) -> pd.Series:
    """The odds taken, where they are of a kind of price."""
    return frame["taken_odds"].where(frame["price_kind"] == kind)


def _profit(frame: pd.DataFrame, odds: pd.Series, commission: float) -> Floats:
    """Of each bet at some odds, [bets]; 0 where it is returned."""
    ran = (frame["state"] == RAN).to_numpy(dtype=bool)
    profit = settlement.settle(
        frame["win_share"].fillna(0).to_numpy(dtype=np.float64),
        np.where(ran, odds.to_numpy(dtype=np.float64), np.nan),
        frame["race_id"].to_numpy(),
        commission,
        frame["stake"].to_numpy(dtype=np.float64),
    )
    returned = frame["state"].isin((VOID, WITHDRAWN)).to_numpy(dtype=bool)
    return settlement.with_returns(profit, returned)


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
