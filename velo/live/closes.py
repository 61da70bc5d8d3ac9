"""What the odds of predicted runners were worth at the close of their races."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from velo.arrays import Flags, Floats
from velo.racing.closing import Close
from velo.racing.withdrawals import Law, law_of, paid_odds

STARTED = ("finished", "non-finisher")
DEDUCTING: tuple[Law, ...] = ("rule 4", "reduction factor")


def closes(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The close of every race that has one, over all of its starters, predicted or not.

    A race that ingest flagged as no market has none, whatever its prices.

    Args:
        outcomes: as `velo.live.outcomes` reads them, whole races in any order.

    Returns:
        One row a starter: `race_id`, `horse_id`, `close` (de-vigged chance, NaN without a close)
        and `close_kind` (`bsp`, `sp`, empty).
    """
    started = outcomes[outcomes["status"].isin(STARTED)].sort_values("race_id", kind="stable")
    race = started["race_id"].to_numpy()
    no_market = started["flag"].notna().to_numpy()
    bsp, sp = (
        np.where(no_market, np.nan, started[kind].to_numpy(dtype=np.float64))
        for kind in ("bsp", "sp")
    )
    offsets = np.flatnonzero(np.append(True, race[1:] != race[:-1])[: len(race)])
    close = Close.of(bsp, sp, offsets)
    return started[["race_id", "horse_id"]].assign(close=close.chance, close_kind=close.kind)


def closing_values(
    runners: pd.DataFrame, ran: Flags, withdrawn: Flags, unsure: Flags, exchange: Collection[str]
) -> pd.DataFrame:
    """What each runner's odds are worth after withdrawals, and at the close.

    Args:
        runners: whole predicted races: `race_id`, `odds`, `price_kind`, `close`, `close_kind`.
        ran, withdrawn: which of them started, and which were taken out after the odds.
        unsure: those of races of which a predicted runner is lost: it may have been withdrawn.
        exchange: kinds of price that are matched on the exchange.

    Returns:
        [runners]: `taken_odds` (less deductions, NaN where these are not known), `closing_value`
        (NaN where there is none) and `at_close`, whether the odds are the closing price itself.
    """
    odds = runners["odds"].to_numpy(dtype=np.float64).copy()
    race = pd.factorize(runners["race_id"])[0].astype(np.int64)
    races = int(race.max(initial=-1)) + 1
    shorn = np.bincount(race[withdrawn], minlength=races)[race] > 0
    kind = runners["price_kind"].to_numpy(dtype=object)
    laws = np.array(["none" if each is None else law_of(each, exchange) for each in kind])
    for law in DEDUCTING:
        left, gone = (rows & shorn & (laws == law) for rows in (ran, withdrawn))
        odds[left] = paid_odds(odds[left], race[left], races, odds[gone], race[gone], law)
    taken: Floats = np.where(unsure, np.nan, odds)
    close = Close(
        runners["close"].to_numpy(dtype=np.float64),
        runners["close_kind"].fillna("").to_numpy(dtype=object),
    )
    return pd.DataFrame(
        {
            "taken_odds": taken,
            "closing_value": close.value(taken, kind),
            "at_close": close.is_taken_at(kind),
        },
        index=runners.index,
    )
