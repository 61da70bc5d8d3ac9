"""What a bet needs to know of its race beside the price: conditions, places, withdrawals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from training.statistics.races import Races
from velo.arrays import Floats
from velo.offline.spine import Spine
from velo.racing.withdrawals import SUM_ERROR, Law, paid_odds
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
    con = spine.connect()
    frame = con.execute(
        f"""
        SELECT race_id, horse_id, entries.race_type, entries.class_level, outcomes.handicap,
            CAST(outcomes.finish AS DOUBLE) AS finish, outcomes.{identifier(settlement)} AS quoted
        FROM outcomes
        JOIN entries USING (race_id, horse_id)
        WHERE CAST(outcomes.event_timestamp AS DATE) BETWEEN $first AND $last
        ORDER BY race_id, horse_id
        """,
        {"first": first, "last": last},
    ).df()
    races = Races.of(frame["race_id"].to_numpy())
    gone = withdrawals(spine, con, first, last, settlement, law)
    gone = gone[gone["race_id"].isin(frame["race_id"])]
    odds = frame.pop("quoted").to_numpy(dtype=np.float64)
    left = after_withdrawals(odds, frame["race_id"].to_numpy(), gone, law)
    lost = races.max(np.where(np.isnan(left) & np.isfinite(odds), 1.0, 0.0)) > 0
    return Conditions(frame.assign(paid_odds=left), len(gone), int(lost.sum()))


def withdrawals(
    spine: Spine, con: duckdb.DuckDBPyConnection, first: date, last: date, kind: str, law: Law
) -> pd.DataFrame:
    """Horses withdrawn from the period's races: `race_id` and `quoted`, their price of a kind.

    Raises:
        NothingBuilt: the build is older than the table of withdrawals.
    """
    quote = identifier(kind) if law != "none" else "NULL"
    gone: pd.DataFrame = con.execute(
        f"SELECT race_id, CAST({quote} AS DOUBLE) AS quoted FROM {spine.withdrawals} "
        "WHERE CAST(event_timestamp AS DATE) BETWEEN $first AND $last",
        {"first": first, "last": last},
    ).df()
    return gone


def after_withdrawals(
    odds: Floats, race_id: npt.NDArray[Any], gone: pd.DataFrame, law: Law
) -> Floats:
    """What odds taken before the withdrawals still pay, [starters]; NaN where that is not known.

    Args:
        odds: decimal, [starters].
        race_id: ascending, [starters].
        gone: as `withdrawals` gives them, of races among those.
        law: of the kind of price.
    """
    races = Races.of(race_id)
    where = np.searchsorted(race_id[races.offsets], gone["race_id"].to_numpy())
    quoted = gone["quoted"].to_numpy(dtype=np.float64)
    return paid_odds(odds, races.index, len(races), quoted, where, law)


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


def overbroke_races(predictions: pd.DataFrame) -> int:
    """Races whose book at the decision price, over the horses that ran, is below 1.

    Args:
        predictions: `race_id` and `decision_odds`, whole races; one without all its odds is none.
    """
    races = Races.of(predictions["race_id"].to_numpy())
    books = races.sum(1.0 / predictions["decision_odds"].to_numpy(dtype=np.float64))
    return int((books < 1.0 - SUM_ERROR).sum())
