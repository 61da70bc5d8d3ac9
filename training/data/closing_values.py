"""What the decision prices of a period were worth at the close of their races."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from training.data.conditions import after_withdrawals, withdrawals
from training.statistics.races import Races
from velo.offline.spine import Spine
from velo.racing.closing import Close
from velo.racing.withdrawals import Law
from velo.sql_text import identifier

CLOSING = ("close", "close_kind", "closing_value", "at_close")


def closing(spine: Spine, first: date, last: date, decision: str, law: Law) -> pd.DataFrame:
    """Read them for the races from `first` to `last`, both included.

    Args:
        spine: of the build that the predictions were made from.
        first, last: race days.
        decision: kind of price that bets are struck at.
        law: what a withdrawal does to it.

    Returns:
        One row a starter: `race_id`, `horse_id`, `close` (de-vigged chance, NaN throughout a race
        without a whole close or flagged as no market), `close_kind` (`bsp`, `sp`, empty),
        `closing_value` (of a point at the decision price, less deductions; NaN where there is
        none) and `at_close`, whether the decision price is the closing price itself.

    Raises:
        NothingBuilt: the build is older than the table of withdrawals, where that is needed.
    """
    con = spine.connect()
    frame = con.execute(
        f"""
        SELECT race_id, horse_id, {identifier(decision)} AS taken,
            CASE WHEN market_flag IS NULL THEN bsp END AS bsp,
            CASE WHEN market_flag IS NULL THEN sp END AS sp
        FROM outcomes
        WHERE CAST(event_timestamp AS DATE) BETWEEN $first AND $last
        ORDER BY race_id, horse_id
        """,
        {"first": first, "last": last},
    ).df()
    race_id = frame["race_id"].to_numpy()
    taken, bsp, sp = (frame[name].to_numpy(dtype=np.float64) for name in ("taken", "bsp", "sp"))
    if law != "none":
        gone = withdrawals(spine, con, first, last, decision, law)
        taken = after_withdrawals(taken, race_id, gone[gone["race_id"].isin(race_id)], law)
    close = Close.of(bsp, sp, Races.of(race_id).offsets)
    kind = np.full(len(frame), decision, dtype=object)
    return frame[["race_id", "horse_id"]].assign(
        close=close.chance,
        close_kind=close.kind,
        closing_value=close.value(taken, kind),
        at_close=close.is_taken_at(kind),
    )


def closed(predictions: pd.DataFrame, closing: pd.DataFrame) -> pd.DataFrame:
    """The predictions, in their order, with `CLOSING`."""
    keys = ["race_id", "horse_id"]
    met = predictions[keys].merge(closing, on=keys, how="left", sort=False)
    return predictions.assign(**{name: met[name].to_numpy() for name in CLOSING})
