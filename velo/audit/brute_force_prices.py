"""Today's price path of one start by brute force: every price of its race is looked at.

By the page of features alone, as `velo.audit.brute_force` does the 21.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from velo.arrays import Integers
from velo.audit.brute_force import Value
from velo.audit.history import History
from velo.audit.price_facts import PriceFacts
from velo.settings import PriceHours

NO_MARKET = ("two-winners", "runners-missing", "coupled", "book-low", "book-high")
AT_AN_HOUR = ("evening", "breakfast", "morning", "open")


@dataclass(frozen=True)
class Quotes:
    """What was quoted, and when races went off.

    Attributes:
        odds: (race, horse) -> kind -> decimal odds.
        offs: race -> the off by the clock of the course.
        flagged: races that are no market.
    """

    odds: Mapping[tuple[int, int], Mapping[str, float]]
    offs: Mapping[int, datetime]
    flagged: frozenset[int]


def read_quotes(con: duckdb.DuckDBPyConnection, races: Sequence[int]) -> Quotes:
    """Read every price and off of some races of an open warehouse."""
    among = f"race_id IN ({', '.join(map(str, races))})"
    odds: dict[tuple[int, int], dict[str, float]] = {}
    for race, horse, kind, price in con.execute(
        f"SELECT race_id, horse_id, kind, decimal_odds FROM prices WHERE {among}"
    ).fetchall():
        odds.setdefault((race, horse), {})[kind] = price
    offs = {
        race: datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone))
        for race, seconds, zone in con.execute(
            "SELECT race_id, epoch(off_at), off_zone FROM races "
            f"WHERE off_at IS NOT NULL AND off_zone IS NOT NULL AND {among}"
        ).fetchall()
    }
    flagged = con.execute(f"SELECT race_id, flag FROM race_flags WHERE {among}").fetchall()
    return Quotes(odds, offs, frozenset(race for race, flag in flagged if flag in NO_MARKET))


class BruteForcePrices:
    """The features of today's price, of any start.

    Args:
        history: every start.
        facts: what the market thought of each.
        quotes: every price.
        decision: the kind that is decided at.
        clock: the hours of kinds.
    """

    def __init__(
        self,
        history: History,
        facts: PriceFacts,
        quotes: Quotes,
        decision: str,
        clock: PriceHours,
    ) -> None:
        self._h, self._f, self._quotes = history, facts, quotes
        self._decision, self._clock = decision, clock

    def features(self, i: int) -> dict[str, Value]:
        """All of them of the start with this number, None where it has no value."""
        h = self._h
        field = np.flatnonzero(h.race == h.race[i])
        logs = self._logs(field, self._decision)
        now = None if logs is None else logs[field.tolist().index(i)]
        earlier = self._earlier(i, field)
        total = _less(now, earlier[0][1] if earlier else None)
        decided = self._when(i, self._decision)
        hour_before = [
            then for at, then in earlier if decided and at <= decided - timedelta(hours=1)
        ]
        late = _less(now, hour_before[-1] if hour_before else None)
        turn = None
        if total is not None and late is not None:
            turn = float((total > 0) != (late > 0) and min(abs(total), abs(late)) > 0.05)
        age = (decided - earlier[-1][0]).total_seconds() / 60 if decided and earlier else None
        return {
            "price_gone_out": self._gone_out(i, logs, now),
            "move_total": total,
            "move_late": late,
            "steam_flag": None if total is None else float(total >= 0.16),
            "drift_flag": None if total is None else float(total <= -0.18),
            "turned_flag": turn,
            "snapshot_age": age,
        }

    def _logs(self, field: Integers, kind: str) -> list[float] | None:
        """Log of each runner's share of a book; None if it lacks one of them."""
        ids = self._h.ids
        if int(ids["race_id"][field[0]]) in self._quotes.flagged:
            return None
        keys = [(int(ids["race_id"][j]), int(ids["horse_id"][j])) for j in field]
        odds = [self._quotes.odds.get(key, {}).get(kind) for key in keys]
        known = [price for price in odds if price is not None]
        if len(known) < len(odds):
            return None
        book = sum(1 / price for price in known)
        return [math.log(1 / price / book) for price in known]

    def _earlier(self, i: int, field: Integers) -> list[tuple[datetime, float]]:
        """When each snapshot was taken, and the log of the chance then; the earliest first."""
        decided, place = self._when(i, self._decision), list(field).index(i)
        snapshots = []
        for kind in AT_AN_HOUR:
            at, logs = self._when(i, kind), self._logs(field, kind)
            if kind != self._decision and logs is not None and at and decided and at <= decided:
                snapshots.append((at, logs[place]))
        return sorted(snapshots, key=lambda each: each[0])

    def _when(self, i: int, kind: str) -> datetime | None:
        off = self._quotes.offs.get(int(self._h.ids["race_id"][i]))
        if off is None or kind not in AT_AN_HOUR:
            return off and off.astimezone(UTC)
        if kind == "open":
            return off.astimezone(UTC) - timedelta(minutes=self._clock.open)
        day = off.date() - timedelta(days=kind == "evening")
        hour = {
            "evening": self._clock.evening,
            "breakfast": self._clock.breakfast,
            "morning": self._clock.morning,
        }[kind]
        at = datetime.combine(day, hour, off.tzinfo).astimezone(UTC)
        return min(at, off.astimezone(UTC))

    def _gone_out(self, i: int, logs: list[float] | None, now: float | None) -> Value:
        h = self._h
        horse = h.keys["horse_id"]
        past = np.flatnonzero(horse[: h.before(int(h.day[i]))] == horse[i])
        last = float(self._f.lpc[past[-1]]) if len(past) else math.nan
        if math.isnan(last):
            return 0.0
        return _less(last, None if logs is None or now is None else now - sum(logs) / len(logs))


def _less(one: float | None, other: float | None) -> Value:
    return None if one is None or other is None else one - other
