"""Today's prices of past races as request columns, for the services that ask for them.

A training, a backtest and an audit decide at one kind of price, and know of each race the kinds
that stood no later. The columns lie in a file while features are retrieved.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from training.data.service_features import Declared
from training.statistics.races import Races
from velo.arrays import Floats
from velo.disk.full_disk import room_on
from velo.disk.pattern import as_pattern
from velo.home import Home
from velo.offline.spine import Spine
from velo.racing.price_clock import BEFORE_THE_OFF, PriceClock, minutes_before_off
from velo.racing.price_path import COLUMNS, Snapshot, price_path
from velo.sql_text import literal


@contextmanager
def todays_prices(
    home: Home,
    service: Declared,
    start: date,
    end: date,
    decision: str,
    clock: PriceClock,
) -> Iterator[str | None]:
    """The price paths of the starts in [start, end) as a relation of SQL, for as long as it lasts.

    None where the service does not ask for them.

    Args:
        home: its current build is read, and its disk has room.
        service: what is retrieved.
        start, end: race days.
        decision: the kind of price that bets are decided at.
        clock: the hours of kinds.

    Raises:
        NothingBuilt: the build is from before there were offs in it.
        HomeError: the disk is full.
    """
    if not service.todays_prices:
        yield None
        return
    paths = price_paths(Spine(home), start, end, decision, clock)
    with tempfile.TemporaryDirectory(prefix=".prices.", dir=home.root) as scratch:
        file = Path(scratch) / "paths.parquet"
        with room_on(home.root, "today's prices were not written"):
            pq.write_table(paths, file)
        yield f"read_parquet({literal(as_pattern(file))})"


def price_paths(spine: Spine, start: date, end: date, decision: str, clock: PriceClock) -> pa.Table:
    """`race_id`, `horse_id` and the columns of a price path of every start in [start, end).

    Raises:
        NothingBuilt: the build is from before there were offs in it.
    """
    return PricedStarts.read(spine, start, end, decision, clock).paths()


@dataclass(frozen=True, eq=False)
class PricedStarts:
    """The prices of starts before the off, by kind.

    Attributes:
        ids: `race_id` and `horse_id`.
        races: their races.
        decision: the kind of price that bets are decided at.
        minutes: kind -> minutes before the off at which it stood, ``[n]``; NaN without an off.
        odds: kind -> decimal odds, ``[n]``, NaN where there are none; a race that is flagged as no
            market has none.
    """

    ids: pa.Table
    races: Races
    decision: str
    minutes: Mapping[str, Floats]
    odds: Mapping[str, Floats]

    @classmethod
    def read(
        cls, spine: Spine, start: date, end: date, decision: str, clock: PriceClock
    ) -> PricedStarts:
        """Those in [start, end), by day, race and horse.

        Raises:
            NothingBuilt: the build is from before there were offs in it.
        """
        kinds = list(dict.fromkeys([decision, *BEFORE_THE_OFF]))
        sql = _SQL.format(
            offs=spine.offs,
            odds=", ".join(
                f'CASE WHEN market_flag IS NULL THEN "{kind}" END AS "{kind}"' for kind in kinds
            ),
        )
        con = spine.connect()
        rows = con.sql(sql, params={"start": start, "end": end}).to_arrow_table()
        races = Races.of(rows["race_id"].to_numpy())
        return cls(
            rows.select(["race_id", "horse_id"]),
            races,
            decision,
            _minutes(rows, races, kinds, clock),
            {kind: rows[kind].to_numpy().astype(np.float64) for kind in kinds},
        )

    def paths(self) -> pa.Table:
        """The starts' ids and price paths."""
        own = self.decision
        snapshots = [
            Snapshot(self.minutes[kind], self.odds[kind]) for kind in BEFORE_THE_OFF if kind != own
        ]
        path = price_path(self.races.offsets, self.odds[own], self.minutes[own], snapshots)
        columns = {name: self.ids[name] for name in self.ids.column_names}
        return pa.table(
            columns | {name: pa.array(path[name], from_pandas=True) for name in COLUMNS}
        )


_SQL = """
SELECT outcomes.race_id, outcomes.horse_id, offs.off_at, offs.off_zone, {odds}
FROM outcomes
LEFT JOIN {offs} AS offs ON offs.race_id = outcomes.race_id
WHERE outcomes.event_timestamp >= CAST($start AS TIMESTAMPTZ)
    AND outcomes.event_timestamp < CAST($end AS TIMESTAMPTZ)
ORDER BY outcomes.event_timestamp, outcomes.race_id, outcomes.horse_id
"""


def _minutes(
    rows: pa.Table, races: Races, kinds: list[str], clock: PriceClock
) -> dict[str, Floats]:
    """Kind -> minutes before the off at which it stood, a value a row; NaN without an off."""
    firsts = rows.select(["off_at", "off_zone"]).take(pa.array(races.offsets)).to_pylist()
    of_race = [_of_race(each, kinds, clock) for each in firsts]
    table = np.array(of_race, dtype=np.float64).reshape(len(firsts), len(kinds))
    return dict(zip(kinds, table[races.index].T, strict=True))


def _of_race(race: dict[str, Any], kinds: list[str], clock: PriceClock) -> list[float]:
    if race["off_at"] is None:
        return [np.nan] * len(kinds)
    off = race["off_at"].astimezone(ZoneInfo(race["off_zone"]))
    return [minutes_before_off(kind, off, clock) for kind in kinds]
