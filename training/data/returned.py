"""Bets that are returned: on horses withdrawn after their price was taken, and in void races.

Nobody predicts a horse that did not start, so such bets are in no strategy: they are counted here,
as the horses at whose decision price a bet could have been struck.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from velo.offline.spine import Spine
from velo.racing.withdrawals import STARTING_PRICES
from velo.settings import OddsBand
from velo.sql_text import identifier


@dataclass(frozen=True)
class ReturnedBets:
    """Of a period.

    Attributes:
        withdrawn: horses that had a decision price in the odds band and were withdrawn.
        void: horses of void races that had one.
        void_races: all races declared void.
    """

    withdrawn: int
    void: int
    void_races: int


def returned(spine: Spine, first: date, last: date, decision: str, band: OddsBand) -> ReturnedBets:
    """Count them for the races from `first` to `last`, both included.

    A starting price is made by the horses that are left, so none is withdrawn after it.

    Args:
        spine: of the build that the predictions were made from.
        first, last: race days.
        decision: kind of price that bets are struck at.
        band: of those prices.

    Raises:
        NothingBuilt: the build is older than the table of void races.
    """
    asked = {"first": first, "last": last, "low": band.low, "high": band.high}
    days = "CAST(event_timestamp AS DATE) BETWEEN $first AND $last"
    inside = f"count(*) FILTER ({identifier(decision)} BETWEEN $low AND $high)"
    con = spine.connect()
    withdrawn = 0
    if decision not in STARTING_PRICES:
        query = f"SELECT {inside} FROM {spine.withdrawals} WHERE {days}"
        withdrawn = int(con.execute(query, asked).fetchall()[0][0])
    query = f"SELECT {inside}, count(DISTINCT race_id) FROM {spine.voids} WHERE {days}"
    void, races = map(int, con.execute(query, asked).fetchall()[0])
    return ReturnedBets(withdrawn, void, races)
