"""What a bet needs to know of its race beside the price: conditions, places, withdrawals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from training.statistics.races import Races
from velo.offline.spine import Spine
from velo.racing.withdrawals import Law, paid_odds
from velo.sql_text import identifier

CONDITIONS = ("race_type", "class_level", "handicap", "finish")


@dataclass(frozen=True)
class Conditions:
    """Of a period's starters.

    Attributes:
        frame: one row a starter: race_id, horse_id, `CONDITIONS`, and `paid_odds`, what a bet at
            the settlement price is paid after deductions (NaN: unsettleable).
        withdrawn: horses withdrawn from those races, whose bets are returned.
        unpriced_withdrawals: races that have no `paid_odds` for want of a withdrawn horse's price.
    """

    frame: pd.DataFrame
    withdrawn: int
    unpriced_withdrawals: int


def conditions(spine: Spine, first: date, last: date, settlement: str, law: Law) -> Conditions:
    """Read them for the races from `first` to `last`, both included.

    Args:
        spine: of the build that the predictions were made from.
        first, last: race days.
        settlement: kind of price that bets settle at.
        law: what a withdrawal does to it.

    Raises:
        NothingBuilt: the build is older than the table of withdrawals.
    """
    span = {"first": first, "last": last}
    days = "CAST(event_timestamp AS DATE) BETWEEN $first AND $last"
    withdrawals = spine.withdrawals
    quote = identifier(settlement) if law != "none" else "NULL"
    con = spine.connect()
    frame = con.execute(
        f"""
        SELECT race_id, horse_id, entries.race_type, entries.class_level, outcomes.handicap,
            CAST(outcomes.finish AS DOUBLE) AS finish, outcomes.{identifier(settlement)} AS quoted
        FROM outcomes
        JOIN entries USING (race_id, horse_id)
        WHERE {days.replace("event_timestamp", "outcomes.event_timestamp")}
        ORDER BY race_id, horse_id
        """,
        span,
    ).df()
    gone = con.execute(
        f"SELECT race_id, CAST({quote} AS DOUBLE) AS quoted FROM {withdrawals} WHERE {days}", span
    ).df()
    races = Races.of(frame["race_id"].to_numpy())
    numbers = frame["race_id"].to_numpy()[races.offsets]
    gone = gone[gone["race_id"].isin(numbers)]
    where = np.searchsorted(numbers, gone["race_id"].to_numpy())
    odds = frame.pop("quoted").to_numpy(dtype=np.float64)
    paid = paid_odds(
        odds, races.index, len(races), gone["quoted"].to_numpy(dtype=np.float64), where, law
    )
    lost = races.max(np.where(np.isnan(paid) & np.isfinite(odds), 1.0, 0.0)) > 0
    return Conditions(frame.assign(paid_odds=paid), len(gone), int(lost.sum()))


def paid(
    predictions: pd.DataFrame, spine: Spine, first: date, last: date, settlement: str, law: Law
) -> pd.DataFrame:
    """The predictions with `settlement_odds` that are what a bet is paid, as a backtest pays it.

    Args:
        predictions: of races from `first` to `last`, one row a starter.
        spine, first, last, settlement, law: as in `conditions`.
    """
    if law == "none":
        return predictions
    known = conditions(spine, first, last, settlement, law)
    met = conditioned(predictions, known)
    return predictions.assign(settlement_odds=met["settlement_odds"].to_numpy())


def conditioned(predictions: pd.DataFrame, known: Conditions) -> pd.DataFrame:
    """The predictions, in their order, with `CONDITIONS`; `settlement_odds` are what is paid."""
    kept = predictions.drop(columns=["settlement_odds", *CONDITIONS], errors="ignore")
    met = kept.merge(known.frame, on=["race_id", "horse_id"], how="left", sort=False)
    return met.rename(columns={"paid_odds": "settlement_odds"})
